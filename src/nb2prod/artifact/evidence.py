"""What is kept of a version outside its immutable folder: ``reports/vN/gates.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nb2prod.artifact.disk import explained_faults, write_atomically
from nb2prod.artifact.store import Store
from nb2prod.errors import ArtifactFault
from nb2prod.runtime.digests import canonical_json, digest_file, digest_text

GATES_NAME = "gates.json"
PASSED = "pass"


@dataclass(frozen=True, slots=True)
class GateEvidence:
    """The gates of a version as they were kept.

    Attributes:
        verdict: ``pass``, ``fail`` or ``inconclusive``.
        digest: Digest of the file, which the audit log holds too.
        content: The whole of it.
    """

    verdict: str
    digest: str
    content: Mapping[str, Any]

    @property
    def champion(self) -> str | None:
        """The version in production that it was compared with, or None."""
        found = self.content.get("champion")
        return found if isinstance(found, str) else None


def gates_path(service: Path, version: str) -> Path:
    """Return where the gates of a version are kept."""
    return service / "reports" / version / GATES_NAME


def read_gates(service: Path, version: str) -> GateEvidence | None:
    """Return the gates of a version, or None where they were never judged.

    Raises:
        ArtifactFault: The file is none.
    """
    path = gates_path(service, version)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return GateEvidence(content["verdict"], digest_file(path), content)
    except FileNotFoundError:
        return None
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ArtifactFault(
            f"{path} cannot be read: {error}",
            why="without its gates a version cannot be promoted",
            hint=f"nb2prod gate {service} {version} judges it again",
        ) from error


def keep_gates(service: Path, version: str, content: Mapping[str, Any]) -> GateEvidence:
    """Keep the gates of a version, also under the digest: what an audit entry refers to stays.

    Raises:
        EnvironmentFault: The folder cannot be written.
    """
    text = canonical_json(content)
    path = gates_path(service, version)
    name = digest_text(text).removeprefix("sha256:")[:16]
    with explained_faults(path):
        write_atomically(path.with_name(f"gates-{name}.json"), text.encode())
        write_atomically(path, text.encode())
    return GateEvidence(str(content["verdict"]), digest_text(text), content)


def held_back(service: Path) -> frozenset[str]:
    """Return the versions whose gates were judged and not passed, or cannot be read."""
    return frozenset(name for name in Store(service).versions() if _is_held_back(service, name))


def _is_held_back(service: Path, version: str) -> bool:
    try:
        gates = read_gates(service, version)
    except ArtifactFault:
        # Damaged evidence of one version must not keep the service from going back to another.
        return True
    return gates is not None and gates.verdict != PASSED
