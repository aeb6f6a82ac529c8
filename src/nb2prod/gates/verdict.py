"""What a gate says: pass, fail, inconclusive or skip, with the figures that it says it by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """What a gate came to.

    ``inconclusive`` means that the evidence is not enough either way; it never promotes by itself.
    """

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class GateResult:
    """One check of one gate.

    Attributes:
        gate: The gate's name, and what it looked at where it looks at several things: ``metric:accuracy``.
        verdict: What it came to.
        message: Why, in one sentence.
        value: What was measured.
        threshold: What it was measured against.
        interval: Lower and upper bound of the value, where it is an estimate.
        n: Rows that it rests on.
        evidence: Further figures, JSON-native.
        waived: Name, reason and expiry of the waiver that lets a failure pass, or None.
    """

    gate: str
    verdict: Verdict
    message: str
    value: float | None = None
    threshold: float | None = None
    interval: tuple[float, float] | None = None
    n: int | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    waived: Mapping[str, str] | None = None

    @property
    def counts_as(self) -> Verdict:
        """Return the verdict with the waiver applied."""
        return Verdict.PASS if self.waived is not None else self.verdict

    def as_json(self) -> dict[str, Any]:
        """Return the JSON-native form."""
        return {
            "gate": self.gate,
            "verdict": self.verdict.value,
            "message": self.message,
            "value": self.value,
            "threshold": self.threshold,
            "interval": None if self.interval is None else list(self.interval),
            "n": self.n,
            "evidence": dict(self.evidence),
            "waived": None if self.waived is None else dict(self.waived),
        }


def overall(results: Iterable[GateResult]) -> Verdict:
    """Return what several gates come to together: a failure goes before a doubt, a doubt before a pass."""
    verdicts = {result.counts_as for result in results}
    for worst in (Verdict.FAIL, Verdict.INCONCLUSIVE):
        if worst in verdicts:
            return worst
    return Verdict.PASS
