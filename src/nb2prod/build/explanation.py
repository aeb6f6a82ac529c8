"""Run and compile a notebook, and keep what was found of each expression instead of building."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nb2prod.build.clock import Clock
from nb2prod.build.options import BuildOptions
from nb2prod.build.order import Order, take_order
from nb2prod.compile.context import Note
from nb2prod.compile.plan import Refused
from nb2prod.diagnostic import Diagnostic
from nb2prod.lint import blocking, lint
from nb2prod.lint.gathering import gather
from nb2prod.notebook import Notebook

_AGGREGATE, _FROZEN = "aggregate", "frozen"


@dataclass(frozen=True, slots=True)
class Explained:
    """One expression.

    Attributes:
        line: Line within the cell, from 1.
        column: Column, from 1.
        text: The expression.
        kind: What it is: ``row-wise``, ``frozen`` and so on.
        detail: More of it; for a frozen value its name in the fitted state.
    """

    line: int
    column: int
    text: str
    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a build makes of a notebook.

    Attributes:
        notebook: The notebook.
        status: ``explained``, or ``refused`` where it cannot be built.
        expressions: By cell number, in the order of their places.
        diagnostics: Findings: why it is refused, or warnings.
    """

    notebook: Notebook
    status: str
    expressions: Mapping[int, Sequence[Explained]]
    diagnostics: Sequence[Diagnostic]

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
                "expressions": [
                    {
                        "line": found.line,
                        "column": found.column,
                        "text": found.text,
                        "kind": found.kind,
                        "detail": found.detail,
                    }
                    for found in self.expressions.get(cell.number, ())
                ],
            }
            for cell in self.notebook.code_cells
        ]
        return {
            "status": self.status,
            "path": self.notebook.path,
            "cells": cells,
            "diagnostics": [found.as_json() for found in self.diagnostics],
        }


def explain(notebook: str | Path, options: BuildOptions | None = None) -> Explanation:
    """Run and compile a notebook as a build does, and say what each expression is.

    Args:
        notebook: The notebook's path; the file is left as it is.
        options: How to run it.

    Raises:
        Nb2prodError: As ``build`` does.
    """
    options = options or BuildOptions()
    clock = Clock(options.reporter)
    order = take_order(notebook, options)
    findings = lint(order.notebook, gather(order.notebook), requires_roles=True)
    if blocking(findings):
        return Explanation(order.notebook, "refused", {}, findings)
    status, notes, more = _compile(order, clock)
    return Explanation(order.notebook, status, _by_cell(notes), [*findings, *more])


def _compile(order: Order, clock: Clock) -> tuple[str, Sequence[Note], Sequence[Diagnostic]]:
    # These import pandas and papermill, which a notebook that lint refuses must not wait for.
    from nb2prod.build.drafting import make_draft
    from nb2prod.build.folder import working_folder
    from nb2prod.build.running import run
    from nb2prod.build.verdict import remarks

    with working_folder() as folder:
        with clock.step("execute") as step:
            runs = run(order, folder, step)
            step.result = f"recorded in {runs.seconds[0]:.1f} s"
        with clock.step("compile"):
            draft = make_draft(order, runs)
        if isinstance(draft, Refused):
            return "refused", draft.notes, [*runs.differences, *draft.diagnostics]
        return "explained", draft.plan.notes, [*runs.differences, *remarks(draft)]


def _by_cell(notes: Sequence[Note]) -> dict[int, list[Explained]]:
    """Sort notes by place; what several call paths found alike is told once."""
    cells: dict[int, dict[Explained, None]] = {}
    for note in notes:
        found = Explained(note.line, note.column, note.text, note.kind, note.detail)
        cells.setdefault(note.cell, {})[found] = None
    return {number: _joined(found) for number, found in cells.items()}


def _joined(found: Iterable[Explained]) -> list[Explained]:
    """Tell a frozen aggregate once, with its name and its value; outer expressions come first."""
    everything = list(found)
    values = {_place(each): each.detail for each in everything if each.kind == _AGGREGATE}
    frozen = {_place(each) for each in everything if each.kind == _FROZEN}
    told = []
    for each in everything:
        if each.kind == _AGGREGATE and _place(each) in frozen:
            continue
        value = values.get(_place(each)) if each.kind == _FROZEN else None
        told.append(replace(each, detail=f"{each.detail} = {value}") if value else each)
    return sorted(told, key=lambda each: (each.line, each.column, -len(each.text)))


def _place(found: Explained) -> tuple[int, int, str]:
    return found.line, found.column, found.text
