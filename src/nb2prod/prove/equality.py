"""The one rule of equality: labels and strings equal, numbers within a relative 1e-9 of the notebook's value.

Answers that a model gives in single precision have no nine digits: they lie within a relative 1e-5.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

RELATIVE_TOLERANCE = 1e-9
"""Sums are ordered differently for one row and for many: predictions differ in their last bits."""

SINGLE_TOLERANCE = 1e-5
"""The same for numbers that a model gives in single precision, which has seven digits."""

_SMALLEST = 1e-300
"""Below this a number is as good as zero: quotients of subnormal numbers say nothing."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two tables of values compare, row by row.

    Attributes:
        rows: Rows compared.
        mismatches: Rows in which a value differs.
        largest: Largest relative difference of two numbers that count as equal.
        first: The first difference in words, or None.
        row: Position of the first differing row, or None.
    """

    rows: int
    mismatches: int
    largest: float = 0.0
    first: str | None = None
    row: int | None = None

    def joined(self, other: Comparison) -> Comparison:
        """Return both comparisons as one."""
        return Comparison(
            self.rows + other.rows,
            self.mismatches + other.mismatches,
            max(self.largest, other.largest),
            self.first or other.first,
            self.row if self.first else other.row,
        )


def table(values: Any) -> npt.NDArray[Any]:
    """Return values as an object array of shape (rows, columns)."""
    dense = values.toarray() if hasattr(values, "toarray") else values
    if isinstance(dense, list):
        made = np.empty(len(dense), dtype=object)
        made[:] = dense
        dense = made
    array = np.asarray(dense, dtype=object)
    return array.reshape(len(array), math.prod(array.shape[1:]))


def tolerance_of(values: Any) -> float:
    """Return the relative difference that numbers may have: those in single precision more."""
    dtype = getattr(values, "dtype", None)
    is_single = isinstance(dtype, np.dtype) and dtype in (np.float32, np.float16)
    return SINGLE_TOLERANCE if is_single else RELATIVE_TOLERANCE


def compare(
    ours: Any,
    theirs: Any,
    columns: list[Any] | None = None,
    tolerance: float = RELATIVE_TOLERANCE,
) -> Comparison:
    """Compare what a version gives with what the notebook gave.

    Args:
        ours: The version's values, shape (rows,) or (rows, columns).
        theirs: The notebook's, of the same shape.
        columns: Names of the columns, for the message.
        tolerance: Largest relative difference of two numbers that count as equal.
    """
    left, right = columns_of(ours), columns_of(theirs)
    if _shape(left) != _shape(right):
        text = f"shape {_shape(left)} instead of {_shape(right)}"
        rows = _shape(right)[0]
        return Comparison(rows, max(rows, 1), first=text, row=0)
    differing = np.zeros(_shape(right)[0], dtype=bool)
    largest, first = 0.0, (len(differing), 0)
    for position, (mine, other) in enumerate(zip(left, right, strict=True)):
        apart = _apart(mine, other)
        wrong = ~(apart <= tolerance)
        largest = max(largest, float(apart[~wrong].max(initial=0.0)))
        if wrong.any():
            differing |= wrong
            first = min(first, (int(np.argmax(wrong)), position))
    if not differing.any():
        return Comparison(len(differing), 0, largest)
    row, position = first
    name = columns[position] if columns and position < len(columns) else position
    x, y = _plain(left[position][row]), _plain(right[position][row])
    text = f"column {name!r}: {x!r} instead of {y!r}"
    return Comparison(len(differing), int(differing.sum()), largest, text, row)


Column = npt.NDArray[Any]


def columns_of(values: Any) -> list[Column]:
    """Return values column by column, numbers as they are: a whole table of objects takes several times the memory."""
    dense = values.toarray() if hasattr(values, "toarray") else values
    if isinstance(dense, pd.DataFrame):
        return [_cells(dense.iloc[:, position]) for position in range(dense.shape[1])]
    if isinstance(dense, pd.Series):
        return [_cells(dense)]
    cells = dense if isinstance(dense, np.ndarray) else table(dense)
    cells = cells.reshape(len(cells), math.prod(cells.shape[1:]))
    return [cells[:, position] for position in range(cells.shape[1])]


def _cells(series: pd.Series) -> Column:
    is_number = isinstance(series.dtype, np.dtype) and series.dtype.kind in "biuf"
    return series.to_numpy() if is_number else np.asarray(series, dtype=object)


def _shape(columns: list[Column]) -> tuple[int, int]:
    return (len(columns[0]) if columns else 0, len(columns))


def _apart(one: Column, other: Column) -> npt.NDArray[np.float64]:
    """Return how far the values of two columns are apart, as ``difference`` says of two values."""
    if one.dtype.kind in "iuf" and other.dtype.kind in "iuf":
        return _numbers_apart(one, other)
    apart = np.zeros(len(other))
    left, right = one.astype(object), other.astype(object)
    for row in _unequal(left, right):
        apart[row] = difference(left[row], right[row])
    return apart


def _numbers_apart(one: Column, other: Column) -> npt.NDArray[np.float64]:
    with np.errstate(all="ignore"):
        mine, theirs = one.astype(np.float64), other.astype(np.float64)
        apart = np.abs(mine - theirs) / np.maximum(np.abs(theirs), _SMALLEST)
    apart[~(np.isfinite(mine) & np.isfinite(theirs))] = math.inf
    apart[(one == other) | (np.isnan(mine) & np.isnan(theirs))] = 0.0
    return apart


def _unequal(left: Column, right: Column) -> list[int]:
    """Return the rows whose values are not equal at first sight."""
    try:
        is_same = np.asarray(left == right, dtype=bool)
    except (TypeError, ValueError):
        is_same = np.zeros(left.shape, dtype=bool)
    return [int(row) for row in np.flatnonzero(~is_same)]


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def difference(one: Any, other: Any) -> float:
    """Return how far two values are apart: 0 equal, infinity different, between them a relative difference."""
    if one is other:
        return 0.0
    if _is_number(one) and _is_number(other):
        return _relative(one, other)
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return 0.0 if np.array_equal(np.asarray(one), np.asarray(other)) else math.inf
    if _is_null(one) or _is_null(other):
        return 0.0 if _is_null(one) and _is_null(other) else math.inf
    try:
        return 0.0 if bool(one == other) else math.inf
    except (TypeError, ValueError):
        return math.inf


def _relative(one: Any, other: Any) -> float:
    if one == other or (math.isnan(one) and math.isnan(other)):
        return 0.0
    if not (math.isfinite(one) and math.isfinite(other)):
        return math.inf
    return float(abs(one - other) / max(abs(other), _SMALLEST))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool | np.bool_)


def _is_null(value: Any) -> bool:
    if value is None or type(value).__name__ in {"NAType", "NaTType"}:
        return True
    return isinstance(value, float | np.floating) and math.isnan(value)
