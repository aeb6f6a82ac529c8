"""Requests that nobody has seen: other mixtures of known values, and values that never occurred."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

SYNTHETIC_ROWS = 40
"""Mixtures of known values; beside them stand three of them again, and rows with values that never occurred."""

_REPEATED = 3
_DAYS = 4_000


def invented_requests(requests: pd.DataFrame, count: int = SYNTHETIC_ROWS) -> pd.DataFrame:
    """Return requests that a raw table does not hold, with its columns and types.

    Each column is drawn by itself, nulls among them; some rows stand twice. Then, for each column, a value above and
    one below all known ones, or an unknown text: a column with one value in training shows by nothing else that a
    statistic of it was left live.

    Args:
        requests: Raw rows without the target.
        count: Mixtures of known values, at most.
    """
    generator = np.random.default_rng(1)
    count = min(count, max(2, len(requests)))
    mixed = _drawn(requests, generator, count)
    foreign = _drawn(requests, generator, 2 * requests.shape[1])
    for place, name in enumerate(requests.columns):
        beyond = _beyond(requests[name])
        for row, value in enumerate(beyond, 2 * place):
            foreign.iloc[row, place] = value
    return pd.concat([mixed, mixed.iloc[:_REPEATED], foreign], ignore_index=True)


def _drawn(requests: pd.DataFrame, generator: np.random.Generator, count: int) -> pd.DataFrame:
    columns = {}
    for name in requests.columns:
        drawn = requests[name].iloc[generator.integers(0, len(requests), count)]
        columns[name] = drawn.reset_index(drop=True)
    return pd.DataFrame(columns)


def _beyond(column: pd.Series) -> tuple[Any, ...]:
    """Return values that a column does not have; none for what has no such values."""
    known = column.dropna()
    if known.empty:
        return ()
    if column.dtype.kind in "iu":
        return _integers_beyond(column.dtype, int(known.min()), int(known.max()))
    if column.dtype.kind == "f":
        low, high = float(known.min()), float(known.max())
        far = max(high - low, abs(high), abs(low))
        return (high + far + 1.5, low - far - 2.5)
    if column.dtype.kind == "M":
        return (known.max() + pd.Timedelta(days=_DAYS), known.min() - pd.Timedelta(days=_DAYS))
    if pd.api.types.is_string_dtype(column.dtype):
        return ("never seen before",)
    return ()


def _integers_beyond(dtype: Any, low: int, high: int) -> tuple[int, ...]:
    limits = np.iinfo(dtype)
    far = max(high - low, abs(high), abs(low))
    beyond = (high + far + 3, low - far - 2)
    return tuple(value for value in beyond if limits.min <= value <= limits.max)
