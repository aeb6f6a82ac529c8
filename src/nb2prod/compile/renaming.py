"""Settle the names of the fitted state once it is known which entries are used."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import replace

from nb2prod.compile.states import STATE, State


def settle_names(states: Sequence[State], nodes: Iterable[ast.AST]) -> list[State]:
    """Give entries the names that they asked for, as far as unused entries leave them free.

    Args:
        states: The entries that are used, in order.
        nodes: All code that mentions them; it is changed in place.

    Returns:
        The entries under their settled names.
    """
    taken: dict[str, str] = {}
    for state in states:
        name, number = state.wanted, 2
        while name in taken.values():
            name, number = f"{state.wanted}_{number}", number + 1
        taken[state.name] = name
    seen: set[int] = set()
    for root in nodes:
        for node in ast.walk(root):
            if isinstance(node, ast.Attribute) and id(node) not in seen:
                seen.add(id(node))
                if isinstance(node.value, ast.Name) and node.value.id == STATE:
                    node.attr = taken.get(node.attr, node.attr)
    return [replace(state, name=taken[state.name]) for state in states]
