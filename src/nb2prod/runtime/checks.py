"""Check raw records against the schema: one reason per field, and never the value itself."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from .schema import Column, Schema
from .values import InvalidValue, ValueCheck, value_check

_LISTED_CATEGORIES = 5
_LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about one field of a record: an error or a warning.

    Attributes:
        field: Name of the field; empty for the record as a whole.
        reason: What is the matter, in words that do not hold the value.
    """

    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A record after its check.

    Attributes:
        values: Its values by column in the schema's order, as the frame shall hold them; only
            complete when there are no errors.
        errors: Why it cannot be answered.
        warnings: Why the answer deserves less trust: training saw no such value.
    """

    values: Mapping[str, object]
    errors: tuple[Remark, ...]
    warnings: tuple[Remark, ...]


class InvalidRecords(ValueError):
    """Records that the schema does not allow.

    Attributes:
        errors: Position among the records and what is wrong, in order.
    """

    def __init__(self, errors: tuple[tuple[int, Remark], ...]) -> None:
        position, remark = errors[0]
        super().__init__(f"record {position}: {remark.field!r} {remark.reason}")
        self.errors = errors


class RecordChecker:
    """Check records of one schema."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._names = {column.name for column in schema.columns}
        self._target = {column.name for column in schema.target}
        self._columns = [_ColumnChecker(column) for column in schema.columns]

    def check(self, record: object) -> Checked:
        """Check one record.

        A field that the schema has and the record has not is an error, also where nulls are
        allowed: a client that forgets a field must learn it. So is one that the schema has not.
        """
        if not isinstance(record, dict):
            reason = "must be a JSON object with one entry for each column"
            return Checked({}, (Remark("", reason),), ())
        values: dict[str, object] = {}
        errors: list[Remark] = []
        warnings: list[Remark] = []
        for column in self._columns:
            given = record.get(column.name)
            # Nearly all values are as training saw them; they need no reason and no other form.
            if column.is_usual(given):
                values[column.name] = given
                continue
            if column.name not in record:
                errors.append(Remark(column.name, column.missing))
                continue
            try:
                value = column.take(record[column.name])
            except InvalidValue as error:
                errors.append(Remark(column.name, str(error)))
                continue
            values[column.name] = value
            unusual = column.unusual(value)
            if unusual:
                warnings.append(Remark(column.name, unusual))
        if len(record) > len(self._names) or not self._names.issuperset(record):
            errors.extend(self._extra(name) for name in record if name not in self._names)
        return Checked(values, tuple(errors), tuple(warnings))

    def _extra(self, name: str) -> Remark:
        field = _shortened(name)
        if name in self._target:
            return Remark(field, "is what the model predicts: leave it out")
        near = difflib.get_close_matches(name[:_LONGEST_NAME], self._names, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        return Remark(field, f"is not a column of this model{hint}")


class _ColumnChecker:
    """Check the values of one column; built once, since a request has many fields."""

    def __init__(self, column: Column) -> None:
        self.name = column.name
        self.missing = (
            "is missing; send it, as null where it is not known"
            if column.nullable
            else "is missing"
        )
        self._nullable = column.nullable
        self._check: ValueCheck = value_check(column)
        self._categories = None if column.categories is None else frozenset(column.categories)
        self._unknown = _unknown_category(column)
        self._is_unseen = not column.examples
        self._low, self._high = _bound(column, column.minimum), _bound(column, column.maximum)
        self._outside = f"lies outside what training saw: {column.minimum} to {column.maximum}"
        self.is_usual = _usual(column, self._categories)

    def take(self, value: object) -> object:
        """Return the value as the frame shall hold it, or raise ``InvalidValue``."""
        if value is None:
            if self._nullable:
                return None
            raise InvalidValue("must not be null: training saw no missing value here")
        return self._check(value)

    def unusual(self, value: object) -> str | None:
        """Return why training never saw such a value, or None."""
        if value is None:
            return None
        if self._is_unseen:
            return "is a value where training saw only nulls"
        if self._categories is not None:
            return None if value in self._categories else self._unknown
        if self._low is None or self._high is None:
            return None
        # The bounds were read from the same kind of value, so they compare with it.
        is_inside = self._low <= value <= self._high  # type: ignore[operator]
        return None if is_inside else self._outside


def _usual(column: Column, categories: frozenset[object] | None) -> Callable[[object], bool]:
    """Return a quick test that holds only for values which the frame takes as they are, without a warning."""
    if categories is not None:
        is_text = all(isinstance(category, str) for category in categories)
        # What is no text may not even be hashable.
        return (lambda value: type(value) is str and value in categories) if is_text else _never
    kind = {"number": float, "integer": int}.get(column.kind)
    low, high = column.minimum, column.maximum
    if kind is None or column.dtype not in {"int64", "float64"}:
        return _never
    if not isinstance(low, int | float) or not isinstance(high, int | float):
        return _never

    def is_within(value: object) -> bool:
        # NaN lies within no bounds, and a boolean is of another type.
        return type(value) is kind and low <= value <= high  # type: ignore[operator]  # a number

    return is_within


def _never(_: object) -> bool:
    return False


def _bound(column: Column, value: object) -> object:
    return pd.Timestamp(str(value)) if column.kind == "datetime" and value is not None else value


def _unknown_category(column: Column) -> str:
    known = [str(category) for category in column.categories or ()]
    listed = ", ".join(repr(_shortened(name)) for name in known[:_LISTED_CATEGORIES])
    more = len(known) - _LISTED_CATEGORIES
    tail = f" and {more} more" if more > 0 else ""
    text = f"is a category that training never saw; it saw {listed or 'none'}{tail}"
    # pandas has no value outside a categorical's own categories.
    return f"{text}; it counts as missing" if column.dtype == "category" else text


def _shortened(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"
