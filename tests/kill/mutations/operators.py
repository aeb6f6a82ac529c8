"""Replace one operator by its neighbour: ``<`` by ``<=``, ``+`` by ``-``, ``&`` by ``|``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.kill.mutations.mutation import Edit, Mutation, edits

_NEIGHBOURS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.And: ast.Or,
    ast.Or: ast.And,
}


def operators(files: dict[str, str]) -> Iterator[Mutation]:
    """Yield versions with another operator in their serving code."""
    for file in ("features.py", "functions.py"):
        yield from edits(files[file], file, "operator replaced", _operators)


def _operators(node: ast.AST, _: ast.Module) -> Iterator[Edit]:
    if isinstance(node, ast.BinOp | ast.BoolOp | ast.AugAssign) and type(node.op) in _NEIGHBOURS:
        yield lambda: setattr(node, "op", _NEIGHBOURS[type(node.op)]())
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in _NEIGHBOURS:
        yield lambda: node.ops.__setitem__(0, _NEIGHBOURS[type(node.ops[0])]())  # type: ignore[call-overload]  # a comparison for a comparison
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
        yield lambda: setattr(node, "op", ast.UAdd())
