"""Other rows to run an operation on: some of the sampled rows, in another order, or invented ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nb2prod.execute.recorder.operation import Container, Operand, Operation, Rows
from nb2prod.execute.recorder.values import take

LABEL = "nb2prod-row-"
"""Prefix of the labels that sampled rows are given; they occur nowhere else."""


@dataclass(frozen=True, slots=True)
class Variant:
    """Which rows to take, and in which order."""

    positions: npt.NDArray[np.int64]
    order: npt.NDArray[np.int64]

    def select(self, rows: Rows) -> Any:
        """Take the variant's rows of one operand, under labels of its own."""
        offsets = {int(p): i for i, p in reversed(list(enumerate(rows.positions)))}
        picked = np.array([offsets[int(p)] for p in self.positions], dtype=np.int64)
        sample = take(rows.sample, rows.kind, picked)
        return _label(take(sample, rows.kind, self.order), rows.kind, self.order)


def common_positions(samples: list[Rows]) -> npt.NDArray[np.int64]:
    """Return the rows that every sample holds, in the order of the first."""
    if not samples:
        return np.empty(0, dtype=np.int64)
    common = samples[0].positions
    for rows in samples[1:]:
        common = common[np.isin(common, rows.positions)]
    _, first = np.unique(common, return_index=True)
    chosen: npt.NDArray[np.int64] = common[np.sort(first)]
    return chosen


def _label(value: Any, kind: str, order: npt.NDArray[np.int64]) -> Any:
    labels = [f"{LABEL}{offset}" for offset in order]
    if kind in {"frame", "series"}:
        value.index = pd.Index(labels, dtype=object, name=value.index.name)
        return value
    if kind == "index":
        return pd.Index(labels, dtype=object, name=value.name)
    return value


def invented(operation: Operation) -> Operation:
    """Return the operation with invented rows: columns shuffled against each other, duplicates, nulls."""
    return _with_other_rows(operation, _invented_column, _drawn)


def far_off(operation: Operation) -> Operation:
    """Return the operation with rows unlike any that were seen: large and negative numbers, unknown texts."""
    return _with_other_rows(operation, _far_off_column, _far_off_array)


_FAR_OFF = 30_000
"""Bound of invented numbers; 16 bits hold it."""

_OfColumn = Callable[[Any, np.random.Generator], Any]
_OfArray = Callable[[npt.NDArray[Any], np.random.Generator], npt.NDArray[Any]]


def _with_other_rows(operation: Operation, column: _OfColumn, array: _OfArray) -> Operation:
    def changed(operand: Operand) -> Operand:
        match operand:
            case Rows():
                return replace(operand, sample=_other(operand.sample, operand.kind, column, array))
            case Container():
                return replace(operand, items=tuple(map(changed, operand.items)))
            case Operation():
                return _with_other_rows(operand, column, array)
            case _:
                return operand

    operands = {name: changed(operand) for name, operand in operation.operands.items()}
    return replace(operation, operands=operands)


def _other(sample: Any, kind: str, column: _OfColumn, array: _OfArray) -> Any:
    """Make other rows of the same columns and dtypes."""
    generator = np.random.default_rng(len(sample) if kind != "sparse" else 7)
    if kind == "frame":
        columns = [column(sample.iloc[:, i], generator) for i in range(sample.shape[1])]
        made = pd.concat(columns, axis=1) if columns else sample
        made.columns = sample.columns
        made.index = sample.index
        return made
    if kind == "series":
        return column(sample, generator)
    return array(sample, generator) if kind == "array" else sample


def _invented_column(column: pd.Series[Any], generator: np.random.Generator) -> pd.Series[Any]:
    drawn = column.iloc[_draw(len(column), generator)]
    drawn = drawn.set_axis(column.index)
    can_be_null = column.dtype.kind in "fOMm" or isinstance(column.dtype, pd.StringDtype)
    if can_be_null and len(drawn) > 2:
        drawn.iloc[1] = None if column.dtype.kind == "O" else np.nan
    return drawn


def _drawn(array: npt.NDArray[Any], generator: np.random.Generator) -> npt.NDArray[Any]:
    return array[_draw(len(array), generator)]


def _draw(count: int, generator: np.random.Generator) -> npt.NDArray[np.int64]:
    """Draw rows with replacement; the last is the first once more, in every column."""
    offsets = generator.integers(0, count, count)
    offsets[-1:] = offsets[:1]
    return offsets


def _far_off_column(column: pd.Series[Any], generator: np.random.Generator) -> pd.Series[Any]:
    kind = column.dtype.kind
    if kind in "iufb":
        values = _far_off_array(column.to_numpy(), generator)
        return pd.Series(values, index=column.index, name=column.name).astype(column.dtype)
    made = column.copy()
    if kind == "M":
        made.iloc[::2] += pd.Timedelta(days=4000)
    elif isinstance(column.dtype, pd.StringDtype) or _is_text(column):
        made.iloc[::2] = "a text that no row holds"
    return made


def _is_text(column: pd.Series[Any]) -> bool:
    values = column.dropna() if column.dtype == object else column.iloc[:0]
    return len(values) > 0 and isinstance(values.iloc[0], str)


def _far_off_array(array: npt.NDArray[Any], generator: np.random.Generator) -> npt.NDArray[Any]:
    kind = array.dtype.kind
    if kind == "b":
        return generator.random(array.shape) < 0.5
    if kind not in "iuf":
        return array
    limit = _FAR_OFF if array.dtype.itemsize > 1 else 100
    values = generator.integers(0 if kind == "u" else -limit, limit, array.shape)
    return (values + 0.25 if kind == "f" else values).astype(array.dtype)
