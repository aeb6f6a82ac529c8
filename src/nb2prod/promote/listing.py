"""What versions there are, and where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nb2prod.artifact.evidence import read_gates
from nb2prod.artifact.store import Store
from nb2prod.registry.deployment import read_deployment
from nb2prod.registry.server import ALIASES
from nb2prod.runtime.faults import ArtifactError
from nb2prod.runtime.verifying import read_manifest


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version.

    Attributes:
        version: ``v1``, ``v2`` and so on.
        aliases: The aliases that point at it.
        gates: What its gates came to, or None where they were never judged.
        metrics: What its evaluation computed.
        run_key: Digest of what went in, or None where its manifest cannot be read.
        fault: Why the manifest cannot be read, or None.
    """

    version: str
    aliases: tuple[str, ...]
    gates: str | None
    metrics: Mapping[str, object]
    run_key: str | None
    fault: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what the command prints with ``--format json``."""
        return {
            "version": self.version,
            "aliases": list(self.aliases),
            "gates": self.gates,
            "metrics": dict(self.metrics),
            "run_key": self.run_key,
            "fault": self.fault,
        }


def list_versions(service: Path) -> list[VersionLine]:
    """Return every version, oldest first.

    The aliases are those of ``deployment.json``, which is what the service reads; no registry is asked.
    """
    deployment = read_deployment(service)
    return [_line(service, name, deployment) for name in Store(service).versions()]


def _line(service: Path, name: str, deployment: Mapping[str, Any]) -> VersionLine:
    aliases = tuple(alias for alias in ALIASES if deployment.get(alias) == name)
    gates = read_gates(service, name)
    verdict = None if gates is None else gates.verdict
    try:
        manifest = read_manifest(Store(service).path(name))
    except ArtifactError as error:
        return VersionLine(name, aliases, verdict, {}, None, error.what)
    return VersionLine(name, aliases, verdict, manifest.metrics, manifest.run_key)
