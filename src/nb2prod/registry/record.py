"""What the registry knows of a version: read from its folder, and from whoever built it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nb2prod.errors import ArtifactFault
from nb2prod.runtime.faults import ArtifactError
from nb2prod.runtime.manifest import Manifest
from nb2prod.runtime.verifying import verify_version


@dataclass(frozen=True, slots=True)
class VersionRecord:
    """A version as it is registered.

    Attributes:
        folder: Its folder.
        manifest: Its facts and digests, checked against the files.
        parity: Content of its ``parity.json``.
    """

    folder: Path
    manifest: Manifest
    parity: Mapping[str, Any]

    @property
    def number(self) -> int:
        """The number in ``v3``, which is MLflow's number too."""
        return number_of(self.manifest.version)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the source stood when a version was built; no part of the version itself.

    Attributes:
        commit: Commit of the repository that holds the notebook, or None outside one.
        is_dirty: Whether the notebook's folder had changes that were not committed, or None.
    """

    commit: str | None = None
    is_dirty: bool | None = None


def number_of(version: str) -> int:
    """Return the number of ``v3``."""
    return int(version.removeprefix("v"))


def read_record(folder: Path) -> VersionRecord:
    """Verify a version and read what is registered of it.

    Raises:
        ArtifactFault: It is incomplete, or was changed after it was built.
    """
    try:
        manifest = verify_version(folder)
    except ArtifactError as error:
        raise ArtifactFault(
            error.what,
            why="only a version that is what was proved is registered or promoted",
            hint=error.hint,
        ) from error
    parity = json.loads((folder / "parity.json").read_text(encoding="utf-8"))
    return VersionRecord(folder, manifest, parity)


def origin_of(folder: Path) -> Origin:
    """Ask git where a folder stands; without git, or outside a repository, nothing is known."""
    commit = _git(folder, "rev-parse", "HEAD")
    if commit is None:
        return Origin()
    changes = _git(folder, "status", "--porcelain", "--", ".")
    return Origin(commit, None if changes is None else bool(changes))


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],  # noqa: S607 - git as the user has it
            capture_output=True,
            text=True,
            check=True,
            timeout=20,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
