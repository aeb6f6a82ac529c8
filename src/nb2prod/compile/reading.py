"""What a piece of code mentions: names, calls and entries of the fitted state."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from nb2prod.compile.states import STATE


def names_in(node: ast.AST) -> set[str]:
    """Return the names that code mentions, but for the fitted state."""
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} - {STATE}


def called_in(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the names that code calls."""
    return {
        n.func.id
        for node in nodes
        for n in ast.walk(node)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
    }


def state_names(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the entries of the fitted state that code mentions."""
    return {
        n.attr
        for node in nodes
        for n in ast.walk(node)
        if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and n.value.id == STATE
    }


def captures_in(node: ast.AST) -> set[str]:
    """Return the entries of the fitted state that a statement fills, at any depth."""
    found = set()
    for n in ast.walk(node):
        if isinstance(n, ast.Assign):
            for target in n.targets:
                owner = target.value if isinstance(target, ast.Subscript) else target
                if isinstance(owner, ast.Attribute) and is_state(owner.value):
                    found.add(owner.attr)
    return found


def is_capture(node: ast.stmt) -> bool:
    """Tell whether a statement does nothing but fill an entry of the fitted state."""
    return isinstance(node, ast.Assign) and bool(captures_in(node))


def is_state(node: ast.expr) -> bool:
    """Tell whether code is the fitted state itself."""
    return isinstance(node, ast.Name) and node.id == STATE
