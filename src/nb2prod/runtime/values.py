"""Check one JSON value against one column, strictly, and give what the frame shall hold."""

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from .schema import Column

ValueCheck = Callable[[object], object]

_INTEGER_DTYPE = re.compile(r"(u?)int(\d+)", re.IGNORECASE)
_FLOAT_DTYPE = re.compile(r"float(16|32|64)", re.IGNORECASE)
_DATETIME_UNIT = re.compile(r"datetime64\[(s|ms|us|ns)(?:, (.+))?\]")
_ISO_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}"
    r"(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?"
)


class InvalidValue(ValueError):
    """A value that the column cannot hold; its text is the reason, without the value itself."""


def value_check(column: Column) -> ValueCheck:
    """Return the check of one column's values that are not null.

    The check returns the value as the frame shall hold it, or raises ``InvalidValue``.
    """
    if column.kind == "category":
        return _category_check(column)
    checks: dict[str, Callable[[Column], ValueCheck]] = {
        "number": _number_check,
        "integer": _integer_check,
        "datetime": _datetime_check,
        "boolean": lambda _: _boolean,
        "text": lambda _: _text,
        "mixed": lambda _: _mixed,
    }
    return checks[column.kind](column)


def _said(value: object) -> str:
    """Name a value's JSON type without telling the value."""
    names = {bool: "a boolean", str: "text", list: "a list", dict: "an object"}
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN, infinite or too large"
    return names.get(type(value), "a number" if isinstance(value, int | float) else "null")


def _wrong(expected: str, value: object) -> InvalidValue:
    return InvalidValue(f"must be {expected}, not {_said(value)}")


def _category_check(column: Column) -> ValueCheck:
    """Take what the known categories are; a new one of the same type is for the caller to warn."""
    kinds = {type(category) for category in column.categories or ()}
    if kinds == {bool}:
        return _boolean
    if kinds == {int}:
        return _whole
    if kinds and kinds <= {int, float}:
        return _finite
    return _text if kinds <= {str} else _mixed


def _finite(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong("a number", value)
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise InvalidValue("must be a finite number; this is NaN, infinite or too large")
    return number


def _number_check(column: Column) -> ValueCheck:
    found = _FLOAT_DTYPE.search(column.dtype)
    if found is None or found[1] == "64":
        return _finite
    largest = float(np.finfo(f"float{found[1]}").max)

    def check(value: object) -> float:
        number = _finite(value)
        if abs(number) > largest:
            raise InvalidValue(f"must lie within {-largest:.3g} and {largest:.3g}")
        return number

    return check


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong("a whole number", value)
    if isinstance(value, int):
        return value
    if not math.isfinite(value):
        raise InvalidValue("must be a finite number; this is NaN, infinite or too large")
    if not value.is_integer():
        raise InvalidValue("must be a whole number: training saw only whole numbers here")
    return int(value)


def _integer_check(column: Column) -> ValueCheck:
    found = _INTEGER_DTYPE.search(column.dtype)
    if found is None:
        return _whole
    bits = int(found[2])
    low, high = (0, 2**bits - 1) if found[1] else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)

    def check(value: object) -> int:
        number = _whole(value)
        if not low <= number <= high:
            raise InvalidValue(f"must lie within {low} and {high}")
        return number

    return check


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise _wrong("true or false", value)
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _wrong("text", value)
    # JSON can escape half a surrogate pair; no text file, and so no training data, holds one.
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise InvalidValue("must be valid Unicode text; this holds half a surrogate pair")
    return value


def _datetime_check(column: Column) -> ValueCheck:
    found = _DATETIME_UNIT.fullmatch(column.dtype)
    unit: Any = found[1] if found else "ns"
    zone = found[2] if found else None

    def check(value: object) -> pd.Timestamp:
        match = _ISO_TIME.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            raise _wrong("a date or time in ISO 8601, such as 2026-01-31T09:30:00", value)
        if (match[1] is None) != (zone is None):
            needed = "an offset such as +01:00" if zone else "no offset: training saw none"
            raise InvalidValue(f"must be a time with {needed}")
        try:
            moment = pd.Timestamp(match[0]).as_unit(unit)
        except ValueError as error:
            raise InvalidValue("must be a date that exists and can be stored") from error
        return moment.tz_convert(zone) if zone else moment

    return check


def _mixed(value: object) -> object:
    if isinstance(value, list | dict):
        raise _wrong("a number, a boolean or text", value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float):
        return _finite(value)
    return value
