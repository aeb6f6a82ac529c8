"""Which lines of the emitted code came from which lines of the notebook."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_CELL = "# cell "


@dataclass(frozen=True, slots=True)
class Stretch:
    """Emitted lines that came from one statement of the notebook.

    Attributes:
        line: First line.
        end_line: Last line.
        cell: Cell of the statement.
        source_line: Its line within the cell.
    """

    line: int
    end_line: int
    cell: int
    source_line: int


def stretches(text: str, marks: Mapping[int, tuple[int, int]]) -> list[Stretch]:
    """Return what each marked statement of a module takes up.

    Args:
        text: The module.
        marks: Cell and line in the notebook by the line of the emitted statement.
    """
    shift = _shift(text, marks)
    ends = dict(_extents(text))
    return [
        Stretch(line + shift, ends.get(line + shift, line + shift), cell, source_line)
        for line, (cell, source_line) in sorted(marks.items())
    ]


def source_of(line: int, found: list[Stretch]) -> tuple[int, int] | None:
    """Return the notebook's cell and line of an emitted line, or None where it has none."""
    for one in found:
        if one.line <= line <= one.end_line:
            return one.cell, one.source_line
    return None


def _shift(text: str, marks: Mapping[int, tuple[int, int]]) -> int:
    """Return how far marks are from the text: the first one stands below the first ``# cell`` comment."""
    lines = text.split("\n")
    first = next((i for i, line in enumerate(lines) if line.strip().startswith(_CELL)), None)
    if first is None or not marks:
        return 0
    while lines[first].strip().startswith("#"):
        first += 1
    return first + 1 - min(marks)


def _extents(text: str) -> Iterator[tuple[int, int]]:
    """Yield first and last line of every statement, decorators included."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.stmt):
            decorators = [one.lineno for one in getattr(node, "decorator_list", ())]
            yield min([node.lineno, *decorators]), node.end_lineno or node.lineno
