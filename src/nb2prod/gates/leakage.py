"""Leakage: did held-out rows take part in what they are to judge, and how much is that worth?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nb2prod.config.gates import Leakage
from nb2prod.gates.gate import Question
from nb2prod.gates.verdict import GateResult, Verdict

_NAME = "leakage"


def leakage(question: Question) -> Iterator[GateResult]:
    """Read the version's ``leaks.json``, as far as the settings ask for it."""
    settings = question.settings.leakage
    if settings == Leakage():
        return
    found = question.candidate.leaks
    if found is None:
        message = f"{question.candidate.name} keeps no leaks: it was built by an older release"
        yield GateResult(_NAME, Verdict.INCONCLUSIVE, message)
        return
    leaks: Sequence[Mapping[str, Any]] = found["leaks"]
    rows = int(found["held_out_rows"])
    if settings.max_leaks is not None:
        weighty = [leak for leak in leaks if not leak["is_mild"]]
        yield _counted(_NAME, weighty, settings.max_leaks, rows)
    for code in settings.codes:
        own = [leak for leak in leaks if leak["code"] == code]
        yield _counted(f"{_NAME}:{code}", own, 0, rows)
    for name, bound in settings.max_change.items():
        yield _changed(name, bound, found)


def _counted(name: str, leaks: Sequence[Mapping[str, Any]], bound: int, rows: int) -> GateResult:
    places = ", ".join(
        f"cell {leak['cell']}, line {leak['line']} ({leak['code']})" for leak in leaks
    )
    said = f": {places}" if places else ""
    return GateResult(
        name,
        Verdict.PASS if len(leaks) <= bound else Verdict.FAIL,
        f"{len(leaks)} places saw held-out rows, and at most {bound} may{said}",
        value=float(len(leaks)),
        threshold=float(bound),
        n=rows,
        evidence={"leaks": [dict(leak) for leak in leaks]},
    )


def _changed(name: str, bound: float, found: Mapping[str, Any]) -> GateResult:
    """Compare a metric with its value where leaks are learned from training rows only."""
    gate, rows = f"{_NAME}:{name}", int(found["held_out_rows"])
    both = found["metrics"].get(name)
    if both is None or None in both.values():
        if not any(not leak["is_mild"] for leak in found["leaks"]):
            message = "nothing saw held-out rows"
            return GateResult(gate, Verdict.PASS, message, value=0.0, threshold=bound, n=rows)
        why = found["why_no_metrics"] or "the notebook computes no such metric"
        message = f"what `{name}` is without leaks is not known: {why}"
        return GateResult(gate, Verdict.INCONCLUSIVE, message, threshold=bound)
    change = abs(both["notebook"] - both["without_leaks"])
    return GateResult(
        gate,
        Verdict.PASS if change <= bound else Verdict.FAIL,
        f"{both['notebook']:.6g} with leaks and {both['without_leaks']:.6g} without; "
        f"a change of at most {bound:g} is asked for",
        value=change,
        threshold=bound,
        n=rows,
        evidence=dict(both),
    )
