"""Find the first statement after which a row alone and the same row beside others differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from nb2prod.prove.equality import compare
from nb2prod.prove.tracing import tables_by_line


@dataclass(frozen=True, slots=True)
class Blame:
    """The statement that made the difference.

    Attributes:
        file: Module of the version.
        line: Line of the statement.
        name: The variable that differs after it.
        difference: Both values in words.
    """

    file: str
    line: int
    name: str
    difference: str


def blame(step: Any, rows: pd.DataFrame, row: int) -> Blame | None:
    """Trace the features of one row, alone and in the batch.

    Args:
        step: The pipeline's features step.
        rows: The batch.
        row: Position of the row that differs.
    """
    alone = tables_by_line(step, rows.iloc[[row]].reset_index(drop=True))
    batch = tables_by_line(step, rows.reset_index(drop=True))
    for (line, names), (other_line, others) in zip(alone, batch, strict=False):
        if line != other_line:
            return Blame("features.py", line, "", "another way was taken")
        for name, value in names.items():
            if name not in others or len(value) != 1 or len(others[name]) != len(rows):
                continue
            found = compare(value, others[name].iloc[[row]], list(value.columns))
            if found.mismatches:
                return Blame("features.py", line, name, found.first or "")
    return None
