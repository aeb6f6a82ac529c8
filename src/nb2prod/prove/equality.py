"""The one rule of equality: labels and strings equal, numbers within a relative 1e-9 of the notebook's value.

Answers that a model gives in single precision have no nine digits: they lie within a relative 1e-5.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

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
    left, right = table(ours), table(theirs)
    if left.shape != right.shape:
        text = f"shape {left.shape} instead of {right.shape}"
        return Comparison(len(right), max(len(right), 1), first=text, row=0)
    differing: set[int] = set()
    largest, first, row = 0.0, None, None
    for number, position in _unequal(left, right):
        x, y = left[number, position], right[number, position]
        apart = difference(x, y)
        if apart <= tolerance:
            largest = max(largest, apart)
            continue
        differing.add(number)
        if first is None:
            name = columns[position] if columns and position < len(columns) else position
            first, row = f"column {name!r}: {x!r} instead of {y!r}", number
    return Comparison(len(right), len(differing), largest, first, row)


def _unequal(left: npt.NDArray[Any], right: npt.NDArray[Any]) -> list[tuple[int, int]]:
    """Return the places of values that are not equal at first sight, in order."""
    try:
        is_same = np.asarray(left == right, dtype=bool)
    except (TypeError, ValueError):
        is_same = np.zeros(left.shape, dtype=bool)
    return [(int(row), int(column)) for row, column in np.argwhere(~is_same)]


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
