"""Where runs are kept: ``runs/<notebook>/<id>/`` with ``run.json`` and the executed notebook."""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
from datetime import UTC, datetime
from pathlib import Path

from nb2prod.artifact.disk import explained_faults, write_atomically
from nb2prod.errors import UsageError
from nb2prod.runtime.digests import canonical_json
from nb2prod.track.record import RunRecord

RECORD_NAME = "run.json"
EXECUTED_NAME = "executed.ipynb"
DEFAULT_FOLDER = Path("runs")


def new_id(now: datetime | None = None) -> str:
    """Return a name for a run that sorts by its beginning."""
    moment = (now or datetime.now(UTC)).strftime("%Y%m%d-%H%M%S")
    return f"{moment}-{secrets.token_hex(2)}"


def make_folder(runs: Path, name: str, identifier: str) -> Path:
    """Make the folder of a run.

    Raises:
        EnvironmentFault: It cannot be written.
    """
    folder = runs / name / identifier
    with explained_faults(folder):
        folder.mkdir(parents=True)
    return folder


def discard_folder(folder: Path) -> None:
    """Remove the folder of a run that came to nothing, and those above it that only it was in."""
    shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(OSError):
        folder.parent.rmdir()
        folder.parent.parent.rmdir()


def keep(folder: Path, record: RunRecord) -> None:
    """Write a run's record, completely or not at all.

    Raises:
        EnvironmentFault: It cannot be written.
    """
    with explained_faults(folder):
        write_atomically(folder / RECORD_NAME, canonical_json(record.as_json()).encode())


def read_record(folder: Path) -> RunRecord:
    """Read the record in a run's folder.

    Raises:
        ValueError: It is none.
        OSError: It cannot be read.
    """
    return RunRecord.from_json(json.loads((folder / RECORD_NAME).read_text(encoding="utf-8")))


def folders_of(runs: Path, name: str) -> list[Path]:
    """Return the folders of a notebook's runs, oldest first; a run that is still going on has no record yet."""
    return sorted(path.parent for path in (runs / name).glob(f"*/{RECORD_NAME}"))


def records_of(runs: Path, name: str) -> tuple[list[RunRecord], list[str]]:
    """Return the records of a notebook's runs, oldest first, and the folders whose record cannot be read.

    Raises:
        UsageError: There are none.
    """
    records, unreadable = [], []
    for folder in folders_of(runs, name):
        try:
            records.append(read_record(folder))
        except (OSError, ValueError):
            unreadable.append(str(folder))
    if not records:
        known = sorted({path.parent.parent.name for path in runs.glob(f"*/*/{RECORD_NAME}")})
        hint = f"{runs}/ has runs of {', '.join(known)}" if known else "nb2prod run NOTEBOOK"
        raise UsageError(f"there are no runs of {name} in {runs}", hint=hint)
    return records, unreadable


def find_run(runs: Path, identifier: str) -> RunRecord:
    """Return the run with a name, or in a folder.

    Raises:
        UsageError: There is none, or it cannot be read.
    """
    own = Path(identifier)
    folders = [own] if own.is_dir() else sorted(runs.glob(f"*/{identifier}"))
    try:
        return read_record(folders[0])
    except (IndexError, OSError, ValueError) as error:
        raise UsageError(
            f"there is no run {identifier} in {runs}",
            why=str(error) if folders else None,
            hint="nb2prod runs NAME lists them",
        ) from error
