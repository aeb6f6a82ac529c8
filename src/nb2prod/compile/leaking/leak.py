"""What a leak is: a place, what it is, and how many held-out rows it saw."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What saw held-out rows."""

    STATISTIC = "statistic"
    """A value over rows, such as a mean; also one for each group."""
    TARGET = "target statistic"
    """A statistic of the column that is predicted, which makes or chooses features."""
    FIT = "fit"
    """An object that is fitted."""
    OWN = "own statistic"
    """A statistic or fit of held-out rows alone: they are measured by themselves."""
    CHOICE = "choice"
    """A score on held-out rows that decides which model is kept."""
    RESAMPLED = "resampled"
    """Rows that stand in the table more than once before it is split."""
    ROWS = "choice of rows"
    """A statistic that decides which rows are kept."""
    ANSWER = "answer"
    """A feature that says what is predicted."""
    CATEGORIES = "categories"
    """Which values a column has: held-out rows can add some."""
    CONDITION = "condition"
    """Whether something occurs at all."""


MILD = frozenset({Kind.CATEGORIES, Kind.CONDITION})
"""What is only remarked on: the effect is a column or a code for values that training lacks."""

NOT_REFITTED = MILD | {Kind.CHOICE, Kind.RESAMPLED, Kind.ROWS, Kind.ANSWER}
"""What keeps its value when the others are learned again."""


@dataclass(frozen=True, slots=True)
class Leak:
    """One place that saw held-out rows.

    Attributes:
        kind: What it is.
        cell: Position of the cell.
        line: Line within the cell, from 1.
        column: Column in characters, from 1.
        end_line: Last line.
        end_column: Column after the last character.
        text: The expression.
        rows: Raw rows that went in.
        held_out_rows: How many of them are held out for the scored predict.
        called_from: Cell and line of the outermost calls, where it stands in a function.
        key: The recording's key of the place.
    """

    kind: Kind
    cell: int
    line: int
    column: int
    end_line: int
    end_column: int
    text: str
    rows: int
    held_out_rows: int
    called_from: tuple[tuple[int, int], ...]
    key: str

    @property
    def is_mild(self) -> bool:
        """Tell whether it is only remarked on."""
        return self.kind in MILD

    @property
    def is_refitted(self) -> bool:
        """Tell whether it can be learned again on training rows."""
        return self.kind not in NOT_REFITTED

    def as_json(self) -> dict[str, Any]:
        """Return what ``leaks.json`` says of it."""
        return {
            "kind": str(self.kind),
            "is_mild": self.is_mild,
            "cell": self.cell,
            "line": self.line,
            "column": self.column,
            "end_line": self.end_line,
            "end_column": self.end_column,
            "expression": self.text,
            "rows": self.rows,
            "held_out_rows": self.held_out_rows,
            "called_from": [{"cell": cell, "line": line} for cell, line in self.called_from],
        }
