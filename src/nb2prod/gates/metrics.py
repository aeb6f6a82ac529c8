"""Metric thresholds: what the notebook's evaluation computed, against what the project asks for."""

from __future__ import annotations

from collections.abc import Iterator

from nb2prod.gates.gate import Question
from nb2prod.gates.verdict import GateResult, Verdict


def metric_thresholds(question: Question) -> Iterator[GateResult]:
    """Compare every metric that ``[gates.metrics]`` names with its least and largest value."""
    metrics = question.candidate.manifest.metrics
    rows = question.candidate.parity.get("rows")
    for name, bound in question.settings.metrics.items():
        value = metrics.get(name)
        gate = f"metric:{name}"
        if not isinstance(value, int | float):
            known = ", ".join(metrics) or "none"
            message = f"the notebook computes no finite metric `{name}`; it has {known}"
            yield GateResult(gate, Verdict.FAIL, message)
            continue
        for word, limit, is_met in (
            ("at least", bound.min, bound.min is None or value >= bound.min),
            ("at most", bound.max, bound.max is None or value <= bound.max),
        ):
            if limit is not None:
                yield GateResult(
                    gate,
                    Verdict.PASS if is_met else Verdict.FAIL,
                    f"{value:.6g}, and {word} {limit:g} is asked for",
                    value=float(value),
                    threshold=limit,
                    n=rows,
                )
