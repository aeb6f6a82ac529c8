"""Follow each row of the raw table through copies, filters, shuffles and lost indexes.

Positions are kept beside the objects, by identity, with weak references: the notebook's objects stay as they are.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nb2prod.execute.recorder.values import ROW_KINDS, kind_of, row_count

Positions = npt.NDArray[np.int64]
"""Row of the raw table for each row of a value, shape (n,)."""

_LIST_LIMIT = 64


@dataclass(slots=True)
class Tracked:
    """A value whose rows are known.

    Attributes:
        reference: Returns the value while it lives.
        positions: Where its rows come from.
        index: Its labels when it was registered; pandas objects only.
        method: How the rows were identified: ``label``, ``order`` or ``content``, the weakest on the way.
    """

    reference: Any
    positions: Positions
    index: pd.Index | None
    method: str


class _Kept:
    """A strong reference in the form of a weak one."""

    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:
        self._value = value

    def __call__(self) -> Any:
        return self._value


class RowTable:
    """Positions by object identity."""

    def __init__(self) -> None:
        self._tracked: dict[int, Tracked] = {}
        self._lists: list[int] = []
        self._adopted: dict[int, tuple[Any, Tracked]] = {}

    def add(self, value: Any, positions: Positions, method: str) -> None:
        """Remember where the rows of ``value`` come from."""
        key = id(value)
        index = value.index if isinstance(value, pd.DataFrame | pd.Series) else None
        if isinstance(value, list):
            # Lists take no weak references, so a few are kept alive: else their address could be reused unseen.
            self._lists.append(key)
            if len(self._lists) > _LIST_LIMIT:
                self._tracked.pop(self._lists.pop(0), None)
            reference: Any = _Kept(value)
        else:
            reference = weakref.ref(value, lambda _: self._tracked.pop(key, None))
        self._tracked[key] = Tracked(reference, positions, index, method)

    def find(self, value: Any) -> Tracked | None:
        """Return what is known of a value's rows, or None.

        A pandas object that was changed in place since is followed by its labels; where that fails, it is forgotten.
        """
        tracked = self._tracked.get(id(value))
        if tracked is None or tracked.reference() is not value:
            return self._adopted_rows(value)
        if tracked.index is not None and value.index is not tracked.index:
            return self._follow(value, tracked)
        if row_count(value, kind_of(value)) != len(tracked.positions):
            self._tracked.pop(id(value), None)
            return None
        return tracked

    def adopt(self, frame: pd.DataFrame, tracked: Tracked) -> None:
        """Remember that an empty table is about to receive a column: its rows are the column's from then on."""
        key = id(frame)
        reference = weakref.ref(frame, lambda _: self._adopted.pop(key, None))
        self._adopted[key] = (reference, tracked)

    def _adopted_rows(self, value: Any) -> Tracked | None:
        found = self._adopted.get(id(value))
        if found is None or found[0]() is not value:
            return None
        tracked = found[1]
        if tracked.index is None or not value.index.equals(tracked.index):
            return None
        self._adopted.pop(id(value), None)
        self.add(value, tracked.positions, tracked.method)
        return self._tracked[id(value)]

    def arrays(self) -> list[npt.NDArray[Any]]:
        """Return the living arrays whose rows are known."""
        found = [tracked.reference() for tracked in list(self._tracked.values())]
        return [value for value in found if isinstance(value, np.ndarray)]

    def forget(self, value: Any) -> None:
        """Drop what is known of a value."""
        self._tracked.pop(id(value), None)

    def _follow(self, value: Any, tracked: Tracked) -> Tracked | None:
        old = tracked.index
        assert old is not None
        new = value.index
        method = tracked.method
        is_rebuilt = isinstance(new, pd.RangeIndex) and len(new) == len(old)
        if new.equals(old):
            positions = tracked.positions
        elif is_rebuilt:
            positions, method = tracked.positions, _weaker(method, "order")
        elif old.is_unique and (found := old.get_indexer(new)).min(initial=0) >= 0:
            positions = tracked.positions[found]
        elif len(new) == len(old):
            positions, method = tracked.positions, _weaker(method, "order")
        else:
            self._tracked.pop(id(value), None)
            return None
        self.add(value, positions, method)
        return self._tracked[id(value)]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a result's rows come from.

    Attributes:
        relation: ``kept`` where the result has the operand's rows in their order, ``rows`` where it has some of them
            unchanged.
        positions: Raw rows of the result.
        method: How they were identified.
    """

    relation: str
    positions: Positions
    method: str


def origin(result: Any, operand: Any, tracked: Tracked, *, is_selection: bool) -> Origin | None:
    """Find which rows of ``operand`` a result consists of.

    Args:
        result: A value with a first axis.
        operand: The operand, alive.
        tracked: What is known of the operand's rows.
        is_selection: Whether the operation can select rows by its form (a subscript, or one of several results), so
            that a shorter array may be some of the rows.

    Returns:
        None where the result's first axis is no row axis of the operand.
    """
    kind = kind_of(result)
    if kind not in ROW_KINDS:
        return None
    if kind in {"frame", "series", "index"} and tracked.index is not None:
        return _by_label(result, operand, tracked)
    if kind == "index" and not isinstance(operand, pd.Index):
        return None
    count = row_count(result, kind)
    if count == len(tracked.positions):
        order = _permutation(result, operand)
        if order is None:
            return Origin("kept", tracked.positions, _weaker(tracked.method, "order"))
        if not is_selection:
            return None
        return Origin("rows", tracked.positions[order], "content")
    return _by_content(result, operand, tracked) if is_selection else None


def joined_origin(result: Any, parts: list[tuple[Any, Tracked]]) -> Origin | None:
    """Find the rows of a table that consists of several tables, one below the other.

    Args:
        result: The joined table.
        parts: The tables, alive, in order.
    """
    if kind_of(result) not in {"frame", "series"} or len(parts) < 2:
        return None
    if len(result) != sum(len(tracked.positions) for _, tracked in parts):
        return None
    start = 0
    for part, tracked in parts:
        if type(part) is not type(result):
            return None
        block = result.iloc[start : start + len(part)]
        if not _is_same_content(block, part, np.arange(len(part))):
            return None
        start += len(tracked.positions)
    positions = np.concatenate([tracked.positions for _, tracked in parts])
    return Origin("rows", positions, "content")


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


def _by_label(result: Any, operand: Any, tracked: Tracked) -> Origin | None:
    labels = result if isinstance(result, pd.Index) else result.index
    old = tracked.index
    assert old is not None
    positions = tracked.positions
    if labels is old or (len(labels) == len(old) and labels.equals(old)):
        order = None if isinstance(result, pd.Index) else _permutation(result, operand)
        if order is None:
            return Origin("kept", positions, tracked.method)
        return Origin("rows", positions[order], "content")
    if len(labels) == 0:
        return _nothing(result, operand)
    if _has_new_labels(result, old) and (found := _by_rebuilt_index(result, operand, tracked)):
        return found
    return _among_labels(result, operand, tracked, labels)


def _has_new_labels(result: Any, old: pd.Index) -> bool:
    """Tell whether a table of as many rows was numbered anew."""
    if isinstance(result, pd.Index) or isinstance(old, pd.RangeIndex):
        return False
    return isinstance(result.index, pd.RangeIndex) and len(result) == len(old)


def _among_labels(result: Any, operand: Any, tracked: Tracked, labels: pd.Index) -> Origin | None:
    old, positions = tracked.index, tracked.positions
    assert old is not None
    if old.is_unique and not isinstance(labels, pd.MultiIndex):
        found = old.get_indexer(labels)
        if found.min() >= 0:
            if isinstance(result, pd.Index) or _is_same_content(result, operand, found):
                return Origin("rows", positions[found], tracked.method)
            if len(labels) == len(old):
                # Reordered by label and changed in one operation.
                return Origin("kept", positions[found], tracked.method)
    if isinstance(result, pd.Index):
        return None
    if not old.is_unique and len(labels) < len(old):
        return _by_content(result, operand, tracked)
    return _by_rebuilt_index(result, operand, tracked)


def _nothing(result: Any, operand: Any) -> Origin | None:
    if kind_of(result) != kind_of(operand):
        return None
    return Origin("rows", np.empty(0, dtype=np.int64), "label")


def _by_rebuilt_index(result: Any, operand: Any, tracked: Tracked) -> Origin | None:
    """Follow rows whose labels were replaced, as ``reset_index`` does: by order, then by content."""
    if len(result) == len(tracked.positions) and _is_same_content(
        result, operand, np.arange(len(result))
    ):
        return Origin("kept", tracked.positions, _weaker(tracked.method, "order"))
    if isinstance(result.index, pd.RangeIndex):
        return _by_content(result, operand, tracked)
    if len(result) == len(tracked.positions) and _shares_columns(result, operand):
        # set_index and the like: the rows stay where they were.
        return Origin("kept", tracked.positions, _weaker(tracked.method, "order"))
    return None


def _by_content(result: Any, operand: Any, tracked: Tracked) -> Origin | None:
    if row_count(result, kind_of(result)) == 0:
        return None
    order = match_rows(result, operand)
    if order is None:
        return None
    return Origin("rows", tracked.positions[order], "content")


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


_COMPARED_ROWS = 512


def _is_same_content(result: Any, operand: Any, found: npt.NDArray[np.int64]) -> bool:
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


def _are_equal(ours: npt.NDArray[Any], theirs: npt.NDArray[Any]) -> bool:
    if ours.shape != theirs.shape:
        return False
    with np.errstate(invalid="ignore"):
        both_null = pd.isna(ours) & pd.isna(theirs)
        return bool(np.all(both_null | (ours == theirs)))


def _shares_columns(result: Any, operand: Any) -> bool:
    if isinstance(result, pd.DataFrame) and isinstance(operand, pd.DataFrame):
        return bool(set(result.columns) & set(operand.columns))
    return isinstance(result, pd.Series) and isinstance(operand, pd.Series)


def _permutation(result: Any, operand: Any) -> Positions | None:
    """Return the order in which the result holds the operand's rows, where it only reordered them."""
    if type(result) is not type(operand) or np.shape(result) != np.shape(operand):
        return None
    if isinstance(result, list):
        return None
    if isinstance(result, pd.DataFrame) and not result.columns.equals(operand.columns):
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


def _weaker(one: str, other: str) -> str:
    order = ("label", "order", "content")
    return order[max(order.index(one), order.index(other))]
