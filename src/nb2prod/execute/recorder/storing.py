"""Facts of a store into a table: rows of other tables in it, and columns that it renames."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from nb2prod.execute.recorder.notes import Note, Pending


def of_other_rows(pending: Pending, receiver: Note) -> list[str]:
    """Return columns that pandas would align by labels which mean other rows than the table's."""
    table = receiver.tracked
    if table is None or table.index is None or not table.index.is_unique:
        return []
    found = []
    for note in pending.notes:
        own = note.tracked if note.kind in {"series", "frame"} and note.name == "value" else None
        if own is None or own.index is None or not own.index.is_unique:
            continue
        where = own.index.get_indexer(table.index)
        known = where >= 0
        if not np.array_equal(own.positions[where[known]], table.positions[known]):
            found.append(note.name)
    return found


def renamed(receiver: Note, pending: Pending) -> dict[str, Any]:
    """Return the names that a table's columns had and those that it is about to get."""
    table = receiver.alive()
    given = next((n.value for n in pending.notes if n.name == "value"), None)
    if not isinstance(table, pd.DataFrame) or given is None or len(given) != len(table.columns):
        return {}
    return {"columns": [str(c) for c in given], "columns_before": [str(c) for c in table.columns]}
