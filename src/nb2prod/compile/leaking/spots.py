"""Find the expression, its statement and its surroundings for each place of a recording."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from nb2prod.compile.program import steps_of
from nb2prod.notebook import Notebook
from nb2prod.notebook.recording import place_key

Statement = tuple[int, int]
"""A top-level statement: its cell and line."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One expression of a compiled cell.

    Attributes:
        node: The expression.
        cell: Position of its cell.
        statement: The top-level statement that it stands in.
        is_in_function: Whether that is the definition of a function or class.
        around: The expressions around it, innermost first.
    """

    node: ast.expr
    cell: int
    statement: Statement
    is_in_function: bool
    around: tuple[ast.expr, ...]


class Spots:
    """The expressions of the compiled cells by the recording's keys.

    Args:
        notebook: The notebook.
        rewritten: Keys of the statements that are taken as the operations that leave the same.
    """

    def __init__(self, notebook: Notebook, rewritten: Collection[str] = ()) -> None:
        self._notebook = notebook
        self._spots: dict[str, Spot] = {}
        self.functions: set[str] = set()
        self.statements: dict[Statement, ast.stmt] = {}
        for step in steps_of(notebook, keys=rewritten):
            where = (step.cell.number, step.node.lineno)
            self.statements[where] = step.node
            is_definition = isinstance(step.node, ast.FunctionDef | ast.ClassDef)
            if isinstance(step.node, ast.FunctionDef | ast.ClassDef):
                self.functions.add(step.node.name)
            for node, around in _expressions(step.node, ()):
                spot = Spot(node, step.cell.number, where, is_definition, around)
                self._spots[place_key(step.cell.number, node)] = spot

    def get(self, key: str) -> Spot | None:
        """Return the expression at a recording's key."""
        return self._spots.get(key)

    def place(self, spot: Spot) -> tuple[int, int, int, int]:
        """Return line, column, last line and column after the end, as JupyterLab shows them."""
        node = spot.node
        line, end_line = node.lineno, node.end_lineno or node.lineno
        column = self._column(spot.cell, line, node.col_offset)
        return line, column, end_line, self._column(spot.cell, end_line, node.end_col_offset or 0)

    def _column(self, cell: int, line: int, offset: int) -> int:
        lines = self._notebook.cell(cell).source.split("\n")
        text = lines[line - 1] if line <= len(lines) else ""
        return len(text.encode()[:offset].decode(errors="ignore")) + 1


def _expressions(
    node: ast.AST, around: tuple[ast.expr, ...]
) -> Iterator[tuple[ast.expr, tuple[ast.expr, ...]]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield child, around
            yield from _expressions(child, (child, *around))
        else:
            yield from _expressions(child, around)
