"""Statements that change values where they stand, written as operations that give new ones."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from nb2prod.notebook.trees import at, copied


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A statement written otherwise.

    Attributes:
        store: The statement that stands for it: it binds or stores the value of an operation.
        filled: What the statement leaves that value in.
        definition: The function of a round, where it is a loop.
        list_name: The list or dictionary that a loop fills, which is empty before, or None.
        left: Names that the statement leaves bound, and ``store`` does not.
    """

    store: ast.Assign
    filled: ast.expr
    definition: ast.FunctionDef | None = None
    list_name: str | None = None
    left: frozenset[str] = frozenset()


def as_operation(statement: ast.stmt) -> Rewritten | None:
    """Return ``x += y`` as ``x = x + y``, or None for anything else."""
    if not isinstance(statement, ast.AugAssign) or not isinstance(statement.target, ast.Name):
        return None
    name = statement.target.id
    read = ast.copy_location(ast.Name(name, ast.Load()), statement.target)
    value = at(ast.BinOp(read, statement.op, copied(statement.value)), statement)
    target = ast.copy_location(ast.Name(name, ast.Store()), statement.target)
    return Rewritten(at(ast.Assign([target], value), statement), copied(read))
