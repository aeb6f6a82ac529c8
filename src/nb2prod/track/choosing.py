"""Choose a run to build with."""

from __future__ import annotations

from pathlib import Path

from nb2prod.errors import Place, UsageError
from nb2prod.notebook import Notebook
from nb2prod.runtime.digests import canonical_json, digest_text
from nb2prod.track.record import RunRecord
from nb2prod.track.store import DEFAULT_FOLDER, find_run


def code_digest(notebook: Notebook) -> str:
    """Return the digest of the code that a run executes; texts and tags do not count."""
    return digest_text(canonical_json([cell.source for cell in notebook.executed_cells]))


def run_of(notebook: Notebook, identifier: str, runs: Path = DEFAULT_FOLDER) -> RunRecord:
    """Return a run whose parameters a build of the notebook may take.

    Args:
        notebook: The notebook as it is now.
        identifier: The run's id, or its folder.
        runs: The folder of all runs.

    Raises:
        UsageError: There is no such run, it failed, or the notebook's code is another one now.
    """
    record = find_run(runs, identifier)
    if record.status == "failed":
        raise UsageError(
            f"run {record.id} failed",
            why=record.error,
            hint="choose one that came to its end: nb2prod runs NAME",
        )
    if record.code != code_digest(notebook):
        raise UsageError(
            f"the notebook's code is not what run {record.id} executed",
            place=Place(notebook.path),
            why="its metrics say nothing about the code as it is now",
            hint="run it again, or give the parameters with -p",
        )
    return record
