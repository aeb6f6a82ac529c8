"""The ways to write a statement that changes values where they stand as an operation that gives new ones."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from nb2prod.notebook.keyed_loops import as_dictionary
from nb2prod.notebook.rewritten import Rewritten, as_operation
from nb2prod.notebook.row_loops import as_comprehension, mentions


def rewritten(statement: ast.stmt, function: str | None = None) -> Rewritten | None:
    """Return a statement written as an operation, or None where it is no such thing.

    Args:
        statement: A loop over rows or groups, or an augmented assignment; its nodes keep their places.
        function: Name of the function of a round of a loop over rows.
    """
    return (
        as_operation(statement) or as_dictionary(statement) or as_comprehension(statement, function)
    )


def starts_empty(name: str, before: Sequence[ast.stmt]) -> bool:
    """Tell whether the statements before bind a list or dictionary to an empty one, and leave it so."""
    for statement in reversed(before):
        match statement:
            case ast.Assign(targets=[ast.Name(id=bound)], value=value) if bound == name:
                return _is_empty(value)
        if mentions([statement], name):
            return False
    return False


def _is_empty(value: ast.expr) -> bool:
    match value:
        case ast.List(elts=[]) | ast.Dict(keys=[]):
            return True
        case ast.Call(func=ast.Name(id="list" | "dict"), args=[], keywords=[]):
            return True
    return False
