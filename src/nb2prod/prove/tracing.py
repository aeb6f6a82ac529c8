"""Follow the tables that the served features bind, line by line."""

from __future__ import annotations

import contextlib
import copy
import sys
from collections.abc import Callable, Collection
from types import FrameType
from typing import Any

import pandas as pd

Step = tuple[int, dict[str, pd.DataFrame]]
"""A line of ``features``, and the tables that are bound after it."""


def tables_by_line(
    step: Any, rows: pd.DataFrame, names: Collection[str] | None = None
) -> list[Step]:
    """Return the tables that are bound after each line of ``features``; up to its fault where it raises.

    Args:
        step: The pipeline's features step.
        rows: Raw rows, which are left as they are.
        names: The variables to follow; all without.
    """
    steps: list[Step] = []
    last: list[int] = []

    def follow(frame: FrameType, event: str, _: Any) -> Callable[..., Any] | None:
        if frame.f_code.co_name != "features" or "features.py" not in frame.f_code.co_filename:
            return None
        if event in {"line", "return"}:
            if last:
                steps.append((last[-1], _tables(frame.f_locals, names)))
            last.append(frame.f_lineno)
        return follow

    before = sys.gettrace()
    sys.settrace(follow)
    try:
        with contextlib.suppress(Exception):  # The lines before a fault are what is asked for.
            step.transform(copy.copy(rows))
    finally:
        sys.settrace(before)
    return steps


def _tables(bound: dict[str, Any], names: Collection[str] | None) -> dict[str, pd.DataFrame]:
    found = {}
    for name, value in bound.items():
        table = as_table(value) if names is None or name in names else None
        if table is not None:
            found[name] = table
    return found


def as_table(value: Any) -> pd.DataFrame | None:
    """Return a copy of a table or column with a fresh index, or None for anything else."""
    if isinstance(value, pd.DataFrame):
        return value.reset_index(drop=True).copy()
    if isinstance(value, pd.Series):
        return value.reset_index(drop=True).to_frame()
    if hasattr(value, "shape") and hasattr(value, "dtype") and getattr(value, "ndim", 0) in {1, 2}:
        return pd.DataFrame(value.toarray() if hasattr(value, "toarray") else value)
    return None
