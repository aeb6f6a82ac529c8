"""Artifact size: what every replica loads and every image carries."""

from __future__ import annotations

from collections.abc import Iterator

from nb2prod.gates.gate import Question
from nb2prod.gates.verdict import GateResult, Verdict

_MEGABYTE = 1_000_000


def artifact_size(question: Question) -> Iterator[GateResult]:
    """Compare the size of the model files with ``max_artifact_mb``."""
    limit = question.settings.max_artifact_mb
    if limit is None:
        return
    megabytes = question.candidate.size / _MEGABYTE
    yield GateResult(
        "artifact_size",
        Verdict.PASS if megabytes <= limit else Verdict.FAIL,
        f"{megabytes:.3g} MB, and at most {limit:g} MB is asked for",
        value=megabytes,
        threshold=limit,
    )
