"""What a build came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from nb2prod.diagnostic import Diagnostic

Status = Literal["built", "unchanged", "refused", "unproved", "failed"]

EXIT_CODES: Mapping[str, int] = {"built": 0, "unchanged": 0, "refused": 1, "unproved": 1, "failed": 2}
"""Exit code of the command by status."""


@dataclass(frozen=True, slots=True)
class BuildResult:
    """The outcome of a build.

    Attributes:
        status: What happened, as in the table of outcomes.
        service: Folder of the service, or None where there is none.
        version: ``v1``, ``v2`` and so on, or None.
        run_key: Digest of what went in, or None.
        artifact_digest: Digest of the model files, or None.
        metrics: What the notebook's evaluation computed.
        parity: Mismatches by kind of proof, each with the rows it was checked over.
        diagnostics: Findings: why it was refused, or warnings.
        seconds: Time of each step.
        evidence: Where an unproved version was kept, or None.
        conflicts: Generated files that the user changed; the new text stands beside each as ``.new``.
    """

    status: Status
    service: Path | None = None
    version: str | None = None
    run_key: str | None = None
    artifact_digest: str | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    parity: Mapping[str, Any] = field(default_factory=dict)
    diagnostics: Sequence[Diagnostic] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    evidence: Path | None = None
    conflicts: Sequence[str] = ()

    @property
    def exit_code(self) -> int:
        """Return the exit code of the command."""
        return EXIT_CODES[self.status]

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``nb2prod build --format json`` prints."""
        return {
            "status": self.status,
            "service": None if self.service is None else str(self.service),
            "version": self.version,
            "run_key": self.run_key,
            "artifact_digest": self.artifact_digest,
            "metrics": dict(self.metrics),
            "parity": dict(self.parity),
            "diagnostics": [diagnostic.as_json() for diagnostic in self.diagnostics],
            "seconds": {step: round(seconds, 3) for step, seconds in self.seconds.items()},
        }
