"""Tell whether the rows that a model is fitted on and those that it is scored on are made in one way.

Where one split gives both and nothing changes either of them afterwards, a row has the same features on both sides:
then the fitted rows prove the served features too. Where they are made apart, as by ``fit_transform`` and
``transform``, they may rightly differ.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Sequence

from nb2prod.notebook.mutation import base_name, changed_by_call
from nb2prod.notebook.recording import place_key

Placed = tuple[int, ast.stmt]
"""A cell's number and one of its statements."""


def is_one_way(statements: Sequence[Placed], fit: str, predict: str) -> bool:
    """Tell whether one statement binds what ``fit`` and ``predict`` take, and no later one changes it.

    Args:
        statements: The statements of the tagged cells, in order.
        fit: Key of the fit's place.
        predict: Key of the predict's place.
    """
    fitted, scored = _argument(statements, fit), _argument(statements, predict)
    if fitted is None or scored is None or fitted == scored:
        return False
    binder, other = (_last_change(statements, name) for name in (fitted, scored))
    return binder is other and isinstance(binder, ast.Assign) and {fitted, scored} <= _bound(binder)


def _bound(statement: ast.Assign) -> set[str]:
    parts = [part for target in statement.targets for part in ast.walk(target)]
    return {p.id for p in parts if isinstance(p, ast.Name) and isinstance(p.ctx, ast.Store)}


def _argument(statements: Sequence[Placed], key: str) -> str | None:
    """Return the name that the call at a place takes first, where it stands outside of functions."""
    for cell, statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and place_key(cell, node) == key:
                first = node.args[0] if node.args else None
                is_plain = not isinstance(statement, ast.FunctionDef | ast.ClassDef)
                return first.id if isinstance(first, ast.Name) and is_plain else None
    return None


def _last_change(statements: Sequence[Placed], name: str) -> ast.stmt | None:
    found = [s for _, s in statements if name in set(_changed(s))]
    return found[-1] if found else None


def _changed(statement: ast.stmt) -> Iterator[str]:
    """Yield names that a statement binds, whose objects it changes in place, or to which it gives another name."""
    unused = {id(n.value) for n in ast.walk(statement) if isinstance(n, ast.Expr)}
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            changed = base_name(node)
            if changed is not None:
                yield changed.id
        elif isinstance(node, ast.Call):
            yield from (n.id for n in changed_by_call(node, is_unused=id(node) in unused))
            yield from _handed_to_functions(node)
        else:
            yield from _named_otherwise(node)


def _handed_to_functions(call: ast.Call) -> Iterator[str]:
    """Yield what is handed to a function that may be the user's and change it."""
    if isinstance(call.func, ast.Name) and not _is_harmless(call.func.id):
        yield from (n.id for n in call.args if isinstance(n, ast.Name))


def _is_harmless(function: str) -> bool:
    return hasattr(builtins, function) or function.endswith(("_split", "_score", "_report"))


def _named_otherwise(node: ast.AST) -> Iterator[str]:
    values: list[ast.expr] = []
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        values = node.elts
    elif isinstance(node, ast.Dict):
        values = node.values
    elif isinstance(node, ast.Assign | ast.NamedExpr):
        values = [node.value]
    yield from (v.id for v in values if isinstance(v, ast.Name) and isinstance(v.ctx, ast.Load))
