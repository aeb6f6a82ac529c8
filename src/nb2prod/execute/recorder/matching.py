"""Compare rows by content: which rows of a table another one holds, unchanged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from nb2prod.execute.recorder.values import ROW_KINDS, kind_of

Positions: TypeAlias = npt.NDArray[np.int64]
"""Offsets of rows, or rows of the raw table, for each row of a value, shape (n,)."""


def holds_same_values(result: Any, operand: Any) -> bool:
    """Tell whether a result holds an operand's values in the same order, whatever its type."""
    if operand is None or kind_of(operand) not in ROW_KINDS:
        return False
    try:
        ours, theirs = np.asarray(result).ravel(), np.asarray(operand).ravel()
        if ours.shape != theirs.shape:
            return False
        if ours.dtype.kind in "fiub" and theirs.dtype.kind in "fiub":
            return bool(np.array_equal(ours.astype(float), theirs.astype(float), equal_nan=True))
        return _are_equal(ours.astype(object), theirs.astype(object))
    except (TypeError, ValueError):
        return False


def match_rows(part: Any, whole: Any, *, with_replacement: bool = True) -> Positions | None:
    """Find each row of ``part`` among the rows of ``whole`` by content; equal rows are taken in order.

    Args:
        part: Some of the rows.
        whole: All rows.
        with_replacement: Whether a row may stand in ``part`` more often than in ``whole``.

    Returns:
        Offsets into ``whole``, shape (len(part),), or None where a row is not found.
    """
    ours, theirs = _hashes(part, whole), _hashes(whole, part)
    if ours is None or theirs is None:
        return None
    their_keys = pd.MultiIndex.from_arrays([theirs, _occurrence(theirs)])
    found = np.asarray(their_keys.get_indexer(pd.MultiIndex.from_arrays([ours, _occurrence(ours)])))
    missing = found < 0
    if missing.any() and with_replacement:
        # Drawn more often than it occurs: a sample with replacement.
        first = pd.Series(np.arange(len(theirs)), index=theirs)
        first = first[~first.index.duplicated()]
        found[missing] = first.index.get_indexer(pd.Index(ours[missing]))
        taken = found[missing] >= 0
        found[missing] = np.where(taken, first.to_numpy()[found[missing]], -1)
    chosen: Positions = found.astype(np.int64)
    return None if (chosen < 0).any() else chosen


def match_together(parts: Sequence[Any], wholes: Sequence[Any]) -> Positions | None:
    """Find rows that several values share by the content of all of them: it tells more rows apart than each alone.

    Args:
        parts: Some rows of each value, the same and in the same order.
        wholes: The values.

    Returns:
        Offsets into the values, or None where a row is not found.
    """
    ours, theirs = _side_by_side(parts), _side_by_side(wholes)
    if ours is None or theirs is None:
        return None
    return match_rows(ours, theirs, with_replacement=False)


def _side_by_side(values: Sequence[Any]) -> pd.DataFrame | None:
    frames = [_as_frame(value) for value in values]
    if any(frame is None for frame in frames):
        return None
    joined: pd.DataFrame = pd.concat([f for f in frames if f is not None], axis=1)
    return joined.set_axis(range(joined.shape[1]), axis=1)


def holds_rows(part: Any, whole: Any, offsets: Positions) -> bool:
    """Tell whether a value consists of just these rows of another, in this order."""
    ours, theirs = _as_frame(part), _as_frame(whole)
    if ours is None or theirs is None or ours.shape[1] != theirs.shape[1]:
        return False
    taken = theirs.iloc[offsets]
    return _are_equal(ours.to_numpy(dtype=object), taken.to_numpy(dtype=object))


def _occurrence(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    return np.asarray(pd.Series(hashes).groupby(hashes).cumcount(), dtype=np.int64)


def _hashes(value: Any, other: Any) -> npt.NDArray[np.uint64] | None:
    table = _as_frame(value)
    other_table = _as_frame(other)
    if table is None or other_table is None:
        return None
    shared = [c for c in table.columns if c in other_table.columns]
    if not shared or (len(shared) < len(table.columns) and len(shared) < len(other_table.columns)):
        return None
    try:
        found = pd.util.hash_pandas_object(table[shared].astype(object), index=False)
    except TypeError:
        return None
    return np.asarray(found, dtype=np.uint64)


def _as_frame(value: Any) -> pd.DataFrame | None:
    match kind_of(value):
        case "frame":
            frame: pd.DataFrame = value.reset_index(drop=True)
            return frame if frame.columns.is_unique else None
        case "series":
            return pd.DataFrame({value.name: value.reset_index(drop=True)})
        case "array" if value.ndim <= 2:
            return pd.DataFrame(value)
        case "sparse":
            return (
                pd.DataFrame(value.toarray()) if value.shape[0] * value.shape[1] < 10**7 else None
            )
        case "list" | "extension":
            return pd.DataFrame({0: pd.Series(value).astype(object)})
        case _:
            return None


_COMPARED_PART = 64


def part_of(part: Any, table: Any) -> Positions | None:
    """Return where the rows of a copy, a column or a group are in a table that it was taken of, or None.

    Args:
        part: What a library handed to a function.
        table: The table that the library was given; its index must tell rows apart.
    """
    if not isinstance(table, pd.DataFrame | pd.Series) or len(part) == 0:
        return None
    if part.index.equals(table.index):
        found = np.arange(len(part), dtype=np.int64)
    elif table.index.is_unique:
        found = np.asarray(table.index.get_indexer(part.index), dtype=np.int64)
    else:
        return None
    if (found < 0).any():
        return None
    picked = np.unique(np.linspace(0, len(part) - 1, min(len(part), _COMPARED_PART)).astype(int))
    return found if _holds_column_of(part.iloc[picked], table.iloc[found[picked]]) else None


def _holds_column_of(part: Any, table: Any) -> bool:
    """Tell whether two tables of the same rows have an equal column; a group's name is its key, not the column's."""
    theirs = table.to_frame() if isinstance(table, pd.Series) else table
    if isinstance(part, pd.Series):
        values = part.to_numpy(dtype=object)
        alike = (theirs.iloc[:, i] for i, d in enumerate(theirs.dtypes) if d == part.dtype)
        return any(_are_equal(values, column.to_numpy(dtype=object)) for column in alike)
    if not part.columns.is_unique or not theirs.columns.is_unique:
        return False
    shared = [column for column in part.columns if column in theirs.columns]
    return any(
        _are_equal(part[c].to_numpy(dtype=object), theirs[c].to_numpy(dtype=object)) for c in shared
    )


_COMPARED_ROWS = 512


def is_same_content(result: Any, operand: Any, found: npt.NDArray[np.int64]) -> bool:
    """Tell whether the result's rows equal the operand's at ``found``, on the columns that both have."""
    picked = np.unique(np.linspace(0, len(found) - 1, min(len(found), _COMPARED_ROWS)).astype(int))
    if isinstance(result, pd.Series) and isinstance(operand, pd.DataFrame):
        if result.name not in operand.columns or not operand.columns.is_unique:
            return False
        operand = operand[result.name]
    if isinstance(result, pd.DataFrame) and isinstance(operand, pd.DataFrame):
        shared = [c for c in result.columns if c in operand.columns]
        if not shared or len(shared) < min(len(result.columns), len(operand.columns)):
            return False
        result, operand = result[shared], operand[shared]
    if type(result) is not type(operand):
        return False
    ours = result.iloc[picked].to_numpy(dtype=object)
    theirs = operand.iloc[found[picked]].to_numpy(dtype=object)
    return _are_equal(ours, theirs)


def holds_rows_unchanged(result: Any, operand: Any, positions: Positions, known: Positions) -> bool:
    """Tell whether every row of a table is one of another, in all its columns.

    Args:
        result: The table.
        operand: The other one.
        positions: Raw rows of the first.
        known: Raw rows of the second.
    """
    if not isinstance(result, pd.DataFrame) or list(result.columns) != list(operand.columns):
        return False
    where = pd.Index(known)
    if not where.is_unique or not result.columns.is_unique:
        return False
    offsets = where.get_indexer(pd.Index(positions))
    return bool((offsets >= 0).all()) and all(
        _are_equal(
            result[column].to_numpy(dtype=object), operand[column].to_numpy(dtype=object)[offsets]
        )
        for column in result.columns
    )


def _are_equal(ours: npt.NDArray[Any], theirs: npt.NDArray[Any]) -> bool:
    if ours.shape != theirs.shape:
        return False
    with np.errstate(invalid="ignore"):
        both_null = pd.isna(ours) & pd.isna(theirs)
        return bool(np.all(both_null | (ours == theirs)))


def shares_columns(result: Any, operand: Any) -> bool:
    """Tell whether two tables have columns in common, or are two columns."""
    if isinstance(result, pd.DataFrame) and isinstance(operand, pd.DataFrame):
        return bool(set(result.columns) & set(operand.columns))
    return isinstance(result, pd.Series) and isinstance(operand, pd.Series)


def permutation(result: Any, operand: Any) -> Positions | None:
    """Return the order in which the result holds the operand's rows, where it only reordered them."""
    if type(result) is not type(operand) or np.shape(result) != np.shape(operand):
        return None
    if isinstance(result, list):
        return None
    if isinstance(result, pd.DataFrame) and not result.columns.equals(operand.columns):
        return None
    if _dtypes_differ(result, operand):
        return None
    try:
        first, last = _corners(result), _corners(operand)
        if _are_equal(first, last) and _is_equal_throughout(result, operand):
            return None
        if not _may_be_permuted(result, operand):
            return None
        return match_rows(result, operand, with_replacement=False)
    except (TypeError, ValueError):
        return None


def _dtypes_differ(result: Any, operand: Any) -> bool:
    """Tell whether values were converted: the same texts in another dtype are no reordered rows."""
    if isinstance(result, pd.DataFrame):
        return list(result.dtypes) != list(operand.dtypes)
    return bool(getattr(result, "dtype", None) != getattr(operand, "dtype", None))


def _corners(value: Any) -> npt.NDArray[Any]:
    rows = [0, len(value) // 2, len(value) - 1] if len(value) else []
    picked = value.iloc[rows] if isinstance(value, pd.DataFrame | pd.Series) else value[rows]
    return np.asarray(picked, dtype=object)


def _is_equal_throughout(result: Any, operand: Any) -> bool:
    if isinstance(result, pd.DataFrame | pd.Series):
        return bool(result.reset_index(drop=True).equals(operand.reset_index(drop=True)))
    if isinstance(result, np.ndarray) and result.dtype.kind in "fiub":
        return bool(np.array_equal(result, operand, equal_nan=result.dtype.kind == "f"))
    return _are_equal(np.asarray(result, dtype=object), np.asarray(operand, dtype=object))


def _may_be_permuted(result: Any, operand: Any) -> bool:
    """Compare what no reordering changes, cheapest first: hashing every row costs far more."""
    ours, theirs = _first_column(result), _first_column(operand)
    if ours.dtype != theirs.dtype:
        return False
    if ours.dtype.kind not in "fiub":
        return _are_among(ours, theirs)
    if not len(ours) or not _has_same_range(ours.astype(float), theirs.astype(float)):
        return False
    return bool(np.array_equal(np.sort(ours), np.sort(theirs), equal_nan=ours.dtype.kind == "f"))


def _has_same_range(ours: npt.NDArray[Any], theirs: npt.NDArray[Any]) -> bool:
    known, others = ours[~np.isnan(ours)], theirs[~np.isnan(theirs)]
    if len(known) != len(others) or not len(known):
        return len(known) == len(others)
    return bool(known.min() == others.min() and known.max() == others.max())


def _are_among(ours: npt.NDArray[Any], theirs: npt.NDArray[Any]) -> bool:
    """Tell whether a few of our values all occur among theirs."""
    few = pd.Series(ours[:: max(1, len(ours) // 64)]).dropna().unique()
    return bool(pd.Series(few).isin(pd.Series(theirs)).all())


def _first_column(value: Any) -> npt.NDArray[Any]:
    if isinstance(value, pd.DataFrame):
        value = value.iloc[:, 0] if value.shape[1] else pd.Series(dtype=float)
    array = np.asarray(value)
    return array[:, 0] if array.ndim == 2 and array.shape[1] else array
