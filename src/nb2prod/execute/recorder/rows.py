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

from nb2prod.execute.recorder.matching import (
    Positions,
    is_same_content,
    match_rows,
    part_of,
    permutation,
    shares_columns,
)
from nb2prod.execute.recorder.values import ROW_KINDS, kind_of, row_count

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
        self._piped: list[Tracked] = []
        self.handed_kind = ""

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
            return self._adopted_rows(value) or self._piped_rows(value)
        if tracked.index is not None and value.index is not tracked.index:
            return self._follow(value, tracked)
        if row_count(value, kind_of(value)) != len(tracked.positions):
            self._tracked.pop(id(value), None)
            return None
        return tracked

    def pipe(self, tracked: Tracked) -> None:
        """Expect copies or parts of a table: pandas hands them to a function that it is given."""
        self._piped.append(tracked)

    def end_pipe(self) -> None:
        """Expect them no more: the call has returned."""
        if self._piped:
            self._piped.pop()

    @property
    def expects_parts(self) -> bool:
        """Tell whether a library runs a function of the user's on a table."""
        return bool(self._piped)

    def end_pipes(self) -> None:
        """Expect no copies: an exception may have left functions without their end."""
        self._piped.clear()

    def _piped_rows(self, value: Any) -> Tracked | None:
        if not isinstance(value, pd.DataFrame | pd.Series):
            return None
        for tracked in reversed(self._piped):
            offsets = part_of(value, tracked.reference())
            if offsets is not None:
                self.add(value, tracked.positions[offsets], tracked.method)
                self.handed_kind = kind_of(value)
                return self._tracked[id(value)]
        return None

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
        order = permutation(result, operand)
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
        if not is_same_content(block, part, np.arange(len(part))):
            return None
        start += len(tracked.positions)
    positions = np.concatenate([tracked.positions for _, tracked in parts])
    return Origin("rows", positions, "content")


def _by_label(result: Any, operand: Any, tracked: Tracked) -> Origin | None:
    labels = result if isinstance(result, pd.Index) else result.index
    old = tracked.index
    assert old is not None
    positions = tracked.positions
    if labels is old or (len(labels) == len(old) and labels.equals(old)):
        order = None if isinstance(result, pd.Index) else permutation(result, operand)
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
            if isinstance(result, pd.Index) or is_same_content(result, operand, found):
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
    if len(result) == len(tracked.positions) and is_same_content(
        result, operand, np.arange(len(result))
    ):
        return Origin("kept", tracked.positions, _weaker(tracked.method, "order"))
    if isinstance(result.index, pd.RangeIndex):
        return _by_content(result, operand, tracked)
    if len(result) == len(tracked.positions) and shares_columns(result, operand):
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


def _weaker(one: str, other: str) -> str:
    order = ("label", "order", "content")
    return order[max(order.index(one), order.index(other))]
