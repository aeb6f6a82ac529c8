"""Parity: the proof that the version was published with found no difference, and had rows to find one in."""

from __future__ import annotations

from collections.abc import Iterator

from nb2prod.gates.gate import Question
from nb2prod.gates.verdict import GateResult, Verdict


def parity(question: Question) -> Iterator[GateResult]:
    """Read ``parity.json``: every kind of proof must be there and have no mismatch."""
    checks = question.candidate.parity.get("checks", {})
    wrong = {name: check["mismatches"] for name, check in checks.items() if check["mismatches"]}
    missing = sorted({"batch", "shuffled", "single", "http"} - checks.keys())
    rows = question.candidate.parity.get("rows")
    if missing:
        message = f"the proof has no {', '.join(missing)}"
        yield GateResult("parity", Verdict.FAIL, message, evidence={"missing": missing})
        return
    verdict = Verdict.FAIL if wrong else Verdict.PASS
    is_training = question.candidate.parity.get("against") == "training"
    run = "its own training run" if is_training else "the notebook"
    said = ", ".join(f"{name} {count}" for name, count in wrong.items())
    yield GateResult(
        "parity",
        verdict,
        f"differs from {run}: {said}" if wrong else f"equal to {run}",
        value=float(sum(wrong.values())),
        threshold=0.0,
        n=rows,
        evidence={name: dict(check) for name, check in checks.items()},
    )
