"""Which lines of the emitted code came from which lines of the notebook."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nb2prod.compile.emit import ENTRIES, Emitted
from nb2prod.notebook import Notebook, translate

_CELL = "# cell "
_FITTED = re.compile(r"_fitted(_\d+)?$")


Marks = Mapping[int, tuple[int, int]]
"""Cell and line in the notebook by the line of an emitted statement."""


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


def marks_of(emitted: Emitted) -> dict[str, Marks]:
    """Return the marks of every module, each at the line of its statement in the text."""
    found: dict[str, Marks] = {}
    for file, text in emitted.files.items():
        marks = emitted.places.get(file, {})
        shift = _shift(text, marks)
        found[file] = {line + shift: place for line, place in marks.items()}
    return found


def with_functions(
    marks: Mapping[str, Marks], emitted: Emitted, notebook: Notebook
) -> dict[str, Marks]:
    """Add the functions that freeze something: they stand in front of the marked code, once in each module.

    Args:
        marks: The marks of every module.
        emitted: The emitted code.
        notebook: The notebook.
    """
    sources = {
        node.name: (cell.number, node.lineno)
        for cell in notebook.executed_cells
        if cell.is_compiled
        for node in ast.parse(translate(cell.source).code).body
        if isinstance(node, ast.FunctionDef)
    }
    return {
        file: {**_functions(emitted.files[file], sources), **known} for file, known in marks.items()
    }


def _functions(text: str, sources: Mapping[str, tuple[int, int]]) -> dict[int, tuple[int, int]]:
    """Return where functions begin that came from a cell under their own name, or one with ``_fitted`` behind it."""
    found = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name not in ENTRIES:
            name = node.name if node.name in sources else _FITTED.sub("", node.name)
            if name in sources:
                found[node.lineno] = sources[name]
    return found


def stretches(text: str, marks: Marks) -> list[Stretch]:
    """Return what each marked statement of a module takes up.

    Args:
        text: The module.
        marks: What its lines came from.
    """
    ends = dict(_extents(text))
    return [
        Stretch(line, ends.get(line, line), cell, source_line)
        for line, (cell, source_line) in sorted(marks.items())
    ]


def source_of(line: int, found: list[Stretch]) -> tuple[int, int] | None:
    """Return the notebook's cell and line of an emitted line, or None where it has none."""
    for one in found:
        if one.line <= line <= one.end_line:
            return one.cell, one.source_line
    return None


def _shift(text: str, marks: Marks) -> int:
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
