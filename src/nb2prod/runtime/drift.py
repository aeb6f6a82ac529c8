"""Whether two tables have other distributions: significant after correction, large enough to matter, enough rows.

A p-value alone alarms on trivial shifts of large tables, and an effect alone on chance in small ones; only both
together are called drift. Numbers are compared by the Kolmogorov-Smirnov distance with its asymptotic p-value,
categories and nulls by the chi-squared test of homogeneity and the total variation distance. p-values are corrected by
Holm's step-down method (Scandinavian Journal of Statistics 6, 1979). The population stability index is shown with the
value that unchanged data stay below in 99 of 100 cases: about (1/n + 1/m) times a chi-squared quantile (Yurdakul and
Naranjo, Journal of Risk Model Validation 14, 2020).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import special

from .profile import ColumnProfile

Finding = Literal["drift", "none", "insufficient"]

_BINS = 10
_PSI_LEVEL = 0.01
_SMALL = 0.5
"""Added to empty bins of the index, which has no value where a share is nought."""


@dataclass(frozen=True, slots=True)
class DriftRule:
    """When a difference is called drift.

    Attributes:
        significance: Of all columns together, after correction.
        min_effect: Least distance, 0 to 1.
        min_rows: Rows on each side below which nothing is said.
    """

    significance: float = 0.05
    min_effect: float = 0.1
    min_rows: int = 100


@dataclass(frozen=True, slots=True)
class ColumnDrift:
    """One column of the reference against the same column of current data.

    Attributes:
        name: The column.
        finding: What it is called.
        distance: Kolmogorov-Smirnov or total variation distance, or the change of the share of nulls where larger.
        p_value: Corrected for all columns together.
        stability_index: The population stability index, or None where there are too few values.
        critical_index: What it stays below on unchanged data in 99 of 100 cases.
        rows: Rows of the reference and of current data.
    """

    name: str
    finding: Finding
    distance: float
    p_value: float
    stability_index: float | None
    critical_index: float | None
    rows: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Difference:
    distance: float
    p_value: float
    stability: tuple[float, float] | None


def find_drift(
    reference: Sequence[ColumnProfile], current: Sequence[ColumnProfile], rule: DriftRule
) -> list[ColumnDrift]:
    """Compare the columns that both sides have.

    Args:
        reference: What drift is measured against.
        current: What is measured.
        rule: When a difference is called drift.
    """
    others = {profile.name: profile for profile in current}
    pairs = [(one, others[one.name]) for one in reference if one.name in others]
    found = [_difference(one, other) for one, other in pairs]
    corrected = holm([each.p_value for each in found])
    return [
        _column(one, other, each, p_value, rule)
        for (one, other), each, p_value in zip(pairs, found, corrected, strict=True)
    ]


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values corrected for their number, in the order given."""
    order = sorted(range(len(p_values)), key=lambda position: p_values[position])
    corrected = [0.0] * len(p_values)
    largest = 0.0
    for rank, position in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[position]))
        corrected[position] = largest
    return corrected


def _column(
    one: ColumnProfile, other: ColumnProfile, found: _Difference, p_value: float, rule: DriftRule
) -> ColumnDrift:
    finding: Finding = "none"
    if min(one.rows, other.rows) < rule.min_rows:
        finding = "insufficient"
    elif p_value < rule.significance and found.distance >= rule.min_effect:
        finding = "drift"
    index, critical = found.stability or (None, None)
    return ColumnDrift(
        one.name, finding, found.distance, p_value, index, critical, (one.rows, other.rows)
    )


def _difference(one: ColumnProfile, other: ColumnProfile) -> _Difference:
    nulls = _homogeneity(
        {"null": one.nulls, "known": one.rows - one.nulls},
        {"null": other.nulls, "known": other.rows - other.nulls},
    )
    values = _values(one, other)
    if values is None:
        return nulls
    # Two looks at one column: the smaller p-value is doubled.
    p_value = min(1.0, 2 * min(nulls.p_value, values.p_value))
    return _Difference(max(nulls.distance, values.distance), p_value, values.stability)


def _values(one: ColumnProfile, other: ColumnProfile) -> _Difference | None:
    if one.quantiles and other.quantiles:
        return _numbers(one, other)
    if one.counts and other.counts:
        return _homogeneity(one.counts, other.counts)
    return None


def _numbers(one: ColumnProfile, other: ColumnProfile) -> _Difference:
    first, second = np.asarray(one.quantiles), np.asarray(other.quantiles)
    points = np.union1d(first, second)
    distance = float(np.max(np.abs(_share_up_to(first, points) - _share_up_to(second, points))))
    sizes = (one.rows - one.nulls, other.rows - other.nulls)
    root = np.sqrt(sizes[0] * sizes[1] / (sizes[0] + sizes[1]))
    # Stephens' correction makes the asymptotic distribution good from about 20 values on.
    p_value = float(special.kolmogorov((root + 0.12 + 0.11 / root) * distance))
    edges = np.unique(np.quantile(first, np.linspace(0, 1, _BINS + 1)[1:-1]))
    counts = [
        np.diff(np.concatenate([[0.0], _share_up_to(side, edges), [1.0]])) * size
        for side, size in ((first, sizes[0]), (second, sizes[1]))
    ]
    return _Difference(distance, p_value, _stability(*counts))


def _share_up_to(values: "np.ndarray[Any, Any]", points: "np.ndarray[Any, Any]") -> Any:
    return np.searchsorted(np.sort(values), points, side="right") / len(values)


def _homogeneity(one: Mapping[str, int], other: Mapping[str, int]) -> _Difference:
    names = sorted({*one, *other})
    table = np.array([[side.get(name, 0) for name in names] for side in (one, other)], dtype=float)
    table = table[:, table.sum(axis=0) > 0]
    sizes = table.sum(axis=1)
    if min(sizes) == 0 or table.shape[1] < 2:
        return _Difference(0.0, 1.0, None)
    expected = np.outer(sizes, table.sum(axis=0)) / sizes.sum()
    statistic = float(((table - expected) ** 2 / expected).sum())
    p_value = float(special.chdtrc(table.shape[1] - 1, statistic))
    shares = table / sizes[:, None]
    distance = float(np.abs(shares[0] - shares[1]).sum() / 2)
    return _Difference(distance, p_value, _stability(table[0], table[1]))


def _stability(
    one: "np.ndarray[Any, Any]", other: "np.ndarray[Any, Any]"
) -> tuple[float, float] | None:
    """Return the population stability index and what it stays below on unchanged data."""
    sizes = one.sum(), other.sum()
    if len(one) < 2 or min(sizes) == 0:
        return None
    first, second = ((side + _SMALL) / (side + _SMALL).sum() for side in (one, other))
    index = float(((first - second) * np.log(first / second)).sum())
    quantile = float(special.chdtri(len(one) - 1, _PSI_LEVEL))
    return index, float(1 / sizes[0] + 1 / sizes[1]) * quantile
