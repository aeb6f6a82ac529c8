"""Ask every gate, apply the waivers, and say what it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from nb2prod.config import Gates, Waiver
from nb2prod.errors import ArtifactFault
from nb2prod.gates.champion import champion
from nb2prod.gates.drift import data_drift
from nb2prod.gates.fairness import fairness
from nb2prod.gates.gate import Gate, Question
from nb2prod.gates.latency import latency
from nb2prod.gates.leakage import leakage
from nb2prod.gates.metrics import metric_thresholds
from nb2prod.gates.parity import parity
from nb2prod.gates.quality import data_quality
from nb2prod.gates.reproducibility import reproducibility
from nb2prod.gates.robustness import robustness
from nb2prod.gates.schema import schema_compatibility
from nb2prod.gates.settings import settings_digest
from nb2prod.gates.size import artifact_size
from nb2prod.gates.verdict import GateResult, Verdict, overall
from nb2prod.gates.version import VersionAtHand
from nb2prod.runtime.faults import ArtifactError

GATES: tuple[Gate, ...] = (
    parity,
    metric_thresholds,
    champion,
    schema_compatibility,
    fairness,
    robustness,
    leakage,
    data_quality,
    data_drift,
    reproducibility,
    latency,
    artifact_size,
)
"""Every gate, in the order in which their results are shown."""

GATES_FORMAT = 1
"""Format of ``gates.json``; raise it when an entry changes its meaning."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the gates said of a version.

    Attributes:
        version: The version.
        artifact_digest: Digest of its model files.
        champion: The version in production that it was compared with, or None.
        results: What each gate said.
        settings: Digest of the settings that they were asked with.
    """

    version: str
    artifact_digest: str
    champion: str | None
    results: Sequence[GateResult]
    settings: str

    @property
    def verdict(self) -> Verdict:
        """What it comes to."""
        return overall(self.results)

    def as_json(self) -> dict[str, Any]:
        """Return the content of ``gates.json``; there is no time in it, so that judging again gives the same."""
        return {
            "format": GATES_FORMAT,
            "version": self.version,
            "artifact_digest": self.artifact_digest,
            "champion": self.champion,
            "verdict": self.verdict.value,
            "settings": self.settings,
            "gates": [result.as_json() for result in self.results],
        }

    def said(self) -> str:
        """Return the outcome in one line."""
        counts = {
            verdict: [result.gate for result in self.results if result.counts_as is verdict]
            for verdict in Verdict
        }
        stopped = [
            f"{verdict.value}: {', '.join(counts[verdict])}"
            for verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE)
            if counts[verdict]
        ]
        return "; ".join(stopped) or f"{len(counts[Verdict.PASS])} passed"


def judge(candidate: Path, against: Path | None, settings: Gates, *, today: date) -> Judgement:
    """Ask every gate about a version.

    Args:
        candidate: The version's folder.
        against: The folder of the version in production, or None.
        settings: ``[gates]`` of ``nb2prod.toml``.
        today: Decides which waivers still hold, and how old data are.

    Raises:
        ArtifactFault: The version is incomplete or was changed.
    """
    try:
        own = VersionAtHand(candidate)
        other = None if against is None else VersionAtHand(against)
    except ArtifactError as error:
        raise ArtifactFault(
            error.what, why="gates judge a version as it was proved", hint=error.hint
        ) from error
    question = Question(own, other, settings, today)
    results = [result for gate in GATES for result in gate(question)]
    return Judgement(
        version=own.name,
        artifact_digest=own.manifest.artifact_digest,
        champion=None if other is None else other.name,
        results=[_waived(result, settings.waivers, today) for result in results],
        settings=settings_digest(settings),
    )


def _waived(result: GateResult, waivers: Sequence[Waiver], today: date) -> GateResult:
    """Note the waiver of a result that does not pass, where somebody signed one that still holds."""
    if result.verdict not in {Verdict.FAIL, Verdict.INCONCLUSIVE}:
        return result
    for waiver in waivers:
        if waiver.gate == result.gate and waiver.until >= today:
            said = {"by": waiver.by, "reason": waiver.reason, "until": waiver.until.isoformat()}
            return replace(result, waived=said)
    return result
