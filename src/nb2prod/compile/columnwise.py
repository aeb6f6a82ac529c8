"""Write what is computed from one row for whole columns: the expressions of a loop over rows."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from nb2prod.compile.names import load
from nb2prod.compile.row_names import Row, column_node
from nb2prod.notebook.trees import copied

_TESTS = frozenset(
    {"startswith", "endswith", "isdigit", "isalpha", "isalnum", "isupper", "islower", "isspace"}
)
_TEXT_METHODS = _TESTS | {
    "lower",
    "upper",
    "title",
    "capitalize",
    "swapcase",
    "strip",
    "lstrip",
    "rstrip",
    "replace",
    "split",
    "zfill",
    "find",
    "count",
}
_TRUTHS = _TESTS | {"isin", "contains", "isna", "notna", "isnull", "notnull"}
_MATHS = frozenset(
    ["sqrt", "log", "log1p", "log2", "log10", "exp", "expm1", "sin", "cos", "tan", "fabs"]
)
_KINDS = frozenset({"str", "int", "float"})
_FUNCTIONS_OF_NUMPY = ("np", "numpy")
_PANDAS = ("pd", "pandas")
_COMPARED = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)


class NotColumnwiseError(Exception):
    """What a row computes cannot be written for whole columns."""


def columnwise(node: ast.expr, row: Row) -> ast.expr:
    """Return an expression for all rows at once.

    Raises:
        NotColumnwiseError: If it reads other rows, or its form is not known.
    """
    if not row.reads(node):
        return copied(node)
    column = row.column(node)
    if column is not None:
        return column_node(row.table, column)
    if isinstance(node, ast.Name) and node.id in row.values:
        return copied(row.values[node.id])
    form = _Forms.by_kind.get(type(node))
    if form is None:
        raise NotColumnwiseError
    return form(node, row)


def condition(node: ast.expr, row: Row) -> ast.expr:
    """Return a condition on a row as a mask of all rows.

    Raises:
        NotColumnwiseError: If it does not depend on the row, or its form is not known.
    """
    if not row.reads(node):
        raise NotColumnwiseError
    mask = columnwise(node, row)
    return mask if _is_mask(mask) else method(mask, "astype", load("bool"))


def numpy_call(name: str, *arguments: ast.expr) -> ast.expr:
    """Return ``np.name(*arguments)``."""
    return method(load("np"), name, *arguments)


def method(owner: ast.expr, name: str, *arguments: ast.expr) -> ast.Call:
    """Return ``owner.name(*arguments)``."""
    return ast.Call(ast.Attribute(owner, name, ast.Load()), list(arguments), [])


def _is_mask(node: ast.expr) -> bool:
    match node:
        case ast.Compare():
            return True
        case ast.BinOp(left=left, op=ast.BitAnd() | ast.BitOr()):
            return _is_mask(left)
        case ast.UnaryOp(op=ast.Invert()):
            return True
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in _TRUTHS
    return False


def _binary(node: ast.BinOp, row: Row) -> ast.expr:
    if isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant | ast.JoinedStr):
        raise NotColumnwiseError
    return ast.BinOp(columnwise(node.left, row), node.op, columnwise(node.right, row))


def _unary(node: ast.UnaryOp, row: Row) -> ast.expr:
    if isinstance(node.op, ast.Not):
        return ast.UnaryOp(ast.Invert(), condition(node.operand, row))
    return ast.UnaryOp(node.op, columnwise(node.operand, row))


def _boolean(node: ast.BoolOp, row: Row) -> ast.expr:
    joined = ast.BitAnd() if isinstance(node.op, ast.And) else ast.BitOr()
    masks = [condition(value, row) for value in node.values]
    made = masks[0]
    for mask in masks[1:]:
        made = ast.BinOp(made, joined, mask)
    return made


def _compare(node: ast.Compare, row: Row) -> ast.expr:
    sides = [node.left, *node.comparators]
    masks = [
        _compared(left, op, right, row)
        for left, op, right in zip(sides, node.ops, sides[1:], strict=False)
    ]
    made = masks[0]
    for mask in masks[1:]:
        made = ast.BinOp(made, ast.BitAnd(), mask)
    return made


def _compared(left: ast.expr, op: ast.cmpop, right: ast.expr, row: Row) -> ast.expr:
    if isinstance(op, _COMPARED):
        return ast.Compare(columnwise(left, row), [op], [columnwise(right, row)])
    is_none = isinstance(right, ast.Constant) and right.value is None
    if isinstance(op, ast.Is | ast.IsNot) and is_none:
        return method(columnwise(left, row), "isna" if isinstance(op, ast.Is) else "notna")
    if not isinstance(op, ast.In | ast.NotIn):
        raise NotColumnwiseError
    if row.reads(left) and not row.reads(right):
        mask = method(columnwise(left, row), "isin", copied(right))
    elif isinstance(left, ast.Constant) and isinstance(left.value, str):
        mask = _text(columnwise(right, row), "contains", copied(left))
        mask.keywords = [ast.keyword("regex", ast.Constant(value=False))]
    else:
        raise NotColumnwiseError
    return mask if isinstance(op, ast.In) else ast.UnaryOp(ast.Invert(), mask)


def _choice(node: ast.IfExp, row: Row) -> ast.expr:
    values = columnwise(node.body, row), columnwise(node.orelse, row)
    return numpy_call("where", condition(node.test, row), *values)


def _subscript(node: ast.Subscript, row: Row) -> ast.expr:
    if not row.reads(node.value) and isinstance(node.value, ast.Name):
        # A dictionary that is asked for the row's value.
        return method(columnwise(node.slice, row), "map", copied(node.value))
    if row.reads(node.slice) or not isinstance(node.slice, ast.Constant | ast.Slice | ast.UnaryOp):
        raise NotColumnwiseError
    text = ast.Attribute(columnwise(node.value, row), "str", ast.Load())
    return ast.Subscript(text, copied(node.slice), ast.Load())


def _text(column: ast.expr, name: str, *arguments: ast.expr) -> ast.Call:
    return method(ast.Attribute(column, "str", ast.Load()), name, *arguments)


def _call(node: ast.Call, row: Row) -> ast.expr:
    if node.keywords or any(isinstance(one, ast.Starred) for one in node.args):
        raise NotColumnwiseError
    match node:
        case ast.Call(func=ast.Attribute(value=owner, attr=name)) if row.reads(owner):
            if name not in _TEXT_METHODS or any(row.reads(one) for one in node.args):
                raise NotColumnwiseError
            return _text(columnwise(owner, row), name, *map(copied, node.args))
        case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=name), args=[_, *rest]):
            return _library(node, owner, name, rest, row)
        case ast.Call(func=ast.Name(id=name), args=[value, *rest]):
            return _function(name, value, rest, row)
    raise NotColumnwiseError


def _library(node: ast.Call, owner: str, name: str, rest: list[ast.expr], row: Row) -> ast.expr:
    value = columnwise(node.args[0], row)
    if owner in _FUNCTIONS_OF_NUMPY or (owner in _PANDAS and name in _TRUTHS):
        return ast.Call(copied(node.func), [value, *[columnwise(one, row) for one in rest]], [])
    if owner == "math" and name in _MATHS and not rest:
        return numpy_call(name, value)
    if name == "get" and len(rest) <= 1:
        mapped = method(value, "map", load(owner))
        return method(mapped, "fillna", copied(rest[0])) if rest else mapped
    raise NotColumnwiseError


def _function(name: str, value: ast.expr, rest: list[ast.expr], row: Row) -> ast.expr:
    if any(row.reads(one) for one in rest):
        raise NotColumnwiseError
    column = columnwise(value, row)
    if name == "len" and not rest:
        return _text(column, "len")
    if name in _KINDS and not rest:
        return method(column, "astype", load(name))
    if name in ("abs", "round"):
        return method(column, name, *map(copied, rest))
    if rest:
        inner = ast.Call(load(name), [load("value"), *map(copied, rest)], [])
        parameter = ast.arguments([], [ast.arg("value")], None, [], [], None, [])
        return method(column, "apply", ast.Lambda(parameter, inner))
    return method(column, "apply", load(name))


class _Forms:
    """What writes each kind of expression for whole columns."""

    by_kind: ClassVar[Mapping[type[ast.expr], Callable[[Any, Row], ast.expr]]] = {
        ast.BinOp: _binary,
        ast.UnaryOp: _unary,
        ast.BoolOp: _boolean,
        ast.Compare: _compare,
        ast.IfExp: _choice,
        ast.Subscript: _subscript,
        ast.Call: _call,
    }
