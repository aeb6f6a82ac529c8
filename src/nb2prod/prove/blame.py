"""Find the first statement after which a row alone and the same row beside others differ."""

from __future__ import annotations

import contextlib
import copy
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

import pandas as pd

from nb2prod.prove.equality import compare


@dataclass(frozen=True, slots=True)
class Blame:
    """The statement that made the difference.

    Attributes:
        file: Module of the version.
        line: Line of the statement.
        name: The variable that differs after it.
        difference: Both values in words.
    """

    file: str
    line: int
    name: str
    difference: str


def blame(step: Any, rows: pd.DataFrame, row: int) -> Blame | None:
    """Trace the features of one row, alone and in the batch.

    Args:
        step: The pipeline's features step.
        rows: The batch.
        row: Position of the row that differs.
    """
    alone = _trace(step, rows.iloc[[row]].reset_index(drop=True))
    batch = _trace(step, rows.reset_index(drop=True))
    for (line, names), (other_line, others) in zip(alone, batch, strict=False):
        if line != other_line:
            return Blame("features.py", line, "", "another way was taken")
        for name, value in names.items():
            if name not in others or len(value) != 1 or len(others[name]) != len(rows):
                continue
            found = compare(value, others[name].iloc[[row]], list(value.columns))
            if found.mismatches:
                return Blame("features.py", line, name, found.first or "")
    return None


def _trace(step: Any, rows: pd.DataFrame) -> list[tuple[int, dict[str, pd.DataFrame]]]:
    """Return the tables that are bound after each line of ``features``."""
    steps: list[tuple[int, dict[str, pd.DataFrame]]] = []
    last: list[int] = []

    def follow(frame: FrameType, event: str, _: Any) -> Callable[..., Any] | None:
        if frame.f_code.co_name != "features" or "features.py" not in frame.f_code.co_filename:
            return None
        if event in {"line", "return"}:
            if last:
                steps.append((last[-1], _tables(frame.f_locals)))
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


def _tables(names: dict[str, Any]) -> dict[str, pd.DataFrame]:
    found = {}
    for name, value in names.items():
        if isinstance(value, pd.DataFrame):
            found[name] = value.reset_index(drop=True).copy()
        elif isinstance(value, pd.Series):
            found[name] = value.reset_index(drop=True).to_frame()
        elif (
            hasattr(value, "shape")
            and hasattr(value, "dtype")
            and getattr(value, "ndim", 0) in {1, 2}
        ):
            dense = value.toarray() if hasattr(value, "toarray") else value
            found[name] = pd.DataFrame(dense)
    return found
