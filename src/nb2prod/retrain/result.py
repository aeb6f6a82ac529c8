"""What a retraining came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nb2prod.build.result import EXIT_CODES, Status
from nb2prod.errors import Nb2prodError
from nb2prod.promote.outcome import Outcome
from nb2prod.retrain.validation import Validation


@dataclass(frozen=True, slots=True)
class RetrainResult:
    """The outcome of a retraining; the statuses and exit codes are those of a build.

    Attributes:
        status: What happened.
        service: The service's folder.
        trained_from: The version whose code was trained again.
        version: The version that it came to, or None.
        run_key: Digest of what went in, or None.
        artifact_digest: Digest of the model files, or None.
        metrics: What the evaluation computed.
        before: The same of the version that was trained again.
        parity: Mismatches by kind of proof, each with the rows it was checked over.
        validation: What is new in the data, or None where they are the same.
        gates: What each gate said.
        promotion: What became of the alias that the settings name, or None where they name none.
        reasons: Why nothing was made of it.
        seconds: Time of each step.
        evidence: Where an unproved version was kept, or None.
        conflicts: Generated files that the user changed.
    """

    status: Status
    service: Path
    trained_from: str
    version: str | None = None
    run_key: str | None = None
    artifact_digest: str | None = None
    metrics: Mapping[str, Any] = field(default_factory=dict)
    before: Mapping[str, Any] = field(default_factory=dict)
    parity: Mapping[str, Any] = field(default_factory=dict)
    validation: Validation | None = None
    gates: Sequence[Mapping[str, Any]] = ()
    promotion: Outcome | None = None
    reasons: Sequence[str] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    evidence: Path | None = None
    conflicts: Sequence[str] = ()

    @property
    def exit_code(self) -> int:
        """Return the exit code of the command."""
        return EXIT_CODES[self.status]

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``nb2prod retrain --format json`` prints."""
        return {
            "status": self.status,
            "service": str(self.service),
            "trained_from": self.trained_from,
            "version": self.version,
            "run_key": self.run_key,
            "artifact_digest": self.artifact_digest,
            "metrics": dict(self.metrics),
            "before": dict(self.before),
            "parity": dict(self.parity),
            "validation": None if self.validation is None else self.validation.as_json(),
            "gates": [dict(gate) for gate in self.gates],
            "promotion": None if self.promotion is None else self.promotion.as_json(),
            "reasons": list(self.reasons),
            "seconds": {step: round(seconds, 3) for step, seconds in self.seconds.items()},
            "evidence": None if self.evidence is None else str(self.evidence),
            "conflicts": list(self.conflicts),
        }


def fault_as_json(fault: Nb2prodError, seconds: Mapping[str, float]) -> dict[str, Any]:
    """Return what the command prints where a fault ended it."""
    return {
        "status": "failed",
        "fault": {"what": fault.what, "why": fault.why, "hint": fault.hint},
        "seconds": {step: round(spent, 3) for step, spent in seconds.items()},
    }
