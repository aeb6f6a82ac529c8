"""Choose rows that show every category, null, extreme and filter outcome, so that a few stand for all."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

SAMPLE_ROWS = 300
"""Rows of the covering sample, unless every row is asked for."""

_CATEGORIES = 60


def covering_sample(rows: pd.DataFrame, limit: int = SAMPLE_ROWS) -> npt.NDArray[np.int64]:
    """Return positions of at most ``limit`` telling rows, in order.

    For each column the first row of every category, a null, the extremes; then rows spread over the table.
    """
    chosen: dict[int, None] = {}
    for position in range(rows.shape[1]):
        for row in _telling(rows.iloc[:, position]):
            if len(chosen) >= limit:
                break
            chosen[int(row)] = None
    spread = np.linspace(0, max(len(rows) - 1, 0), min(limit, len(rows))).astype(np.int64)
    for row in spread:
        if len(chosen) >= limit:
            break
        chosen[int(row)] = None
    return np.array(sorted(chosen), dtype=np.int64)


def _telling(column: pd.Series) -> list[int]:
    found: list[int] = []
    null = np.flatnonzero(column.isna().to_numpy())
    if len(null):
        found.append(int(null[0]))
    if column.dtype.kind in "iufM" and column.notna().any():
        values = column.reset_index(drop=True)
        return [*found, int(values.argmin()), int(values.argmax())]
    try:
        first = ~column.duplicated().to_numpy()
    except TypeError:
        return found
    return [*found, *map(int, np.flatnonzero(first)[:_CATEGORIES])]
