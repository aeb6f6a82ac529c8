"""What is known about a value: from which table it comes, and what happened to it."""

from collections.abc import Iterable
from typing import Any, NamedTuple


class Value(NamedTuple):
    """What a name or expression holds, as far as it can be followed.

    Attributes:
        kind: ``data``, ``estimator``, ``index``, ``rows`` (several data values), or empty.
        path: For an estimator: its class.
        tables: Numbers of the reads that the data come from.
        part: ``whole``, ``train``, ``test`` or ``validation``.
        split: Number of the split that made the part.
        column: For one column of a table: its name.
        columns: The columns chosen, or None when all are there but the dropped ones.
        dropped: Columns taken away.
        is_known: Whether ``columns`` and ``dropped`` tell all about the columns.
        fits: Numbers of the fits whose result is in the data.
        draws: Numbers of the resamplings that the data come from.
        rows: Numbers of the row choices that made the data.
        is_ordered: Whether a column was computed from the rows before.
        models: For predictions: numbers of the fits of the model that made them.
        elements: For several data values: them.
    """

    kind: str = ""
    path: str = ""
    tables: frozenset[int] = frozenset()
    part: str = "whole"
    split: int = 0
    column: str | None = None
    columns: frozenset[str] | None = None
    dropped: frozenset[str] = frozenset()
    is_known: bool = False
    fits: frozenset[int] = frozenset()
    draws: frozenset[int] = frozenset()
    rows: frozenset[int] = frozenset()
    is_ordered: bool = False
    models: frozenset[int] = frozenset()
    elements: "tuple[Value, ...]" = ()

    @property
    def is_data(self) -> bool:
        """Say whether it comes from a table."""
        return self.kind == "data"

    def changed(self, **changes: object) -> "Value":
        """Return the value with some attributes changed: what `_replace` does, in half its time."""
        made: list[Any] = list(self)
        for name, value in changes.items():
            made[_PLACES[name]] = value
        return tuple.__new__(Value, made)

    def holds(self, column: str) -> bool:
        """Say whether a column is surely among its columns."""
        if not self.is_known or column in self.dropped:
            return False
        return self.columns is None or column in self.columns


_PLACES = {name: place for place, name in enumerate(Value._fields)}

NOTHING = Value()
"""A value about which nothing is known."""


def merged(values: Iterable[Value]) -> Value:
    """Return what is known about data that are computed from several values."""
    data = [value for value in values if value.kind == "data"]
    if len(data) <= 1:
        return data[0] if data else NOTHING
    parts = {value.part for value in data}
    single = {value.column for value in data}
    return data[0].changed(
        tables=frozenset().union(*(value.tables for value in data)),
        part=parts.pop() if len(parts) == 1 else "whole",
        column=single.pop() if len(single) == 1 else None,
        is_known=False,
        fits=frozenset().union(*(value.fits for value in data)),
        draws=frozenset().union(*(value.draws for value in data)),
        models=frozenset().union(*(value.models for value in data)),
        rows=frozenset().union(*(value.rows for value in data)),
        is_ordered=any(value.is_ordered for value in data),
    )
