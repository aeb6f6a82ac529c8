"""What becomes of each statement: read from the emitted code and its marks."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from nb2prod.build.explanation.marks import Marks, Stretch, stretches
from nb2prod.build.explanation.model import CodePlace, Fate, Statement
from nb2prod.notebook import Cell, Notebook, Role, translate

_BY_FILE = {
    "features.py": Fate.SERVED,
    "answers.py": Fate.SERVED,
    "train.py": Fate.TRAINING,
    "load.py": Fate.LOAD,
    "evaluate.py": Fate.METRICS,
    "functions.py": Fate.DEFINITION,
}
"""What a statement is, by the first of these files that has it."""


def statements_of(
    notebook: Notebook, files: Mapping[str, str], marks: Mapping[str, Marks]
) -> dict[int, list[Statement]]:
    """Return the top-level statements of each compiled cell with what becomes of them.

    Args:
        notebook: The notebook.
        files: The emitted modules.
        marks: What their lines came from, functions included.
    """
    marked = {file: stretches(files[file], marks[file]) for file in _BY_FILE if file in marks}
    return {
        cell.number: [_statement(cell, node, marked) for node in _parsed(cell).body]
        for cell in notebook.executed_cells
        if cell.is_compiled
    }


def _parsed(cell: Cell) -> ast.Module:
    return ast.parse(translate(cell.source).code)


def _statement(cell: Cell, node: ast.stmt, marked: Mapping[str, Sequence[Stretch]]) -> Statement:
    end = node.end_lineno or node.lineno
    places = tuple(
        CodePlace(file, one.line)
        for file, found in marked.items()
        for one in found
        if one.cell == cell.number and node.lineno <= one.source_line <= end
    )
    return Statement(node.lineno, end, _fate(cell, node, places), places)


def _fate(cell: Cell, node: ast.stmt, places: tuple[CodePlace, ...]) -> Fate:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return Fate.IMPORT
    if Role.PARAMETERS in cell.roles:
        return Fate.PARAMETER
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return Fate.DEFINITION if places else Fate.LEFT_OUT
    return _BY_FILE[places[0].file] if places else Fate.LEFT_OUT
