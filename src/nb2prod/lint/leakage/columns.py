"""Which columns a subscript or a call chooses or takes away."""

import ast
from collections.abc import Mapping, Sequence

from nb2prod.lint.calls import keyword
from nb2prod.lint.leakage.values import Value

_SEVERAL = (ast.List, ast.Tuple)

Constants = Mapping[str, tuple[str, ...]]


def texts_in(node: ast.expr | None, constants: Constants) -> tuple[str, ...] | None:
    """Return the texts of ``"a"``, ``["a", "b"]`` or a name bound to such, or None."""
    if isinstance(node, ast.Constant):
        return (node.value,) if isinstance(node.value, str) else None
    if isinstance(node, ast.Name):
        return constants.get(node.id)
    if isinstance(node, _SEVERAL):
        found = [texts_in(one, constants) for one in node.elts]
        flat = [text for texts in found if texts is not None for text in texts]
        return tuple(flat) if None not in found else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = (texts_in(one, constants) for one in (node.left, node.right))
        return None if left is None or right is None else (*left, *right)
    return None


def chosen(base: Value, key: ast.expr, constants: Constants) -> Value:
    """Return what is left of a table after ``table[key]``."""
    if isinstance(key, ast.Tuple) and len(key.elts) == 2:
        is_all = isinstance(key.elts[1], ast.Slice) and not any(
            (key.elts[1].lower, key.elts[1].upper, key.elts[1].step)
        )
        if is_all:
            return base
        named = texts_in(key.elts[1], constants) is not None
        return chosen(base, key.elts[1], constants) if named else base.changed(is_known=False)
    if isinstance(key, ast.Slice):
        return base.changed(is_known=False)
    names = texts_in(key, constants)
    if names is None:
        return base.changed(is_known=False) if base.is_known and not _is_mask(key) else base
    is_single = isinstance(key, ast.Constant) or (isinstance(key, ast.Name) and len(names) == 1)
    return base.changed(
        column=names[0] if is_single else None,
        columns=frozenset(names),
        dropped=frozenset(),
        is_known=True,
    )


def _is_mask(key: ast.expr) -> bool:
    """Say whether a key keeps all columns; other expressions may choose some."""
    return isinstance(key, ast.Compare | ast.BinOp | ast.UnaryOp) and not any(
        getattr(one, "attr", "") == "columns" for one in ast.walk(key)
    )


def dropped_by(call: ast.Call, constants: Constants) -> tuple[str, ...] | None:
    """Return the columns that ``table.drop(...)`` takes away, or None when it is about rows."""
    named = keyword(call, "columns")
    if named is not None:
        return texts_in(named, constants)
    axis = keyword(call, "axis") or (call.args[1] if len(call.args) > 1 else None)
    is_columns = isinstance(axis, ast.Constant) and axis.value in (1, "columns")
    labels: Sequence[ast.expr | None] = [keyword(call, "labels"), *call.args[:1]]
    label = next((one for one in labels if one is not None), None)
    return texts_in(label, constants) if is_columns else None


def without(base: Value, names: tuple[str, ...] | None) -> Value:
    """Return a table without some columns; None stands for columns that nobody knows."""
    if names is None:
        return base.changed(is_known=False, column=None)
    columns = base.columns - set(names) if base.columns is not None else None
    return base.changed(columns=columns, dropped=base.dropped | set(names), column=None)
