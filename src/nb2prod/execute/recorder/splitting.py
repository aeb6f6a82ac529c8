"""Settle which rows the parts of a split have, where one value alone does not show it.

``train_test_split(X, y)`` gives the same rows of both. Of an array with few different rows the content says little; of
a column with labels, or of both values side by side, it says more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from nb2prod.execute.recorder.matching import Positions, holds_rows, match_together
from nb2prod.execute.recorder.notes import Note, Pending
from nb2prod.execute.recorder.rows import RowTable

_GUESSED = "content"


def settle_together(
    rows: RowTable, value: Sequence[Any], elements: Sequence[Mapping[str, Any]], pending: Pending
) -> None:
    """Give parts whose rows were found by content those that the parts beside them have.

    Args:
        rows: Where the rows of living values come from.
        value: What a call returned.
        elements: Facts of its parts.
        pending: The call with its operands.
    """
    if not any(element.get("method") == _GUESSED for element in elements):
        return
    operands = _aligned(elements, pending)
    if len(operands) < 2:
        return
    places = [
        [i for i, e in enumerate(elements) if e.get("operand") == note.name] for note in operands
    ]
    if len({len(each) for each in places}) != 1:
        return
    for members in zip(*places, strict=True):
        _settle(rows, [value[i] for i in members], [elements[i] for i in members], operands)


def _aligned(elements: Sequence[Mapping[str, Any]], pending: Pending) -> list[Note]:
    """Return the operands that have the same rows as the first one, in order."""
    names = {element.get("operand") for element in elements}
    notes = [n for n in pending.notes if n.name in names and n.tracked is not None]
    first = notes[0].tracked if notes else None
    return [
        note
        for note in notes
        if first is not None
        and note.tracked is not None
        and np.array_equal(note.tracked.positions, first.positions)
    ]


def _settle(
    rows: RowTable,
    parts: Sequence[Any],
    elements: Sequence[Mapping[str, Any]],
    operands: Sequence[Note],
) -> None:
    wholes = [note.alive() for note in operands]
    tracked = operands[0].tracked
    if tracked is None or any(whole is None for whole in wholes):
        return
    offsets = _known_offsets(rows, parts, elements, tracked.positions)
    if offsets is None:
        offsets = match_together(parts, wholes)
    if offsets is None:
        return
    for part, whole, element in zip(parts, wholes, elements, strict=True):
        if element.get("method") == _GUESSED and holds_rows(part, whole, offsets):
            rows.add(part, tracked.positions[offsets], _GUESSED)


def _known_offsets(
    rows: RowTable,
    parts: Sequence[Any],
    elements: Sequence[Mapping[str, Any]],
    positions: Positions,
) -> Positions | None:
    """Return the rows of a part that labels identify, or None where there is none."""
    where = pd.Index(positions)
    for part, element in zip(parts, elements, strict=True):
        known = rows.find(part) if element.get("method") != _GUESSED else None
        if known is not None and where.is_unique:
            found = where.get_indexer(pd.Index(known.positions))
            return None if (found < 0).any() else found.astype(np.int64)
    return None
