"""Checks of raw rows against the filters of training. Copied into every version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Outside:
    """Rows that a filter of training would have dropped.

    Attributes:
        where: The filter: cell, line and statement of the notebook.
        column: The raw column that it looks at, or None where there are several.
        rows: For each row, whether it would have been dropped.
    """

    where: str
    column: str | None
    rows: np.ndarray[Any, Any]


_found: ContextVar[list[Outside] | None] = ContextVar("rows_outside", default=None)


@contextmanager
def watching() -> Iterator[list[Outside]]:
    """Collect the rows that filters of training would have dropped, for as long as the block runs."""
    found: list[Outside] = []
    token = _found.set(found)
    try:
        yield found
    finally:
        _found.reset(token)


def in_domain(kept: Any, where: str, column: str | None = None, of: Any = None) -> None:
    """Note the rows that a filter of training would have dropped; they stay.

    Args:
        kept: A condition with one entry for each row, or the rows that the filter leaves.
        where: The filter: cell, line and statement of the notebook.
        column: The raw column that it looks at, or None where there are several.
        of: The rows before the filter, where ``kept`` are rows.
    """
    found = _found.get()
    if found is None:
        return
    if of is None:
        # A condition that is null lets no row pass.
        rows = ~pd.array(kept, dtype="boolean").to_numpy(dtype=bool, na_value=False)
    else:
        rows = ~of.index.isin(kept.index)
    if rows.any():
        found.append(Outside(where, column, rows))
