"""Note operands before an operation runs."""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np
import numpy.typing as npt

from nb2prod.execute.recorder import operation as operations
from nb2prod.execute.recorder.by_identity import ByIdentity
from nb2prod.execute.recorder.instrument import Site
from nb2prod.execute.recorder.matching import Positions
from nb2prod.execute.recorder.notes import Note, counts_references, marks_of
from nb2prod.execute.recorder.operation import Operand, Operation
from nb2prod.execute.recorder.rows import RowTable, Tracked
from nb2prod.execute.recorder.values import ROW_KINDS, is_of_pandas, kind_of, row_count, take


class Noter:
    """Note operands with their rows.

    Args:
        rows: Where the rows of living values come from.

    Attributes:
        wanted: Rows of the raw table that samples should hold.
    """

    def __init__(self, rows: RowTable) -> None:
        self._rows = rows
        self._recipes = ByIdentity[tuple[Operation, tuple[Tracked, ...]]]()
        self.wanted = np.empty(0, dtype=np.int64)
        self._last: tuple[Positions, npt.NDArray[np.int64]] | None = None

    def remember_accessor(self, value: Any, made: Operation, sources: tuple[Tracked, ...]) -> None:
        """Keep how an intermediate object such as ``df.str`` or a GroupBy is made, for as long as it lives."""
        self._recipes.remember(value, (made, sources))

    def note(self, value: Any, site: Site, index: str) -> Note:
        """Note an operand; it is not kept alive where pandas counts references to it."""
        kind = kind_of(value)
        note = Note(index, kind)
        if kind in ROW_KINDS:
            note.tracked = self._rows.find(value)
            note.length = row_count(value, kind)
        elif kind == "dict":
            note.length = len(value)
        if note.tracked is not None:
            self._note_rows(value, note, site)
        elif kind in {"list", "tuple", "dict"} and self._holds_rows(value):
            note.sample, note.sources = self._container(value)
            note.value = value
        elif kind == "accessor":
            note.value = None if counts_references(site) else value
            recipe = self._recipes.find(value)
            if recipe is not None:
                note.sample, note.sources = recipe
            else:
                note.sample = operations.Unknown(f"a {type(value).__name__}")
        elif kind in {"frame", "series"}:
            note.reference = weakref.ref(value)
            note.sample = operations.fixed(value, kind)
        elif is_of_pandas(value) and (recipe := self._recipes.find(value)) is not None:
            note.value = value
            note.sample, note.sources = recipe
        else:
            note.value = value
            note.sample = operations.fixed(value, kind)
        return note

    def _note_rows(self, value: Any, note: Note, site: Site) -> None:
        tracked = note.tracked
        assert tracked is not None
        note.sources = (tracked,)
        if note.kind == "list":
            note.value = value
        elif counts_references(site):
            note.reference = weakref.ref(value)
        else:
            note.value = value
        offsets = self._offsets(tracked.positions)
        sample = take(value, note.kind, offsets)
        note.sample = operations.Rows(sample, note.kind, tracked.positions[offsets])
        if site.kind in {"method", "call"}:
            note.marks = marks_of(value, note.kind, offsets)

    def _offsets(self, positions: Positions) -> npt.NDArray[np.int64]:
        """Choose the sampled rows; the many columns of a table share one choice."""
        if self._last is None or self._last[0] is not positions:
            self._last = (positions, operations.sample_offsets(positions, self.wanted))
        return self._last[1]

    def _holds_rows(self, value: Any) -> bool:
        items = value.values() if isinstance(value, dict) else value
        if len(items) > 256:
            return False
        return any(
            kind_of(item) in ROW_KINDS and self._rows.find(item) is not None for item in items
        )

    def _container(self, value: Any) -> tuple[Operand, tuple[Tracked, ...]]:
        items = list(value.values()) if isinstance(value, dict) else list(value)
        made: list[Operand] = []
        sources: list[Tracked] = []
        for item in items:
            kind = kind_of(item)
            tracked = self._rows.find(item) if kind in ROW_KINDS else None
            if tracked is None:
                made.append(operations.fixed(item, kind))
                continue
            sources.append(tracked)
            offsets = self._offsets(tracked.positions)
            made.append(
                operations.Rows(take(item, kind, offsets), kind, tracked.positions[offsets])
            )
        keys = tuple(value) if isinstance(value, dict) else None
        return operations.Container(keys, tuple(made), isinstance(value, tuple)), tuple(sources)
