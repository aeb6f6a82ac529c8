"""Shift one number, one threshold, one truth value, one text."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.kill.mutations.mutation import Edit, Mutation, edits

_SMALL = 1e-6


def constants(files: dict[str, str]) -> Iterator[Mutation]:
    """Yield versions with another constant in their serving code."""
    for file in ("features.py", "functions.py"):
        yield from edits(files[file], file, "constant shifted", _constants)


def _constants(node: ast.AST, _: ast.Module) -> Iterator[Edit]:
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        yield lambda: setattr(node, "value", not value)
    elif isinstance(value, int):
        yield lambda: setattr(node, "value", value + 1)
        yield lambda: setattr(node, "value", value - 1)
    elif isinstance(value, float):
        yield lambda: setattr(node, "value", value * 1.01 + (value == 0) * _SMALL)
        yield lambda: setattr(node, "value", value * (1 + _SMALL) + (value == 0) * _SMALL)
