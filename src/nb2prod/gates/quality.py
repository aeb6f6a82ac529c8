"""Data quality: is the training data what the project says that it must be?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from nb2prod.artifact.reference import Reference
from nb2prod.config.gates import Quality
from nb2prod.gates.gate import Question
from nb2prod.gates.verdict import GateResult, Verdict
from nb2prod.runtime.profile import ColumnProfile

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def data_quality(question: Question) -> Iterator[GateResult]:
    """Check rows, nulls, duplicates, classes, ranges and age of the training data, where the settings ask for it."""
    settings = question.settings.quality
    if settings == Quality():
        return
    reference = question.candidate.reference
    if reference is None:
        message = f"{question.candidate.name} keeps no reference data"
        yield GateResult("quality", Verdict.INCONCLUSIVE, message)
        return
    yield from _shares(settings, reference)
    yield from _classes(settings, reference, question.candidate.manifest.task)
    yield from _ranges(settings, reference)
    yield from _ages(question, reference)


def _shares(settings: Quality, reference: Reference) -> Iterator[GateResult]:
    rows = reference.rows
    if settings.min_rows is not None:
        yield _judged("rows", rows, settings.min_rows, rows >= settings.min_rows, rows)
    if settings.max_duplicate_share is not None:
        share = reference.duplicates / max(rows, 1)
        limit = settings.max_duplicate_share
        yield _judged("duplicates", share, limit, share <= limit, rows)
    if settings.max_null_share is not None and reference.columns:
        worst = max(reference.columns, key=lambda column: column.nulls)
        share, limit = worst.nulls / max(worst.rows, 1), settings.max_null_share
        yield _judged(f"nulls:{worst.name}", share, limit, share <= limit, rows)


def _classes(settings: Quality, reference: Reference, task: str) -> Iterator[GateResult]:
    limit = settings.min_class_share
    if limit is None or task != "classification":
        return
    for column in reference.target:
        counts = column.counts or {}
        if counts:
            label, count = min(counts.items(), key=lambda item: item[1])
            share = count / sum(counts.values())
            yield _judged(f"class:{label}", share, limit, share >= limit, reference.rows)


def _ranges(settings: Quality, reference: Reference) -> Iterator[GateResult]:
    columns = {column.name: column for column in (*reference.columns, *reference.target)}
    for name, bound in settings.ranges.items():
        gate = f"quality:range:{name}"
        column = columns.get(name)
        if column is None or not column.quantiles:
            message = f"the training data have no numbers in a column `{name}`"
            yield GateResult(gate, Verdict.FAIL, message)
            continue
        low, high = column.quantiles[0], column.quantiles[-1]
        if bound.min is not None:
            yield _judged(f"range:{name}", low, bound.min, low >= bound.min, reference.rows)
        if bound.max is not None:
            yield _judged(f"range:{name}", high, bound.max, high <= bound.max, reference.rows)


def _ages(question: Question, reference: Reference) -> Iterator[GateResult]:
    """Judge how many days the newest value of a column of dates is old."""
    profiles = {column.name: column for column in (*reference.columns, *reference.target)}
    schema = question.candidate.schema
    kinds = {column.name: column.kind for column in (*schema.columns, *schema.target)}
    for name, bound in question.settings.quality.max_age_days.items():
        newest = _newest(profiles.get(name), kinds.get(name, ""))
        if newest is None:
            message = f"the training data have no dates in a column `{name}` that can be told"
            yield GateResult(f"quality:age:{name}", Verdict.FAIL, message)
            continue
        days = float((question.today - newest).days)
        yield GateResult(
            f"quality:age:{name}",
            Verdict.PASS if days <= bound else Verdict.FAIL,
            f"the newest value is of {newest}, and at most {bound:g} days may have gone since",
            value=days,
            threshold=bound,
            n=reference.rows,
        )


def _newest(column: ColumnProfile | None, kind: str) -> date | None:
    """Return the last day of a column: of times, or of texts that are all dates as ISO 8601 has them."""
    if column is None:
        return None
    if column.quantiles:
        return _day_of(column.quantiles[-1]) if kind == "datetime" else None
    try:
        days = [datetime.fromisoformat(text).date() for text in column.counts or ()]
    except ValueError:
        return None
    return max(days, default=None)


def _day_of(microseconds: float) -> date | None:
    try:
        return (_EPOCH + timedelta(microseconds=microseconds)).date()
    except OverflowError:
        return None


def _judged(name: str, value: float, limit: float, is_met: bool, n: int) -> GateResult:  # noqa: FBT001 - a verdict
    return GateResult(
        f"quality:{name}",
        Verdict.PASS if is_met else Verdict.FAIL,
        f"{value:.4g}, and {limit:g} is the bound",
        value=float(value),
        threshold=float(limit),
        n=n,
    )
