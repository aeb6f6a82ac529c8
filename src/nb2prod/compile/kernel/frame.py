"""The table while features are followed: columns of one row, by label, that behave as a DataFrame does."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from nb2prod.compile.kernel.column import Column, named
from nb2prod.compile.kernel.functions import array_function
from nb2prod.compile.kernel.node import Node, NoKernel
from nb2prod.compile.kernel.trace import Trace

FEATURES_FILE = "<features>"
"""File name under which features are compiled to be followed; their lines lead to the notebook's cells."""


class Frame:
    """A table.

    Args:
        trace: Where statements are written down.
        nodes: The value of each column in a row.
    """

    __array_priority__ = 1000
    ndim = 2

    def __init__(self, trace: Trace, nodes: Mapping[Any, Node]) -> None:
        self.__dict__.update(trace=trace, nodes=dict(nodes))

    nodes: dict[Any, Node]
    trace: Trace

    def column(self, label: Any) -> Column:
        """Return one column."""
        if label not in self.nodes:
            raise NoKernel(f"the column {label!r}, which one row does not have")
        return Column(self.trace, self.nodes[label], label)

    def each(self, change: Callable[[Column], Any]) -> Frame:
        """Return a table whose columns are changed."""
        changed = {label: change(self.column(label)) for label in self.nodes}
        return Frame(self.trace, {label: as_node(self.trace, c) for label, c in changed.items()})

    # --- what has no form for one row -------------------------------------------------------------

    def __getattr__(self, name: str) -> Any:
        if name in self.nodes:
            return self.column(name)
        if name.startswith("__"):
            raise AttributeError(name)
        raise NoKernel(f"DataFrame.{name}")

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "columns":
            self.nodes = dict(zip(list(value), self.nodes.values(), strict=True))
        elif name == "nodes":
            self.__dict__["nodes"] = value
        else:
            self[name] = value

    def __len__(self) -> int:
        raise NoKernel("the number of rows")

    def __bool__(self) -> bool:
        raise NoKernel("a branch on a table")

    def __array__(self, *_: Any, **__: Any) -> NoReturn:
        raise NoKernel("a table handed to a library as an array")

    # --- columns ----------------------------------------------------------------------------------

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, Column):
            return Kept(key.node)
        if isinstance(key, list | pd.Index | np.ndarray):
            return Frame(self.trace, {label: self.column(label).node for label in key})
        if isinstance(key, tuple) and key[:1] == (slice(None),):
            return self.iloc[key]
        return self.column(key)

    def __setitem__(self, key: Any, value: Any) -> None:
        self.trace.line = _line()
        if isinstance(key, list | pd.Index):
            given = list(value.nodes.values()) if isinstance(value, Frame) else [value] * len(key)
            for label, each in zip(key, given, strict=True):
                self.nodes[label] = self.trace.bind(label, as_node(self.trace, each))
        elif isinstance(key, Column | slice | tuple):
            raise NoKernel("a store into rows picked by a condition")
        else:
            self.nodes[key] = self.trace.bind(key, as_node(self.trace, value))

    def __delitem__(self, key: Any) -> None:
        del self.nodes[key]

    def __contains__(self, key: object) -> bool:
        return key in self.nodes

    def __iter__(self) -> Iterator[Any]:
        return iter(self.nodes)

    @property
    def columns(self) -> pd.Index[Any]:
        """The labels."""
        labels: pd.Index[Any] = pd.Index(list(self.nodes))
        return labels

    @property
    def values(self) -> Frame:
        """The table."""
        return self

    @property
    def loc(self) -> Loc:
        """Rows and columns by label."""
        return Loc(self)

    @property
    def iloc(self) -> Loc:
        """Rows and columns by position."""
        return Loc(self, by_position=True)

    def to_numpy(self, *_: Any, **__: Any) -> Frame:
        """Return the table."""
        return self

    def copy(self, *_: Any, **__: Any) -> Frame:
        """Return the table, to be changed by itself."""
        return Frame(self.trace, self.nodes)

    def reset_index(self, *, drop: bool = False, **_: Any) -> Frame:
        """Return the table: one row has no index to speak of."""
        if not drop:
            raise NoKernel("reset_index that makes a column")
        return self.copy()

    def drop(self, labels: Any = None, axis: Any = 0, columns: Any = None, **_: Any) -> Frame:
        """Return the table without some columns."""
        gone = columns if columns is not None else labels
        if columns is None and axis not in {1, "columns"}:
            raise NoKernel("rows dropped by label")
        names = {gone} if isinstance(gone, str) else set(gone)
        return Frame(self.trace, {k: n for k, n in self.nodes.items() if k not in names})

    def rename(self, mapper: Any = None, columns: Any = None, axis: Any = None, **_: Any) -> Frame:
        """Return the table with other labels."""
        names = columns if columns is not None else mapper
        if columns is None and axis not in {1, "columns"}:
            raise NoKernel("rows renamed")
        of = names if callable(names) else lambda label: names.get(label, label)
        return Frame(self.trace, {of(label): node for label, node in self.nodes.items()})

    def assign(self, **columns: Any) -> Frame:
        """Return the table with further columns."""
        found = self.copy()
        for name, value in columns.items():
            found[name] = value(found) if callable(value) else value
        return found

    def insert(self, position: int, label: Any, value: Any, **_: Any) -> None:
        """Put a column at a position."""
        self[label] = value
        order = [name for name in self.nodes if name != label]
        order.insert(position, label)
        self.nodes = {name: self.nodes[name] for name in order}

    def pop(self, label: Any) -> Column:
        """Take a column away."""
        found = self.column(label)
        del self.nodes[label]
        return found

    def reindex(self, *, columns: Iterable[Any], fill_value: Any = float("nan")) -> Frame:
        """Return the table with just some columns, in order."""
        missing = as_node(self.trace, fill_value)
        return Frame(self.trace, {label: self.nodes.get(label, missing) for label in columns})

    def dropna(self, subset: Any = None, **options: Any) -> Kept:
        """Return the rows without nulls."""
        if options:
            raise NoKernel("dropna with options")
        labels = (
            list(self.nodes)
            if subset is None
            else [subset]
            if isinstance(subset, str)
            else list(subset)
        )
        condition = self.column(labels[0]).notna()
        for label in labels[1:]:
            condition &= self.column(label).notna()
        return Kept(condition.node)

    def join(self, other: Frame, **options: Any) -> Frame:
        """Return the columns of both tables."""
        if options:
            raise NoKernel("join with options")
        return beside([self, other])

    # --- values -----------------------------------------------------------------------------------

    def fillna(self, value: Any, **_: Any) -> Frame:
        """Return the table with other values for nulls: one, or one by column."""
        if isinstance(value, pd.Series | dict):
            known = dict(value)
            return self.each(lambda c: c.fillna(known[c.name]) if c.name in known else c)
        return self.each(lambda column: column.fillna(value))

    def replace(self, *args: Any, **options: Any) -> Frame:
        """Return the table with some values replaced by others, in all columns."""
        return self.each(lambda column: column.replace(*args, **options))

    def astype(self, dtype: Any, **_: Any) -> Frame:
        """Return the table in another type: one, or one by column."""
        if isinstance(dtype, dict | pd.Series):
            known = dict(dtype)
            return self.each(lambda c: c.astype(known[c.name]) if c.name in known else c)
        return self.each(lambda column: column.astype(dtype))

    def apply(self, function: Any, axis: Any = 0, **options: Any) -> Any:
        """Return what a function makes of each column, or of each row."""
        if options:
            raise NoKernel("DataFrame.apply with options")
        if axis in {0, "index"}:
            return self.each(function)
        parts = ", ".join(f"{label!r}: a{place}" for place, label in enumerate(self.nodes))
        given = {f"a{place}": node for place, node in enumerate(self.nodes.values())}
        call = "f(Row({" + parts + "}))"
        return Column(self.trace, self.trace.make(call, f=named(self.trace, function), **given))

    def map(self, function: Any) -> Frame:
        """Return what a function makes of each value."""
        return self.each(lambda column: column.apply(function))

    applymap = map  # noqa: A003 - as pandas calls it

    def isna(self) -> Frame:
        """Return where there are no values."""
        return self.each(Column.isna)

    isnull = isna

    def clip(self, lower: Any = None, upper: Any = None, axis: Any = None) -> Frame:
        """Return the values within bounds: one, or one by column."""
        del axis
        return self.each(lambda c: c.clip(_of(lower, c.name), _of(upper, c.name)))

    def round(self, decimals: int = 0) -> Frame:
        """Return the values rounded."""
        return self.each(lambda column: column.round(decimals))

    def __array_ufunc__(self, function: Any, method: str, *inputs: Any, **options: Any) -> Frame:
        if method != "__call__" or options or len(inputs) != 1:
            raise NoKernel(f"numpy.{function.__name__} of tables")
        return self.each(function)

    def __array_function__(self, function: Any, _: Any, args: Any, options: Any) -> Any:
        return array_function(function, args, options)

    def __sub__(self, other: Any) -> Frame:
        return self.each(lambda column: column - _of(other, column.name))

    def __add__(self, other: Any) -> Frame:
        return self.each(lambda column: column + _of(other, column.name))

    def __mul__(self, other: Any) -> Frame:
        return self.each(lambda column: column * _of(other, column.name))

    def __truediv__(self, other: Any) -> Frame:
        return self.each(lambda column: column / _of(other, column.name))


@dataclass(frozen=True, slots=True)
class Kept:
    """Rows that a filter leaves; all that can be done with them is to ask whether a row is among them.

    Attributes:
        node: Whether it is.
    """

    node: Node

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NoKernel("rows picked by a condition")


class Loc:
    """Columns, and stores where a condition holds.

    Args:
        frame: The table.
        by_position: Whether columns are named by position.
    """

    def __init__(self, frame: Frame, *, by_position: bool = False) -> None:
        self._frame = frame
        self._by_position = by_position

    def __getitem__(self, key: Any) -> Any:
        rows, columns = key if isinstance(key, tuple) else (key, slice(None))
        if not (isinstance(rows, slice) and rows == slice(None)):
            raise NoKernel("rows picked by label or condition")
        if isinstance(columns, slice) and not self._by_position and columns != slice(None):
            raise NoKernel("columns picked by a range of labels")
        labels = list(self._frame.nodes)
        if self._by_position or isinstance(columns, slice):
            picked: Any = np.array(labels, dtype=object)[columns]
            return self._frame[list(picked) if isinstance(picked, np.ndarray) else picked]
        return self._frame[columns]

    def __setitem__(self, key: Any, value: Any) -> None:
        rows, label = key if isinstance(key, tuple) else (key, None)
        if isinstance(rows, slice) and rows == slice(None):
            self._frame[label] = value
        elif isinstance(rows, Column) and isinstance(label, str):
            if isinstance(value, Column):
                value = value.node
            self._frame[label] = self._frame.column(label).make("v if c else x", c=rows, v=value)
        else:
            raise NoKernel("a store into rows picked by label")


def as_node(trace: Trace, value: Any) -> Node:
    """Return the node of a column, or of the same value in every row."""
    if isinstance(value, Column):
        return value.node
    if isinstance(value, Node):
        return value
    if isinstance(value, Frame):
        if len(value.nodes) != 1:
            raise NoKernel("a table where a column is wanted")
        return next(iter(value.nodes.values()))
    if isinstance(value, np.ndarray | pd.Series | list):
        raise NoKernel("a whole table beside one row")
    return trace.make("v", v=value)


def beside(parts: Iterable[Any]) -> Frame:
    """Return the columns of several tables, by their labels."""
    given = list(parts)
    nodes: dict[Any, Node] = {}
    for part in given:
        found = part.nodes if isinstance(part, Frame) else {part.name: part.node}
        if nodes.keys() & found.keys():
            raise NoKernel("two columns of one name")
        nodes.update(found)
    return Frame(given[0].trace, nodes)


def stacked(parts: Iterable[Any]) -> Frame:
    """Return the columns of several tables, numbered."""
    given = list(parts)
    nodes: list[Node] = []
    for part in given:
        nodes += part.nodes.values() if isinstance(part, Frame) else [part.node]
    return Frame(given[0].trace, dict(enumerate(nodes)))


def _of(value: Any, label: Any) -> Any:
    if isinstance(value, pd.Series | dict):
        return value[label]
    return value.column(label) if isinstance(value, Frame) else value


def _line() -> int:
    """Return the line of the features that is being followed."""
    frame = sys._getframe(1)  # noqa: SLF001 - the one way to know the caller's line
    while frame.f_back is not None and frame.f_code.co_filename != FEATURES_FILE:
        frame = frame.f_back
    return frame.f_lineno if frame.f_code.co_filename == FEATURES_FILE else 0
