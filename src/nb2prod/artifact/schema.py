"""Describe the raw table that a notebook loaded, as the contract of its requests."""

import difflib
import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandas.api import types

from nb2prod.errors import Nb2prodError
from nb2prod.runtime.schema import Column, Schema

_MOST_CATEGORIES = 100
_FEW_CATEGORIES = 20
_MOST_EXAMPLES = 3
_LONGEST_EXAMPLE = 200
_SCALARS = frozenset({str, bool, int, float})


class SchemaRefused(Nb2prodError):
    """The raw table cannot be sent as JSON records (exit 1)."""

    exit_code = 1


def describe(frame: pd.DataFrame, target: Sequence[str]) -> dict[str, object]:
    """Return the content of ``schema.json`` for a raw table.

    Args:
        frame: The table as the load cell bound it, with the target.
        target: The columns that are predicted; they are described apart from the others.

    Raises:
        SchemaRefused: A column has a name or values that a request cannot carry.
    """
    _check_names(frame, target)
    columns = {name: _describe_column(frame[name]) for name in frame.columns}
    predicted = tuple(columns[name] for name in target)
    raw = tuple(column for name, column in columns.items() if name not in target)
    return Schema(columns=raw, target=predicted).to_mapping()


def _check_names(frame: pd.DataFrame, target: Sequence[str]) -> None:
    names: list[object] = list(frame.columns)
    odd = [name for name in names if not isinstance(name, str) or not name]
    if odd:
        raise SchemaRefused(
            f"the raw table has a column named {odd[0]!r}, which is no text",
            why="a request is a JSON object: its fields are named by texts",
            hint="name the columns in the load cell: df.columns = [...]",
        )
    doubled = frame.columns[frame.columns.duplicated()]
    if len(doubled):
        raise SchemaRefused(
            f"the raw table has more than one column named {doubled[0]!r}",
            why="a request can hold one value under a name",
            hint="rename or drop one of them in the load cell",
        )
    for name in target:
        if name not in frame.columns:
            near = difflib.get_close_matches(name, frame.columns, n=1)
            raise SchemaRefused(
                f"the raw table has no target column {name!r}",
                hint=f"did you mean {near[0]!r}?" if near else None,
            )


def _describe_column(series: pd.Series) -> Column:
    present = series[series.notna()]
    kind = _kind(series, present)
    low, high = _bounds(present, kind)
    return Column(
        name=str(series.name),
        dtype=str(series.dtype),
        kind=kind,
        nullable=len(present) < len(series),
        categories=_categories(series, present, kind),
        minimum=low,
        maximum=high,
        examples=_examples(present),
        ordered=isinstance(series.dtype, pd.CategoricalDtype) and bool(series.dtype.ordered),
        null=_null(series, present),
    )


def _kind(series: pd.Series, present: pd.Series) -> str:
    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        _check_scalars(series, {type(native(value)) for value in dtype.categories})
        return "category"
    if types.is_object_dtype(dtype):
        return _object_kind(series, present)
    if isinstance(dtype, pd.SparseDtype) or types.is_complex_dtype(dtype):
        raise _unsendable(series, str(dtype))
    if isinstance(dtype, np.dtype | pd.DatetimeTZDtype) and types.is_datetime64_any_dtype(dtype):
        return "datetime"
    kinds = (
        (types.is_bool_dtype, "boolean"),
        (types.is_integer_dtype, "integer"),
        (types.is_float_dtype, "number"),
        (types.is_string_dtype, "text"),
    )
    for is_kind, kind in kinds:
        if is_kind(dtype):
            return _text_kind(present) if kind == "text" else kind
    raise _unsendable(series, str(dtype))


def _object_kind(series: pd.Series, present: pd.Series) -> str:
    found = {type(native(value)) for value in present}
    _check_scalars(series, found)
    if found == {str}:
        return _text_kind(present)
    only = {frozenset({bool}): "boolean", frozenset({int}): "integer", frozenset({float}): "number"}
    return only.get(frozenset(found), "mixed")


def _check_scalars(series: pd.Series, found: set[type]) -> None:
    odd = sorted(kind.__name__ for kind in found - _SCALARS)
    if odd:
        raise _unsendable(series, f"{odd[0]} objects")


def _unsendable(series: pd.Series, holds: str) -> SchemaRefused:
    return SchemaRefused(
        f"column {series.name!r} of the raw table holds {holds}",
        why="a JSON request can carry numbers, texts, booleans, nulls and ISO dates only",
        hint="convert it to one of these in the load cell, or drop it there",
    )


def _text_kind(present: pd.Series) -> str:
    """Tell a column of labels from one of free text or identifiers, where most values are new."""
    distinct = present.nunique()
    is_repeated = distinct <= _FEW_CATEGORIES or 2 * distinct <= len(present)
    is_label = 0 < distinct <= _MOST_CATEGORIES and is_repeated
    return "category" if is_label else "text"


def _categories(series: pd.Series, present: pd.Series, kind: str) -> tuple[object, ...] | None:
    if isinstance(series.dtype, pd.CategoricalDtype):
        return tuple(native(value) for value in series.dtype.categories)
    if kind not in {"category", "boolean"} or present.empty:
        return None
    return tuple(sorted({native(value) for value in present.unique()}, key=str))


def _bounds(present: pd.Series, kind: str) -> tuple[object, object]:
    if kind not in {"number", "integer", "datetime"}:
        return None, None
    if kind == "number":
        present = present[np.isfinite(present.to_numpy(dtype=float))]
    if present.empty:
        return None, None
    return native(present.min()), native(present.max())


def _examples(present: pd.Series) -> tuple[object, ...]:
    """Return the first distinct values, so that the first of each column are much like one row."""
    values = [native(value) for value in present.drop_duplicates().head(20 * _MOST_EXAMPLES)]
    sendable = [
        value
        for value in values
        if not (isinstance(value, float) and math.isinf(value))
        and not (isinstance(value, str) and len(value) > _LONGEST_EXAMPLE)
    ]
    shortened = [value[:_LONGEST_EXAMPLE] for value in values[:1] if isinstance(value, str)]
    return tuple(sendable[:_MOST_EXAMPLES] or shortened)


def _null(series: pd.Series, present: pd.Series) -> str:
    if not types.is_object_dtype(series.dtype) or len(present) == len(series):
        return "nan"
    return "none" if all(value is None for value in series[series.isna()]) else "nan"


def native(value: object) -> object:
    """Return a scalar of pandas or numpy as JSON has it; datetimes as ISO text."""
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    return value.item() if isinstance(value, np.generic) else value
