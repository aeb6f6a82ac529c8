"""Drift: has the training data another distribution than the champion's?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from nb2prod.gates.gate import Question
from nb2prod.gates.verdict import GateResult, Verdict
from nb2prod.runtime.drift import DriftRule, find_drift


def data_drift(question: Question) -> Iterator[GateResult]:
    """Compare every column with the champion's reference data, by the code that monitoring uses too."""
    settings, other = question.settings.drift, question.champion
    if settings is None or other is None:
        return
    own, theirs = question.candidate.reference, other.reference
    if own is None or theirs is None:
        lacking = question.candidate.name if own is None else other.name
        message = f"{lacking} keeps no reference data"
        yield GateResult("drift", Verdict.INCONCLUSIVE, message)
        return
    rule = DriftRule(settings.significance, settings.min_effect, settings.min_rows)
    found = find_drift((*theirs.columns, *theirs.target), (*own.columns, *own.target), rule)
    drifted = [column.name for column in found if column.finding == "drift"]
    if any(column.finding == "insufficient" for column in found):
        verdict = Verdict.INCONCLUSIVE
        message = f"fewer than {settings.min_rows} rows on one side"
    else:
        verdict = Verdict.PASS if len(drifted) <= settings.max_columns else Verdict.FAIL
        said = f": {', '.join(drifted)}" if drifted else ""
        message = f"{len(drifted)} of {len(found)} columns drifted from {other.name}{said}"
    yield GateResult(
        "drift",
        verdict,
        message,
        value=float(len(drifted)),
        threshold=float(settings.max_columns),
        n=own.rows,
        evidence={"champion": other.name, "columns": [asdict(column) for column in found]},
    )
