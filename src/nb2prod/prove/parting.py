"""Compare what the served features make of rows up to the split with what the notebook split.

The rows that a model was fitted on show values that no held-out row has. Where the notebook makes features of both
parts on their own after the split, the fitted rows may end otherwise, but up to the split there is one way for all.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd

from nb2prod.prove.equality import Comparison, compare
from nb2prod.prove.tracing import as_table, tables_by_line

_OTHER_TARGETS = 8
"""So many values are tried in the target's place, to see whether a column depends on it."""


def compare_parts(
    step: Any,
    raw: pd.DataFrame,
    parts: Sequence[Mapping[str, Any]],
    wanted: Collection[Any] | None,
) -> Comparison:
    """Compare the tables that the notebook's splits gave with the variables of the same names in ``features``.

    A column counts as equal where some line leaves it so, for later lines may change it; one that is nowhere in
    ``features`` is none that the model needs, and one that depends on the target is none that it may get.

    Args:
        step: The pipeline's features step.
        raw: The raw table.
        parts: ``table``, its ``positions`` in the raw table, and ``names`` that the other parts of its split have.
        wanted: Columns that the model receives; None where those have no names.
    """
    found = Comparison(0, 0)
    for part in parts:
        expected = as_table(part["table"])
        if expected is not None and expected.columns.is_unique:
            columns = [c for c in expected.columns if wanted is None or c in wanted]
            rows = raw.iloc[part["positions"]].reset_index(drop=True)
            for name in part["names"]:
                found = found.joined(_Variable(step, rows, name).compare(expected[columns]))
    return found


class _Variable:
    """What a variable of ``features`` is after each line, for some rows.

    Args:
        step: The pipeline's features step.
        rows: Raw rows.
        name: The variable.
    """

    def __init__(self, step: Any, rows: pd.DataFrame, name: str) -> None:
        self._step, self._rows, self._name = step, rows, name
        self._states = self._after_each_line(step)

    def _after_each_line(self, step: Any) -> list[pd.DataFrame]:
        requests = self._rows.drop(columns=list(step.placeholders))
        by_line = tables_by_line(step, requests, {self._name})
        states = [tables[self._name] for _, tables in by_line if self._name in tables]
        return [s for s in states if len(s) == len(requests) and s.columns.is_unique]

    def compare(self, expected: pd.DataFrame) -> Comparison:
        """Compare the columns that it has after some line."""
        found = Comparison(0, 0)
        for column in expected.columns:
            one = self._compare_column(column, expected)
            if one.mismatches == 0 or not self._depends_on_target(column):
                found = found.joined(one)
        return found

    def _compare_column(self, column: Any, expected: pd.DataFrame) -> Comparison:
        first: Comparison | None = None
        for state in self._states:
            if column in state.columns:
                found = compare(state[[column]], expected[[column]], [column])
                if not found.mismatches:
                    return found
                first = first or found
        return first or Comparison(0, 0)

    def _depends_on_target(self, column: Any) -> bool:
        """Tell whether a column changes with what stands in the target's place."""
        step = copy.copy(self._step)
        for name, (value, dtype) in self._step.placeholders.items():
            others = [v for v in self._rows[name].dropna().unique() if v != value]
            for other in others[:: len(others) // _OTHER_TARGETS + 1]:
                step.placeholders = {**self._step.placeholders, name: (other, dtype)}
                if self._differs(column, self._after_each_line(step)):
                    return True
        return False

    def _differs(self, column: Any, others: Sequence[pd.DataFrame]) -> bool:
        pairs = zip(self._states, others, strict=False)
        return any(
            column not in other.columns
            or compare(state[[column]], other[[column]], [column]).mismatches > 0
            for state, other in pairs
            if column in state.columns
        )
