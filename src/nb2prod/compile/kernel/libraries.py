"""Functions of pandas on stand-ins; everything else of pandas stays what it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from nb2prod.compile.kernel.column import Column
from nb2prod.compile.kernel.frame import Frame, as_node, beside
from nb2prod.compile.kernel.node import NoKernel


class Pandas:
    """What features see as ``pandas`` while they are followed."""

    Series = pd.Series

    def __getattr__(self, name: str) -> Any:
        found = getattr(pd, name)
        return _Guarded(found, name) if callable(found) and not isinstance(found, type) else found

    def to_datetime(self, column: Any, **options: Any) -> Any:
        """Return dates."""
        if not isinstance(column, Column):
            return pd.to_datetime(column, **options)
        if options:
            raise NoKernel("pandas.to_datetime with options")
        if column.node.has_only(pd.Timestamp):
            return column
        if not column.node.has_only(str):
            raise NoKernel("pandas.to_datetime of numbers")
        return column.make("NaT if missing(x) else Timestamp(x)")

    def to_numeric(self, column: Any, errors: Any = "raise") -> Any:
        """Return numbers."""
        if not isinstance(column, Column):
            return pd.to_numeric(column, errors=errors)
        if column.node.has_only(int, float):
            return column
        raise NoKernel("pandas.to_numeric of texts")

    def isna(self, value: Any) -> Any:
        """Return where there are no values."""
        return value.isna() if isinstance(value, Column | Frame) else pd.isna(value)

    isnull = isna

    def notna(self, value: Any) -> Any:
        """Return where there are values."""
        return value.notna() if isinstance(value, Column) else pd.notna(value)

    notnull = notna

    def concat(self, parts: Iterable[Any], axis: Any = 0, **_: Any) -> Any:
        """Return the columns of several tables."""
        given = list(parts)
        if not any(isinstance(part, Column | Frame) for part in given):
            return pd.concat(given, axis=axis)
        if axis not in {1, "columns"}:
            raise NoKernel("pandas.concat of rows")
        return beside(given)

    def DataFrame(self, data: Any = None, columns: Any = None, **options: Any) -> Any:  # noqa: N802
        """Return a table of columns."""
        if isinstance(data, Frame):
            labels = list(data.nodes) if columns is None else list(columns)
            nodes = dict(zip(labels, data.nodes.values(), strict=True))
            return Frame(data.trace, nodes)
        if isinstance(data, dict) and any(isinstance(part, Column) for part in data.values()):
            trace = next(p.trace for p in data.values() if isinstance(p, Column))
            return Frame(trace, {name: as_node(trace, part) for name, part in data.items()})
        return pd.DataFrame(data, columns=columns, **options)


class _Guarded:
    """A function of pandas that has no form for one row, unless it is given something else."""

    def __init__(self, function: Any, name: str) -> None:
        self._function = function
        self._name = name

    def __call__(self, *args: Any, **options: Any) -> Any:
        if any(isinstance(arg, Column | Frame) for arg in (*args, *options.values())):
            raise NoKernel(f"pandas.{self._name}")
        return self._function(*args, **options)
