"""Champion against challenger: is the candidate at least as good on rows that neither was trained on?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from nb2prod.gates.answers import LabelledRows, NoAnswer, Values, answers, labelled_rows
from nb2prod.gates.gate import Question
from nb2prod.gates.resampling import Estimate, Positions, estimate, mcnemar
from nb2prod.gates.scores import METRICS, Metric, default_metric
from nb2prod.gates.verdict import GateResult, Verdict
from nb2prod.gates.version import VersionAtHand

_NAME = "champion"


def champion(question: Question) -> Iterator[GateResult]:
    """Compare by a paired bootstrap with a non-inferiority margin, and show McNemar's test beside it.

    It passes where the lower bound of the gain is above minus the margin, fails where the upper bound is below it,
    and is inconclusive in between: "promote if not worse" by the bare difference would promote an equal model about
    every second time, and a worse one every fifth.
    """
    other = question.champion
    if other is None or not question.settings.champion.enabled:
        return
    try:
        yield _compared(question, other)
    except NoAnswer as error:
        yield GateResult(_NAME, Verdict.INCONCLUSIVE, str(error), evidence={"champion": other.name})


def _compared(question: Question, other: VersionAtHand) -> GateResult:
    settings = question.settings.champion
    task = question.candidate.manifest.task
    if task != other.manifest.task:
        raise NoAnswer(f"{other.name} is a {other.manifest.task}, and the candidate a {task}")
    rows = unseen_rows(question.candidate, other)
    if len(rows) < settings.min_rows:
        raise NoAnswer(
            f"{len(rows)} held-out rows are left that neither was trained on, "
            f"and {settings.min_rows} are needed"
        )
    metric = default_metric(task) if settings.metric is None else METRICS[settings.metric]
    if task == "classification" and metric.name not in {"accuracy", "f1_macro"}:
        raise NoAnswer(f"`{metric.name}` does not compare labels")
    new, old = answers(question.candidate, rows.records), answers(other, rows.records)

    def gain(chosen: Positions) -> float:
        return metric.gain(rows.truth[chosen], new[chosen], old[chosen])

    found = estimate(gain, len(rows), settings.confidence)
    return _result(
        found, metric, settings.margin, _evidence(other, metric, found, (rows.truth, new, old))
    )


def unseen_rows(candidate: VersionAtHand, other: VersionAtHand) -> LabelledRows:
    """Return the candidate's held-out rows without those that either version may have been trained on.

    Raises:
        NoAnswer: That cannot be known.
    """
    rows, own, theirs = labelled_rows(candidate), candidate.held_out, other.held_out
    if own is None or theirs is None:
        raise NoAnswer(f"{other.name} keeps no digests of its training rows")
    if own.columns != theirs.columns:
        raise NoAnswer(
            f"the tables have other columns, so which rows {other.name} was trained on is not known"
        )
    digests = own.digests[rows.kept]
    return rows.at(~np.isin(digests, own.trained) & ~np.isin(digests, theirs.trained))


def _result(found: Estimate, metric: Metric, margin: float, evidence: dict[str, Any]) -> GateResult:
    verdict, word = Verdict.INCONCLUSIVE, "may be worse by more than"
    if found.low >= -margin:
        verdict, word = Verdict.PASS, "is not worse by more than"
    elif found.high < -margin:
        verdict, word = Verdict.FAIL, "is worse by more than"
    return GateResult(
        _NAME,
        verdict,
        f"{word} {margin:g} in {metric.name} than {evidence['champion']}: "
        f"{found.value:+.4f}, between {found.low:+.4f} and {found.high:+.4f}",
        value=found.value,
        threshold=-margin,
        interval=(found.low, found.high),
        n=found.n,
        evidence=evidence,
    )


def _evidence(
    other: VersionAtHand, metric: Metric, found: Estimate, values: tuple[Values, Values, Values]
) -> dict[str, Any]:
    truth, new, old = values
    evidence: dict[str, Any] = {
        "champion": other.name,
        "metric": metric.name,
        "candidate": metric.of(truth, new),
        "champion_value": metric.of(truth, old),
        "detectable_difference": found.detectable if np.isfinite(found.detectable) else None,
    }
    if metric.name in {"accuracy", "f1_macro"}:
        only_new = int(np.sum((new == truth) & (old != truth)))
        only_old = int(np.sum((old == truth) & (new != truth)))
        evidence["only_candidate_right"] = only_new
        evidence["only_champion_right"] = only_old
        evidence["mcnemar_p"] = mcnemar(only_new, only_old)
    return evidence
