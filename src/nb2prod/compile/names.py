"""Small parts of syntax trees."""

from __future__ import annotations

import ast


def load(name: str) -> ast.Name:
    """Return the code that reads a name."""
    return ast.Name(name, ast.Load())


def root_name(node: ast.expr) -> str | None:
    """Return the name that an attribute, subscript or call begins with, or None."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None
