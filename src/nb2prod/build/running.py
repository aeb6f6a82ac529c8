"""Run the notebook twice at once: recorded, and plain beside it as a check on the recorder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nb2prod
from nb2prod.build.order import Order
from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.execute.comparing import compare
from nb2prod.execute.options import ExecuteOptions
from nb2prod.execute.recorder.session import RAW, RECORDING, SCORED
from nb2prod.execute.run import execute
from nb2prod.notebook import Notebook, Role, names_of, parse_cell, translate
from nb2prod.notebook.recording import Recording

_INSTALL = """
def _nb2prod_install():
    from nb2prod.execute.recorder.session import install
    install({path!r})
_nb2prod_install()
del _nb2prod_install
"""
_FINISH = """
def _nb2prod_finish():
    from nb2prod.execute.recorder.session import finish
    finish()
_nb2prod_finish()
del _nb2prod_finish
"""
_CAPTURE = """
def _nb2prod_capture():
    from nb2prod.execute.recorder.session import capture_plain
    capture_plain({path!r})
_nb2prod_capture()
del _nb2prod_capture
"""


@dataclass(frozen=True, slots=True)
class Runs:
    """What the two runs left.

    Attributes:
        recording: What each expression did.
        raw: The raw table, as a file.
        scored: What the scored predict received and answered, as a file.
        executed: The executed notebook of the plain run.
        files_read: Files of the user that the run opened.
        seconds: Of the recorded run and the plain one.
        differences: Where the two runs differ: then the recorder, or the notebook, is not to be trusted.
    """

    recording: Recording
    raw: Path
    scored: Path
    executed: Path
    files_read: tuple[Path, ...]
    seconds: tuple[float, float]
    differences: Sequence[Diagnostic]


def run(order: Order, folder: Path, *, progress: bool = True) -> Runs:
    """Run the notebook recorded and plain.

    Args:
        order: What to build.
        folder: Where captures go.
        progress: Show a progress bar on a terminal.

    Raises:
        ExecutionFailed: If a cell raises or takes too long.
    """
    settings = folder / "settings.json"
    settings.write_text(json.dumps(_settings(order.notebook, folder)), encoding="utf-8")
    recorded = _options(
        order,
        folder / "recorded.ipynb",
        (_INSTALL.format(path=str(settings)),),
        (_FINISH,),
        progress=progress,
    )
    plain = _options(
        order, folder / "executed.ipynb", (), (_CAPTURE.format(path=str(settings)),), progress=False
    )
    path = order.notebook.path
    with ThreadPoolExecutor(1) as beside:
        waiting = beside.submit(execute, path, plain)
        with execute(path, recorded) as first:
            files = first.files_read
        with waiting.result() as second:
            seconds = (first.seconds, second.seconds)
    found = json.loads((folder / RECORDING).read_text(encoding="utf-8"))
    numbers = json.loads((folder / "plain.json").read_text(encoding="utf-8"))
    recording = Recording.from_json(found)
    return Runs(
        recording=recording,
        raw=folder / RAW,
        scored=folder / SCORED,
        executed=folder / "executed.ipynb",
        files_read=_data_files(files, recording.files),
        seconds=seconds,
        differences=_differences(folder, recording.metrics, numbers),
    )


def _data_files(read: Sequence[Path], opened_in_cells: Sequence[str]) -> tuple[Path, ...]:
    """Keep the files that compiled cells opened: not what the run opened for itself, nor code."""
    names = {Path(path).name for path in opened_in_cells}
    package = Path(nb2prod.__file__).resolve().parent
    return tuple(p for p in read if p.name in names and not p.resolve().is_relative_to(package))


def _options(
    order: Order, output: Path, prelude: tuple[str, ...], epilogue: tuple[str, ...], *, progress: bool
) -> ExecuteOptions:
    return ExecuteOptions(
        parameters=order.injected,
        seed=order.config.seed,
        threads=order.config.threads,
        timeout=order.config.timeout,
        this_kernel=order.this_kernel,
        prelude=prelude,
        epilogue=epilogue,
        output=output,
        progress=progress,
    )


def _settings(notebook: Notebook, folder: Path) -> dict[str, Any]:
    cells = [
        {
            "number": cell.number,
            "source": cell.source,
            "code": translate(cell.source).code,
            "roles": [str(role) for role in cell.roles],
        }
        for cell in notebook.executed_cells
    ]
    return {
        "cells": cells,
        "raw_candidates": _raw_candidates(notebook),
        "evaluate_names": _bound_by(notebook, Role.EVALUATE),
        "folder": str(folder),
    }


def _bound_by(notebook: Notebook, role: Role) -> list[str]:
    """Return the names that the cells of a role bind, in order."""
    names: dict[str, None] = {}
    for cell in notebook.with_role(role):
        tree = parse_cell(cell.source).tree
        for statement in tree.body if tree is not None else ():
            names |= dict.fromkeys(sorted(names_of(statement).binds))
    return list(names)


def _raw_candidates(notebook: Notebook) -> list[str]:
    """Return the names bound by ``load`` cells that later compiled cells read."""
    bound = _bound_by(notebook, Role.LOAD)
    last = max((cell.number for cell in notebook.with_role(Role.LOAD)), default=0)
    read: set[str] = set()
    for cell in notebook.executed_cells:
        if cell.number <= last or not cell.roles:
            continue
        tree = parse_cell(cell.source).tree
        for statement in tree.body if tree is not None else ():
            names = names_of(statement)
            read |= names.reads | names.mutates | names.calls_need
    return [name for name in bound if name in read]


def _differences(
    folder: Path, recorded: Mapping[str, float], plain: Mapping[str, float]
) -> list[Diagnostic]:
    found = [
        Diagnostic(
            code="NBC301",
            name="runs-differ",
            severity=Severity.ERROR,
            message=f"`{name}` is {recorded.get(name)!r} in one run and {plain.get(name)!r} in another",
            hint="give every random step a `random_state`, and take nothing from the clock",
            subject=name,
        )
        for name in sorted({*recorded, *plain})
        if recorded.get(name) != plain.get(name)
        and not (recorded.get(name) != recorded.get(name) and plain.get(name) != plain.get(name))
    ]
    for difference in compare(folder / "recorded.ipynb", folder / "executed.ipynb"):
        found.append(
            Diagnostic(
                code="NBC302",
                name="outputs-differ",
                severity=Severity.WARNING,
                message="the cell printed something else in a second run with the same seed",
                hint="give every random step a `random_state`, and take nothing from the clock",
                cell=difference.cell,
            )
        )
    return found
