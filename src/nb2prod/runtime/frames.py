"""Records to a DataFrame with the dtypes of the training, and back."""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from .schema import Column, Schema

Builder = Callable[[list[object]], object]

_NUMPY_DTYPES = frozenset(
    {f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}
    | {"float16", "float32", "float64", "bool"}
)


class FrameBuilder:
    """Build the raw table that the pipeline takes from checked records."""

    def __init__(self, schema: Schema) -> None:
        self._builders = [(column.name, _builder(column)) for column in schema.columns]

    def build(self, rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
        """Return the rows as a frame with the schema's columns, order and dtypes.

        Args:
            rows: Values by column as ``RecordChecker`` gives them; None is null.

        Returns:
            A frame of shape ``(len(rows), len(columns))`` indexed by ``RangeIndex``.
        """
        index = pd.RangeIndex(len(rows))
        columns = {name: build([row[name] for row in rows]) for name, build in self._builders}
        return pd.DataFrame(columns, index=index)


def to_records(schema: Schema, frame: pd.DataFrame) -> list[dict[str, object]]:
    """Return raw rows as JSON-native records, which ``FrameBuilder`` turns back into the rows.

    Only the schema's columns are taken. A number that is infinite stays so: JSON has no form for
    it, and no request can hold it.
    """
    columns = [[_native(value) for value in frame[column.name]] for column in schema.columns]
    names = [column.name for column in schema.columns]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def _native(value: object) -> object:
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and math.isnan(value):
        return None
    return value


def _builder(column: Column) -> Builder:
    if column.dtype in _NUMPY_DTYPES:
        return _numpy_builder(np.dtype(column.dtype))
    if column.dtype == "object":
        return _object_builder(None if column.null == "none" else math.nan)
    if column.dtype == "category":
        return _categorical_builder(column)
    # pandas-stubs list the dtypes by name; this one is only known from the schema.
    return lambda values: pd.array(values, dtype=column.dtype)  # type: ignore[call-overload]


def _numpy_builder(dtype: np.dtype[np.generic]) -> Builder:
    if dtype.kind != "f":
        return lambda values: np.array(values, dtype=dtype)
    return lambda values: np.array(
        [math.nan if value is None else value for value in values], dtype=dtype
    )


def _object_builder(null: object) -> Builder:
    def build(values: list[object]) -> object:
        # Given a list or an object array, pandas would infer a narrower dtype than the training's.
        return pd.Series([null if value is None else value for value in values], dtype=object)

    return build


def _categorical_builder(column: Column) -> Builder:
    categories = list(column.categories or ())
    dtype = pd.CategoricalDtype(categories, ordered=column.ordered)
    codes = {category: code for code, category in enumerate(categories)}

    def build(values: list[object]) -> object:
        return pd.Categorical.from_codes([codes.get(value, -1) for value in values], dtype=dtype)

    return build
