"""What an explanation holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from nb2prod.diagnostic import Diagnostic
from nb2prod.notebook import Notebook


class Fate(StrEnum):
    """What becomes of a statement; the value is how it is told."""

    SERVED = "training and serving"
    TRAINING = "training only"
    LOAD = "reads the raw table"
    METRICS = "metrics"
    DEFINITION = "definition"
    IMPORT = "import"
    PARAMETER = "parameter"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True)
class CodePlace:
    """A line of an emitted module.

    Attributes:
        file: The module's file name.
        line: The line, from 1.
    """

    file: str
    line: int

    def __str__(self) -> str:
        """Write the place as ``features.py:18``."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Explained:
    """One expression.

    Attributes:
        line: Line within the cell, from 1.
        column: Column, from 1.
        text: The expression.
        kind: What it is: ``row-wise``, ``frozen`` and so on.
        detail: More of it; for a frozen value its name in the fitted state.
        end_line: Its last line; 0 where it is not known.
        end_column: Column after its last character; 0 where it is not known.
    """

    line: int
    column: int
    text: str
    kind: str
    detail: str
    end_line: int = 0
    end_column: int = 0


@dataclass(frozen=True, slots=True)
class Statement:
    """One top-level statement of a compiled cell.

    Attributes:
        line: First line within the cell, from 1.
        end_line: Last line.
        fate: What becomes of it.
        places: Where it stands in the emitted code.
    """

    line: int
    end_line: int
    fate: Fate
    places: tuple[CodePlace, ...] = ()


@dataclass(frozen=True, slots=True)
class FrozenValue:
    """One entry of the fitted state.

    Attributes:
        name: Its name.
        keys: Loop variables that it is kept by; empty for a single value.
        expression: The notebook's expression.
        cell: Cell of the expression.
        line: Line within the cell.
        value: The value of the recorded run, shortened; empty where it was not noted.
        filled: Where training fills it.
        used: Where serving reads it.
        rows: Raw rows that it was computed from, where held-out rows are among them; else 0.
        held_out_rows: How many of them are held out.
    """

    name: str
    keys: tuple[str, ...]
    expression: str
    cell: int
    line: int
    value: str
    filled: tuple[CodePlace, ...]
    used: tuple[CodePlace, ...]
    rows: int = 0
    held_out_rows: int = 0

    @property
    def leak(self) -> str:
        """Say how held-out rows got into the value; empty where they did not."""
        if not self.held_out_rows:
            return ""
        return (
            f"{self.held_out_rows} of the {self.rows} rows that it was computed from are held out, "
            "so the metrics may be too good"
        )


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a build makes of a notebook.

    Attributes:
        notebook: The notebook.
        status: ``explained``, or ``refused`` where it cannot be built.
        expressions: By cell number, in the order of their places.
        diagnostics: Findings: why it is refused, or warnings.
        statements: Statements of compiled cells by cell number; empty where it is refused.
        frozen: The fitted state; empty where it is refused.
        code: The emitted modules by file name; empty where it is refused.
        marks: Cell and line in the notebook by file name and line of the emitted code.
        leaks: What ``leaks.json`` of a version would hold; None where it is refused.
    """

    notebook: Notebook
    status: str
    expressions: Mapping[int, Sequence[Explained]]
    diagnostics: Sequence[Diagnostic]
    statements: Mapping[int, Sequence[Statement]] = field(default_factory=dict)
    frozen: Sequence[FrozenValue] = ()
    code: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, Mapping[int, tuple[int, int]]] = field(default_factory=dict)
    leaks: Mapping[str, Any] | None = None

    @property
    def exit_code(self) -> int:
        """Return the exit code of the command."""
        return int(self.status == "refused")

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``nb2prod explain --format json`` prints."""
        cells = [
            {
                "cell": cell.number,
                "roles": [str(role) for role in cell.roles],
                "statements": [asdict(one) for one in self.statements.get(cell.number, ())],
                "expressions": [asdict(one) for one in self.expressions.get(cell.number, ())],
            }
            for cell in self.notebook.code_cells
        ]
        return {
            "status": self.status,
            "path": self.notebook.path,
            "cells": cells,
            "frozen": [{**asdict(one), "leak": one.leak} for one in self.frozen],
            "leaks": None if self.leaks is None else dict(self.leaks),
            "code": dict(self.code),
            "diagnostics": [found.as_json() for found in self.diagnostics],
        }
