"""A table's distributions in a few numbers: what drift is measured between, and what reference data is kept as."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from .schema import Column

PROFILE_FORMAT = 1
"""Format of a profile; raise it when an entry changes its meaning."""

QUANTILES = 1001
"""Points of a number's distribution: distances between two of them are right to a thousandth."""

MOST_CATEGORIES = 200
"""Categories beyond so many are counted together."""

_OTHER = "\0other"


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """One column.

    Attributes:
        name: Its name.
        rows: How many values there are, nulls among them.
        nulls: How many are null.
        quantiles: Evenly spaced quantiles of the finite numbers, smallest first, or None for other kinds.
        counts: How often each category occurs, or None for numbers and texts that hardly repeat.
    """

    name: str
    rows: int
    nulls: int
    quantiles: tuple[float, ...] | None = None
    counts: Mapping[str, int] | None = None

    def to_mapping(self) -> dict[str, Any]:
        """Return the JSON-native form."""
        return {
            "name": self.name,
            "rows": self.rows,
            "nulls": self.nulls,
            "quantiles": None if self.quantiles is None else list(self.quantiles),
            "counts": None if self.counts is None else dict(self.counts),
        }

    @classmethod
    def from_mapping(cls, entry: Mapping[str, Any]) -> "ColumnProfile":
        """Read the JSON-native form."""
        quantiles = entry["quantiles"]
        return cls(
            name=entry["name"],
            rows=entry["rows"],
            nulls=entry["nulls"],
            quantiles=None if quantiles is None else tuple(quantiles),
            counts=entry["counts"],
        )


def profile_column(column: Column, values: "pd.Series[Any]") -> ColumnProfile:
    """Describe the values of one column of the raw table."""
    nulls = int(values.isna().sum())
    known = values.dropna()
    if column.kind in {"number", "integer"}:
        numbers = np.asarray(known, dtype=np.float64)
        return ColumnProfile(column.name, len(values), nulls, quantiles=_quantiles(numbers))
    if column.kind == "datetime":
        moments = np.asarray(whole_moments(known), dtype=np.float64)
        return ColumnProfile(column.name, len(values), nulls, quantiles=_quantiles(moments))
    counts = known.astype(object).map(_text).value_counts()
    if column.kind == "text" and len(counts) > max(MOST_CATEGORIES, len(known) // 2):
        return ColumnProfile(column.name, len(values), nulls)
    # Ties are broken by name, so that the same table gives the same profile.
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    kept = {str(name): int(count) for name, count in ranked[:MOST_CATEGORIES]}
    rest = int(sum(count for _, count in ranked[MOST_CATEGORIES:]))
    return ColumnProfile(
        column.name, len(values), nulls, counts={**kept, **({_OTHER: rest} if rest else {})}
    )


def whole_moments(values: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return datetimes as whole microseconds since 1970 in UTC, whatever unit and zone they are kept in."""
    whole = values.dt.as_unit("us")
    plain = whole if whole.dt.tz is None else whole.dt.tz_convert("UTC").dt.tz_localize(None)
    moments: pd.Series[Any] = plain.astype("int64").astype("Int64").mask(values.isna())
    return moments


def _text(value: object) -> str:
    if isinstance(value, np.generic):
        value = value.item()
    return str(value).lower() if isinstance(value, bool) else str(value)


def _quantiles(numbers: "np.ndarray[Any, np.dtype[np.float64]]") -> tuple[float, ...]:
    finite = numbers[np.isfinite(numbers)]
    if not len(finite):
        return ()
    if len(finite) <= QUANTILES:
        return tuple(np.sort(finite).tolist())
    points = np.linspace(0.0, 1.0, QUANTILES)
    return tuple(np.quantile(finite, points, method="inverted_cdf").tolist())
