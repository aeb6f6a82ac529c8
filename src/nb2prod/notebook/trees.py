"""Copy syntax trees, and nothing else.

CPython shares one ``ast.Load()`` among all trees, and IPython's traceback printer hangs a whole file's tree on it: a
deep copy of one name can then copy thousands of nodes. So a copy follows the fields alone.
"""

from __future__ import annotations

import ast
from typing import TypeVar

_Node = TypeVar("_Node", bound=ast.AST)
_PLACES = (
    "lineno",
    "col_offset",
    "end_lineno",
    "end_col_offset",
    "nb2prod_place",
    "nb2prod_identity",
    "nb2prod_asked",
)


def copied(node: _Node) -> _Node:
    """Return a copy of a tree with its places."""
    made = type(node).__new__(type(node))
    for name in node._fields:
        if hasattr(node, name):
            setattr(made, name, _copied_field(getattr(node, name)))
    for name in _PLACES:
        if hasattr(node, name):
            setattr(made, name, getattr(node, name))
    return made


def _copied_field(value: object) -> object:
    if isinstance(value, list):
        return [_copied_field(item) for item in value]
    return copied(value) if isinstance(value, ast.AST) else value


def at(made: _Node, near: ast.AST) -> _Node:
    """Give a node another's place, also the one that the recorder knows it by."""
    ast.copy_location(made, near)
    if hasattr(near, "nb2prod_place"):
        made.nb2prod_place = near.nb2prod_place  # type: ignore[attr-defined]  # read by place_key
    return made
