"""Find the notebook's expressions by the place and text that the compiler noted."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from nb2prod.notebook import Notebook, translate
from nb2prod.notebook.recording import Recording, place_key

_MOST_KEYS = 4

Spot = tuple[int, int, int, str]
"""Cell, line, column from 1 in bytes, and the expression as the compiler writes it."""


class Expressions:
    """The expressions of a notebook's executed cells.

    Args:
        notebook: The notebook.
        recording: What its run did.
    """

    def __init__(self, notebook: Notebook, recording: Recording) -> None:
        self._notebook = notebook
        self._recording = recording
        self._cells: dict[int, Mapping[tuple[int, int, str], ast.expr]] = {}

    def find(self, spot: Spot) -> ast.expr | None:
        """Return the expression at a place, or None where the compiler made it."""
        cell, line, column, text = spot
        if cell not in self._cells:
            self._cells[cell] = self._read(cell)
        return self._cells[cell].get((line, column, text))

    def _read(self, cell: int) -> Mapping[tuple[int, int, str], ast.expr]:
        tree = ast.parse(translate(self._notebook.cell(cell).source).code)
        return {
            (node.lineno, node.col_offset + 1, ast.unparse(node)): node
            for node in ast.walk(tree)
            if isinstance(node, ast.expr)
        }

    def end(self, spot: Spot) -> tuple[int, int]:
        """Return the last line and the column behind an expression, from 1; zeros where it is unknown."""
        node = self.find(spot)
        if node is None or node.end_lineno is None or node.end_col_offset is None:
            return 0, 0
        return node.end_lineno, self.column(spot[0], node.end_lineno, node.end_col_offset)

    def column(self, cell: int, line: int, offset: int) -> int:
        """Return a column in characters, from 1, of one in bytes, from 0."""
        lines = self._notebook.cell(cell).source.split("\n")
        text = lines[line - 1] if line <= len(lines) else ""
        return len(text.encode()[:offset].decode(errors="ignore")) + 1

    def value(self, spot: Spot) -> str:
        """Return the short text of an expression's value in the recorded run; in a loop, of each round's."""
        node = self.find(spot)
        if node is None:
            return ""
        found = self._recording.occurrences.get(place_key(spot[0], node), ())
        texts = {", ".join(one.loop_values): one.fact.text for one in found}
        if len(set(texts.values())) == 1:
            return next(iter(texts.values()))
        said = [f"{key}: {text}" for key, text in list(texts.items())[:_MOST_KEYS]]
        return ", ".join([*said, *(["…"] if len(texts) > _MOST_KEYS else [])])
