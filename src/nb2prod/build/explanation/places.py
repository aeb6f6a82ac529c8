"""Find the notebook's expressions by the place and text that the compiler noted."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from nb2prod.notebook import Notebook, translate
from nb2prod.notebook.recording import Recording, place_key

_MOST_KEYS = 4
_ESTIMATOR = "estimator"

Spot = tuple[int, int, int, str]
"""Cell, line, column from 1 in bytes, and the expression as the compiler writes it."""


@dataclass(frozen=True, slots=True)
class Binding:
    """A statement that binds a name.

    Attributes:
        cell: Its cell.
        line: Its line within the cell.
        value: Short text of the value in the recorded run; empty where it was not noted.
        is_estimator: Whether it binds an object that is fitted later.
    """

    cell: int
    line: int
    value: str
    is_estimator: bool


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
        return "" if node is None else self._value(spot[0], node)

    def binding(self, name: str, before: tuple[int, int]) -> Binding | None:
        """Return the last statement that bound a name at the latest at a cell and line, or None.

        Only top-level statements ``name = …`` of compiled cells count.
        """
        found: Binding | None = None
        for cell in self._notebook.executed_cells:
            if not cell.is_compiled:
                continue
            for node in ast.parse(translate(cell.source).code).body:
                match node:
                    case ast.Assign(targets=[ast.Name(id=bound)], value=value):
                        if bound == name and (cell.number, node.lineno) <= before:
                            found = self._bound(cell.number, node.lineno, value)
        return found

    def _bound(self, cell: int, line: int, value: ast.expr) -> Binding:
        kinds = {
            one.fact.kind for one in self._recording.occurrences.get(place_key(cell, value), ())
        }
        return Binding(cell, line, self._value(cell, value), _ESTIMATOR in kinds)

    def _value(self, cell: int, node: ast.expr) -> str:
        found = self._recording.occurrences.get(place_key(cell, node), ())
        texts = {", ".join(one.loop_values): one.fact.text for one in found}
        if len(set(texts.values())) == 1:
            return next(iter(texts.values()))
        said = [f"{key}: {text}" for key, text in list(texts.items())[:_MOST_KEYS]]
        return ", ".join([*said, *(["…"] if len(texts) > _MOST_KEYS else [])])
