"""Gather all that is told of one version."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nb2prod.artifact.evidence import read_gates
from nb2prod.artifact.reference import Reference
from nb2prod.config import Config, load_config
from nb2prod.config.loading import OWN_FILE
from nb2prod.errors import ArtifactFault, Nb2prodError
from nb2prod.gates.answers import NoAnswer
from nb2prod.gates.version import VersionAtHand
from nb2prod.notebook import Notebook, read
from nb2prod.registry.audit import AuditLog
from nb2prod.registry.deployment import read_deployment
from nb2prod.registry.entry import Entry
from nb2prod.report.reading import read_snapshot
from nb2prod.report.snapshot import Snapshot
from nb2prod.report.told.build_record import BuildRecord, read_build_record
from nb2prod.report.told.performance import Performance, measure
from nb2prod.runtime.digests import digest_file
from nb2prod.runtime.faults import ArtifactError
from nb2prod.runtime.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that a report or a card of a version says.

    Attributes:
        snapshot: The version: manifest, schema, frozen values, locks, model.
        parity: Content of ``parity.json``.
        leaks: Content of ``leaks.json``.
        reference: Distributions of its training data, or None.
        gates: Content of ``gates.json``, or None where they were never judged.
        performance: What it does on its held-out rows, or None.
        unmeasured: Why there is no performance; empty where there is one.
        notebook: The notebook that it was built from, or None where only a later one is kept.
        build: How it was built, or None.
        aliases: The aliases that point at it.
        entries: What the audit log has of it.
        config: The service's settings.
    """

    snapshot: Snapshot
    parity: Mapping[str, Any]
    leaks: Mapping[str, Any]
    reference: Reference | None
    gates: Mapping[str, Any] | None
    performance: Performance | None
    unmeasured: str
    notebook: Notebook | None
    build: BuildRecord | None
    aliases: tuple[str, ...]
    entries: Sequence[Entry]
    config: Config

    @property
    def manifest(self) -> Manifest:
        """Its facts and digests."""
        return self.snapshot.manifest


def gather(service: Path, version: str, *, seconds: float) -> Told:
    """Gather what is told of a version.

    Args:
        service: The service's folder.
        version: The version.
        seconds: How long the importance of columns may take.

    Raises:
        ArtifactFault: The version is incomplete or was changed.
    """
    folder = service / "versions" / version
    snapshot = read_snapshot(folder)
    at_hand = _at_hand(folder)
    performance, unmeasured = _performance(at_hand, seconds)
    gates = read_gates(service, version)
    return Told(
        snapshot=snapshot,
        parity=_json(folder / "parity.json"),
        leaks=_json(folder / "leaks.json"),
        reference=at_hand.reference,
        gates=None if gates is None else gates.content,
        performance=performance,
        unmeasured=unmeasured,
        notebook=_notebook(service, snapshot.manifest),
        build=read_build_record(service, version),
        aliases=tuple(
            alias
            for alias in ("production", "staging")
            if read_deployment(service).get(alias) == version
        ),
        entries=[entry for entry in _entries(service) if entry.version == version],
        config=load_config(service / OWN_FILE),
    )


def _at_hand(folder: Path) -> VersionAtHand:
    try:
        return VersionAtHand(folder)
    except ArtifactError as error:
        raise ArtifactFault(
            error.what, why="a report is of a version as it was proved", hint=error.hint
        ) from error


def _performance(version: VersionAtHand, seconds: float) -> tuple[Performance | None, str]:
    try:
        return measure(version, seconds=seconds), ""
    except NoAnswer as error:
        return None, str(error)


def _json(path: Path) -> Mapping[str, Any]:
    """Return a file's content; empty where the version was built before there was such a file."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _notebook(service: Path, manifest: Manifest) -> Notebook | None:
    """Return the notebook where it still is the one of the version: a later build replaces it."""
    path = service / manifest.notebook.path
    try:
        return read(str(path)) if digest_file(path) == manifest.notebook.sha256 else None
    except (OSError, Nb2prodError):
        return None


def _entries(service: Path) -> Sequence[Entry]:
    """Return what can be read of the audit log; ``nb2prod audit verify`` says whether it is whole."""
    return AuditLog(service).checked()[0]
