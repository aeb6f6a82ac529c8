"""One thing that is wrong with a version."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Edit = Callable[[], object]
"""Changes a tree in place."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """A change of one place.

    Attributes:
        kind: The kind of mutation.
        place: Where, for reports.
        file: The module that is changed, or None for the fitted state.
        text: Its new text.
        state: The new fitted state.
    """

    kind: str
    place: str
    file: str | None = None
    text: str = ""
    state: Any = None


def edits(
    text: str,
    file: str,
    kind: str,
    visit: Callable[[ast.AST, ast.Module], Iterator[Edit]],
) -> Iterator[Mutation]:
    """Yield a mutation for every edit that a visitor offers.

    Each edit is applied to a tree of its own, so they do not meet.

    Args:
        text: A module.
        file: Its name.
        kind: The kind of mutation.
        visit: Given a node and the tree, yields functions that change the tree in place.
    """
    count = sum(1 for node in ast.walk(ast.parse(text)) for _ in visit(node, ast.Module([], [])))
    for number in range(count):
        tree = ast.parse(text)
        offered = ((node, edit) for node in ast.walk(tree) for edit in visit(node, tree))
        node, edit = next(pair for place, pair in enumerate(offered) if place == number)
        line, before = getattr(node, "lineno", 0), ast.dump(tree)
        edit()
        if ast.dump(tree) != before:
            made = ast.unparse(ast.fix_missing_locations(tree))
            yield Mutation(kind, f"{file}:{line} {_line(text, line)}", file, made)


def _line(text: str, number: int) -> str:
    return text.split("\n")[number - 1].strip() if number else ""
