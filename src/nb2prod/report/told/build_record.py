"""``reports/vN/build.json``: how a version was built, which is no part of the version itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from nb2prod.artifact.disk import write_atomically
from nb2prod.runtime.digests import canonical_json

RECORD_NAME = "build.json"
RECORD_FORMAT = 1
"""Format of the file; raise it when a key changes its meaning."""


@dataclass(frozen=True, slots=True)
class StepTaken:
    """One step of a build.

    Attributes:
        name: ``lint``, ``execute`` and so on.
        seconds: How long it took.
        said: What it came to.
    """

    name: str
    seconds: float
    said: str


@dataclass(frozen=True, slots=True)
class BuildRecord:
    """How a version was built.

    Attributes:
        steps: Its steps in their order.
        built_at: When, in UTC.
        built_by: Who, as they named themselves.
        commit: Commit of the notebook's repository, or None outside one.
        is_dirty: Whether there were changes that were not committed, or None.
    """

    steps: tuple[StepTaken, ...]
    built_at: str
    built_by: str
    commit: str | None = None
    is_dirty: bool | None = None


def record_path(service: Path, version: str) -> Path:
    """Return where the record of a version is."""
    return service / "reports" / version / RECORD_NAME


def write_record(service: Path, version: str, record: BuildRecord) -> None:
    """Write the record of a version."""
    content = {"format": RECORD_FORMAT, **asdict(record)}
    write_atomically(record_path(service, version), canonical_json(content).encode())


def read_build_record(service: Path, version: str) -> BuildRecord | None:
    """Return the record of a version; None where there is none of this format."""
    try:
        content: Mapping[str, Any] = json.loads(
            record_path(service, version).read_text(encoding="utf-8")
        )
        if content["format"] != RECORD_FORMAT:
            return None
        steps = tuple(StepTaken(**step) for step in content["steps"])
        return BuildRecord(
            steps,
            content["built_at"],
            content["built_by"],
            content["commit"],
            content["is_dirty"],
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
