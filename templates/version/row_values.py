"""What statements of one row need: numpy's and pandas' ways with one value. Copied into every version.

Where Python raises and numpy gives an infinity or NaN, it raises: the whole record then goes the way of tables.
"""

from __future__ import annotations

from bisect import bisect_left
from math import (
    ceil,
    cos,
    exp,
    expm1,
    floor,
    inf,
    log,
    log1p,
    log2,
    log10,
    nan,
    pow,  # noqa: A004 - numpy's power is this one
    sin,
    sqrt,
    tan,
    tanh,
)
from re import search
from typing import Any

from numpy import round as round_
from pandas import NaT, Timestamp

__all__ = [
    "NaT",
    "Row",
    "Timestamp",
    "bisect_left",
    "ceil",
    "cos",
    "exp",
    "expm1",
    "floor",
    "inf",
    "log",
    "log1p",
    "log2",
    "log10",
    "maximum",
    "minimum",
    "missing",
    "nan",
    "pow",
    "round_",
    "search",
    "sin",
    "sqrt",
    "tan",
    "tanh",
]


class Row(dict[str, Any]):
    """A row that a function of the notebook is handed: its values by label, or as attributes."""

    __getattr__ = dict.__getitem__


def missing(value: Any) -> bool:
    """Tell whether a value is null: None, NaN or NaT."""
    return value is None or bool(value != value)


def maximum(one: Any, other: Any) -> Any:
    """Return the larger of two numbers; NaN where one of them is."""
    if one != one or other != other:
        return nan
    return max(one, other)


def minimum(one: Any, other: Any) -> Any:
    """Return the smaller of two numbers; NaN where one of them is."""
    if one != one or other != other:
        return nan
    return min(one, other)
