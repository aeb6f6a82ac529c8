"""Robustness: what is lost on disturbed rows, with other shares of classes, and on the worst category?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from nb2prod.gates.answers import LabelledRows, NoAnswer, answers, labelled_rows
from nb2prod.gates.gate import Question
from nb2prod.gates.resampling import SEED, Estimate, Positions, estimate
from nb2prod.gates.scores import METRICS, WEIGHTED, Metric, default_metric
from nb2prod.gates.verdict import GateResult, Verdict
from nb2prod.runtime.schema import Column

Record = Mapping[str, Any]
Disturbance = Callable[[Sequence[Record], Column, np.random.Generator], Iterator[Any]]

_SHARE = 0.1
"""Of a standard deviation, of the values or of the categories that is disturbed."""

_CONFIDENCE = 0.95


def robustness(question: Question) -> Iterator[GateResult]:
    """Disturb the held-out rows, always in the same way, and compare the answers with those to the rows as they are.

    It fails where the lower bound of the loss is above the bound, passes where the upper bound is not, and is
    inconclusive in between.
    """
    settings = question.settings.robustness
    bounds = {"noise": settings.noise, "missing": settings.missing, "swaps": settings.swaps}
    wanted = {name: bound for name, bound in bounds.items() if bound is not None}
    if not wanted and settings.slices is None and settings.classes is None:
        return
    try:
        rows = labelled_rows(question.candidate)
        metric = _metric(question)
        said = answers(question.candidate, rows.records)
    except NoAnswer as error:
        yield GateResult("robustness", Verdict.INCONCLUSIVE, str(error))
        return
    for name, bound in wanted.items():
        yield _disturbed(question, rows, said, metric, (name, bound))
    if settings.classes is not None:
        yield _reweighted(rows, said, metric, settings.classes)
    if settings.slices is not None:
        yield _worst_slice(question, rows, said, metric)


def _metric(question: Question) -> Metric:
    name = question.settings.champion.metric
    return default_metric(question.candidate.manifest.task) if name is None else METRICS[name]


def _disturbed(
    question: Question, rows: LabelledRows, said: Any, metric: Metric, asked: tuple[str, float]
) -> GateResult:
    name, bound = asked
    gate = f"robustness:{name}"
    columns = question.candidate.schema.columns
    try:
        changed = disturb(rows.records, columns, _DISTURBANCES[name])
        other = answers(question.candidate, changed)
    except NoAnswer as error:
        return GateResult(gate, Verdict.INCONCLUSIVE, str(error), threshold=bound, n=len(rows))

    def loss(chosen: Positions) -> float:
        return -metric.gain(rows.truth[chosen], other[chosen], said[chosen])

    return _judged(gate, estimate(loss, len(rows), _CONFIDENCE), metric, bound)


def _judged(gate: str, found: Estimate, metric: Metric, bound: float) -> GateResult:
    verdict = Verdict.INCONCLUSIVE
    if found.high <= bound:
        verdict = Verdict.PASS
    elif found.low > bound:
        verdict = Verdict.FAIL
    return GateResult(
        gate,
        verdict,
        f"{metric.name} loses {found.value:.4f}, between {found.low:.4f} and {found.high:.4f}; "
        f"at most {bound:g} is asked for",
        value=found.value,
        threshold=bound,
        interval=(found.low, found.high),
        n=found.n,
    )


def _reweighted(rows: LabelledRows, said: Any, metric: Metric, bound: float) -> GateResult:
    """Let all classes weigh the same: what is lost is owed to the rare ones."""
    gate = "robustness:classes"
    if metric.name not in WEIGHTED:
        message = f"`{metric.name}` is of numbers, and only classes are reweighted"
        return GateResult(gate, Verdict.SKIP, message, threshold=bound, n=len(rows))

    def loss(chosen: Positions) -> float:
        truth, answers_ = rows.truth[chosen], said[chosen]
        return metric.of(truth, answers_) - WEIGHTED[metric.name](truth, answers_)

    return _judged(gate, estimate(loss, len(rows), _CONFIDENCE), metric, bound)


def disturb(
    records: Sequence[Record], columns: Sequence[Column], disturbance: Disturbance
) -> list[dict[str, Any]]:
    """Return records with every column that the disturbance knows disturbed; the same records give the same."""
    changed = [dict(record) for record in records]
    for column in columns:
        # A seed of its own for each column: another column more must not disturb this one otherwise.
        rng = np.random.default_rng([SEED, *column.name.encode()])
        values = list(disturbance(records, column, rng))
        if values:
            for record, value in zip(changed, values, strict=True):
                record[column.name] = value
    return changed


def _noise(records: Sequence[Record], column: Column, rng: np.random.Generator) -> Iterator[Any]:
    if column.kind != "number":
        return
    values = [record[column.name] for record in records]
    known = [value for value in values if isinstance(value, int | float) and np.isfinite(value)]
    spread = float(np.std(known)) if known else 0.0
    for value, draw in zip(values, rng.normal(0.0, _SHARE * spread, len(values)), strict=True):
        yield None if value is None else float(value + draw)


def _missing(records: Sequence[Record], column: Column, rng: np.random.Generator) -> Iterator[Any]:
    if not column.nullable:
        return
    for record, draw in zip(records, rng.random(len(records)), strict=True):
        yield None if draw < _SHARE else record[column.name]


def _swaps(records: Sequence[Record], column: Column, rng: np.random.Generator) -> Iterator[Any]:
    if column.kind != "category" or not column.categories or len(column.categories) < 2:
        return
    for record, draw in zip(records, rng.random(len(records)), strict=True):
        others = [each for each in column.categories if each != record[column.name]]
        is_swapped = record[column.name] is not None and draw < _SHARE
        yield others[int(rng.integers(len(others)))] if is_swapped else record[column.name]


_DISTURBANCES: Mapping[str, Disturbance] = {"noise": _noise, "missing": _missing, "swaps": _swaps}


def _worst_slice(question: Question, rows: LabelledRows, said: Any, metric: Metric) -> GateResult:
    """Compare the category with the worst metric with all rows; the bound holds for its lower bound."""
    settings = question.settings.robustness
    bound = settings.slices or 0.0
    whole = metric.of(rows.truth, said)
    found = []
    for name, category, chosen in _slices(question, rows, settings.min_slice):
        value = metric.of(rows.truth[chosen], said[chosen])
        loss = metric.sign * (whole - value)
        found.append((loss / whole if metric.sign < 0 and whole else loss, name, category, chosen))
    if not found:
        message = f"no category has {settings.min_slice} held-out rows"
        return GateResult("robustness:slices", Verdict.INCONCLUSIVE, message, threshold=bound)
    loss, name, category, chosen = max(found, key=lambda one: one[0])
    return GateResult(
        "robustness:slices",
        Verdict.PASS if loss <= bound else Verdict.FAIL,
        f"{metric.name} is worse by {loss:.4f} where `{name}` is {category!r} than on all rows; "
        f"at most {bound:g} is asked for",
        value=loss,
        threshold=bound,
        n=int(chosen.sum()),
        evidence={"slices": len(found), "all_rows": whole},
    )


def _slices(
    question: Question, rows: LabelledRows, least: int
) -> Iterator[tuple[str, object, Any]]:
    for column in question.candidate.schema.columns:
        values = np.array([record[column.name] for record in rows.records], dtype=object)
        for category in column.categories or ():
            chosen = np.array([value == category for value in values], dtype=bool)
            if chosen.sum() >= least:
                yield column.name, category, chosen
