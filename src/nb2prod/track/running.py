"""Run a notebook and keep what the run was given and what it computed."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nb2prod.errors import ExecutionFailed
from nb2prod.execute.options import ExecuteOptions, Execution
from nb2prod.execute.parameters import declared
from nb2prod.execute.run import execute
from nb2prod.notebook import Notebook, Role
from nb2prod.runtime.digests import digest_file
from nb2prod.track.choosing import code_digest
from nb2prod.track.measuring import measured, measuring_source
from nb2prod.track.nesting import abandon_parent, finish_parent, open_parent, uses_mlflow
from nb2prod.track.record import RunRecord
from nb2prod.track.store import EXECUTED_NAME, discard_folder, keep, make_folder, new_id

_MEASURES = ".metrics.json"


@dataclass(frozen=True, slots=True)
class Tracked:
    """A run that has ended.

    Attributes:
        record: What is kept of it.
        folder: Where.
        execution: What it left, or None where it failed; its working copy is gone.
        fault: Why it failed, or None.
    """

    record: RunRecord
    folder: Path
    execution: Execution | None
    fault: ExecutionFailed | None


def run_tracked(
    notebook: Notebook, options: ExecuteOptions, runs: Path, *, sweep: str | None = None
) -> Tracked:
    """Run a notebook and keep its record, also where a cell raises.

    Args:
        notebook: The notebook.
        options: How to run it.
        runs: The folder of all runs.
        sweep: Name of the sweep that this is one of.

    Raises:
        EnvironmentFault: The machine refuses the run, or the folder cannot be written.
        NotebookFault: The file is no notebook.
    """
    identifier, path = new_id(), Path(notebook.path)
    folder = make_folder(runs, path.stem, identifier)
    epilogue = (*options.epilogue, measuring_source(notebook, folder / _MEASURES))
    options = replace(options, epilogue=epilogue, output=options.output or folder / EXECUTED_NAME)
    record = _record(notebook, options, identifier, sweep)
    parent = open_parent(runs, record) if uses_mlflow(notebook) else None
    if parent is not None:
        options = replace(options, environment={**options.environment, **parent.environment})
        record = replace(record, mlflow={"uri": parent.uri, "run_id": parent.run_id})
    try:
        tracked = _run(notebook, options, record, folder)
    except BaseException:
        # Nobody learns anything from a run that was stopped, or that the machine refused.
        discard_folder(folder)
        if parent is not None:
            abandon_parent(parent)
        raise
    executed = options.output
    assert executed is not None  # It was given above.
    if executed != folder / EXECUTED_NAME and executed.is_file():
        shutil.copyfile(executed, folder / EXECUTED_NAME)
    keep(folder, tracked.record)
    if parent is not None:
        finish_parent(parent, tracked.record, folder)
    return tracked


def _run(notebook: Notebook, options: ExecuteOptions, record: RunRecord, folder: Path) -> Tracked:
    start = time.perf_counter()
    execution = fault = None
    try:
        with execute(notebook.path, options) as execution:
            data = _data(execution, Path(notebook.path))
        record = replace(record, status="finished", data=data)
    except ExecutionFailed as error:
        fault = error
        where = f"{error.place}: " if error.place else ""
        record = replace(record, error=f"{where}{error.what}")
    seconds = round(time.perf_counter() - start, 3)
    record = replace(record, seconds=seconds, metrics=measured(folder / _MEASURES))
    return Tracked(record, folder, execution, fault)


def all_parameters(notebook: Notebook, injected: Mapping[str, Any]) -> dict[str, Any]:
    """Return every literal parameter with the value that a run has."""
    own = {name: each.value for name, each in declared(notebook).items() if each.is_literal}
    return {**(own if notebook.with_role(Role.PARAMETERS) else {}), **injected}


def _record(
    notebook: Notebook, options: ExecuteOptions, identifier: str, sweep: str | None
) -> RunRecord:
    return RunRecord(
        id=identifier,
        notebook=notebook.path,
        code=code_digest(notebook),
        parameters=all_parameters(notebook, options.parameters),
        injected=dict(options.parameters),
        seed=options.seed,
        threads=options.threads,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=0.0,
        status="failed",
        sweep=sweep,
    )


def _data(execution: Execution, notebook: Path) -> tuple[Mapping[str, Any], ...]:
    folder = notebook.resolve().parent
    return tuple(
        {
            "path": Path(os.path.relpath(path, folder)).as_posix(),
            "sha256": digest_file(path),
            "bytes": path.stat().st_size,
        }
        for path in execution.files_read
        if path.is_file() and path.suffix != ".py"
    )
