"""Metrics with 95 % intervals, by resampling rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nb2prod.gates.answers import Values
from nb2prod.gates.resampling import SEED, wilson
from nb2prod.gates.scores import METRICS

CONFIDENCE = 0.95
_RESAMPLES = 1000
_MOST_CELLS = 2_000_000

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Score:
    """A metric on some rows.

    Attributes:
        name: Its name.
        value: Its value.
        low: Lower bound of its interval, or None where resampling these rows says nothing of it.
        high: Upper bound of its interval, or None.
        n: Rows.
    """

    name: str
    value: float
    low: float | None
    high: float | None
    n: int


def class_scores(truth: Values, said: Values) -> tuple[Score, ...]:
    """Return accuracy with Wilson's interval, and macro F1 with a bootstrap interval.

    Resampling rows with replacement draws the counts of the confusion table from a multinomial distribution, which is
    drawn from directly: rows themselves are not copied.
    """
    n = len(truth)
    right = int(np.sum(truth == said))
    low, high = wilson(right, n, CONFIDENCE)
    value = METRICS["f1_macro"].of(truth, said)
    low_f1, high_f1 = _bounds(_f1_of(_drawn(truth, said)))
    return (
        Score("accuracy", right / n, low, high, n),
        Score("f1_macro", value, low_f1, high_f1, n),
    )


def _drawn(truth: Values, said: Values) -> npt.NDArray[np.int64]:
    """Return resampled confusion tables, of shape (resamples, classes, classes)."""
    labels, codes = np.unique(np.concatenate([truth, said]), return_inverse=True)
    k, n = len(labels), len(truth)
    table = np.bincount(codes[:n] * k + codes[n:], minlength=k * k)
    times = int(min(_RESAMPLES, max(100, _MOST_CELLS // (k * k))))
    rng = np.random.default_rng(SEED)
    return rng.multinomial(n, table / n, size=times).reshape(times, k, k)


def _f1_of(tables: npt.NDArray[np.int64]) -> Numbers:
    hits = np.einsum("rkk->rk", tables)
    total = tables.sum(axis=1) + tables.sum(axis=2)
    occurs = total > 0
    each = np.divide(2.0 * hits, total, out=np.zeros(total.shape), where=occurs)
    return np.asarray(each.sum(axis=1) / occurs.sum(axis=1), dtype=np.float64)


def number_scores(truth: Values, said: Values) -> tuple[Score, ...]:
    """Return mean absolute error, root mean squared error and R² with bootstrap intervals."""
    n = len(truth)
    rng = np.random.default_rng(SEED)
    positions = [rng.integers(0, n, n) for _ in range(_RESAMPLES)]
    found = []
    for name in ("mae", "rmse", "r2"):
        metric = METRICS[name].of
        drawn = np.array([metric(truth[chosen], said[chosen]) for chosen in positions])
        low, high = _bounds(drawn)
        found.append(Score(name, metric(truth, said), low, high, n))
    return tuple(found)


def _bounds(drawn: Numbers) -> tuple[float, float] | tuple[None, None]:
    """Return percentile bounds; none where every draw is the same: without an error there is nothing to resample."""
    if np.ptp(drawn) == 0:
        return None, None
    low, high = np.quantile(drawn, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(low), float(high)
