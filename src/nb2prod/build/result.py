"""What a build came to."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.errors import (
    ArtifactFault,
    EnvironmentFault,
    ExecutionFailed,
    Nb2prodError,
    NotebookFault,
    UsageError,
)
from nb2prod.notebook import Cell

Status = Literal[
    "built",
    "unchanged",
    "refused",
    "unproved",
    "gate_failed",
    "inconclusive",
    "failed",
    "interrupted",
]

EXIT_CODES: Mapping[Status, int] = {
    "built": 0,
    "unchanged": 0,
    "refused": 1,
    "unproved": 1,
    "gate_failed": 1,
    "inconclusive": 1,
    "failed": 2,
    "interrupted": 130,
}
"""Exit code of the command by status."""

STATUS_BY_VERDICT: Mapping[str, Status] = {
    "pass": "built",
    "fail": "gate_failed",
    "inconclusive": "inconclusive",
}
"""Status of a build that made a version, by what the version's gates came to."""

_FAULTS: Mapping[type[Nb2prodError], tuple[str, str]] = {
    UsageError: ("NBF001", "usage"),
    EnvironmentFault: ("NBF002", "environment"),
    NotebookFault: ("NBF003", "no-notebook"),
    ExecutionFailed: ("NBF004", "execution-failed"),
    ArtifactFault: ("NBF005", "artifact"),
}
"""Code and name under which a fault stands among the diagnostics."""

_OTHER_FAULT = ("NBF000", "fault")


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
        gates: What each gate said of the version.
        seconds: Time of each step.
        evidence: Where an unproved version was kept, or None.
        conflicts: Generated files that the user changed; the new text stands beside each as ``.new``.
        leaks: What ``leaks.json`` holds, or None where the notebook was not compiled.
    """

    status: Status
    service: Path | None = None
    version: str | None = None
    run_key: str | None = None
    artifact_digest: str | None = None
    metrics: Mapping[str, float | None] = field(default_factory=dict)
    parity: Mapping[str, Any] = field(default_factory=dict)
    diagnostics: Sequence[Diagnostic] = ()
    gates: Sequence[Mapping[str, Any]] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    evidence: Path | None = None
    conflicts: Sequence[str] = ()
    leaks: Mapping[str, Any] | None = None

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
            "metrics": {name: _finite(value) for name, value in self.metrics.items()},
            "parity": dict(self.parity),
            "diagnostics": [diagnostic.as_json() for diagnostic in self.diagnostics],
            "gates": [dict(gate) for gate in self.gates],
            "seconds": {step: round(seconds, 3) for step, seconds in self.seconds.items()},
            "evidence": None if self.evidence is None else str(self.evidence),
            "conflicts": list(self.conflicts),
            "leaks": None if self.leaks is None else dict(self.leaks),
        }


def failed(fault: Nb2prodError, seconds: Mapping[str, float] | None = None) -> BuildResult:
    """Return the outcome of a build that a fault ended, with the fault as its only finding."""
    code, name = next(
        (known for kind, known in _FAULTS.items() if isinstance(fault, kind)), _OTHER_FAULT
    )
    return BuildResult(
        "failed", diagnostics=[_finding(fault, code, name)], seconds=dict(seconds or {})
    )


def refusal(fault: Nb2prodError, cell: Cell | None) -> Diagnostic:
    """Return what a request cannot carry as a finding at the cell that loads the raw table."""
    found = _finding(fault, "NBC210", "schema-refused")
    return found if cell is None else found._replace(cell=cell.number, cell_id=cell.id)


def _finding(fault: Nb2prodError, code: str, name: str) -> Diagnostic:
    place = fault.place
    return Diagnostic(
        code=code,
        name=name,
        severity=Severity.ERROR,
        message=fault.what if fault.why is None else f"{fault.what}: {fault.why}",
        hint=fault.hint,
        cell=None if place is None else place.cell,
        line=None if place is None else place.line,
        column=None if place is None else place.column,
        end_line=None if place is None else place.end_line,
        end_column=None if place is None else place.end_column,
    )


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value
