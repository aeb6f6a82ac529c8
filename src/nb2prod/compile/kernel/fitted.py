"""The fitted state while features are followed: constants as they are, stored objects by what they do to one row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from nb2prod.compile.kernel.column import Column
from nb2prod.compile.kernel.frame import Frame
from nb2prod.compile.kernel.node import Node, NoKernel, is_missing
from nb2prod.compile.kernel.transformers import transformed


class FittedView:
    """The fitted state.

    Args:
        fitted: The state as training left it.
    """

    def __init__(self, fitted: Any) -> None:
        self._fitted = fitted

    def __getattr__(self, name: str) -> Any:
        return _view(getattr(self._fitted, name), name)


def _view(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return {key: _view(each, f"{name}_{key}") for key, each in value.items()}
    stored = _STORED.get(type(value).__name__)
    if stored is not None and type(value).__module__.endswith((".stored", ".encoding")):
        return stored(value)
    is_table = isinstance(value, pd.Series | pd.DataFrame)
    return _Estimator(value) if hasattr(value, "transform") and not is_table else value


class _Estimator:
    def __init__(self, estimator: Any) -> None:
        self._estimator = estimator

    def transform(self, X: Any) -> Any:
        return transformed(self._estimator, X)

    def __getattr__(self, name: str) -> Any:
        if name in {"fit", "fit_transform", "inverse_transform", "predict"}:
            raise NoKernel(f"{type(self._estimator).__name__}.{name}")
        return getattr(self._estimator, name)


class _Dummies:
    """Indicator columns: whether the value is the category that a column stands for."""

    def __init__(self, dummies: Any) -> None:
        self._dummies = dummies

    def encode(self, data: Any) -> Frame:
        if isinstance(data, Column):
            data = Frame(data.trace, {None: data.node})
        encoded = list(self._dummies.categories)
        nodes = [node for label, node in data.nodes.items() if label not in encoded]
        for label in encoded:
            nodes += self._indicators(data.column(label), label)
        labels = list(self._dummies.columns)
        if len(labels) != len(nodes):
            raise NoKernel("indicator columns that cannot be told apart")
        return Frame(data.trace, dict(zip(labels, nodes, strict=True)))

    def _indicators(self, column: Column, label: Any) -> list[Node]:
        options = self._dummies.options
        if options.get("sparse"):
            raise NoKernel("sparse indicator columns")
        categories = self._dummies.categories[label]
        first = 1 if options.get("drop_first") else 0
        found = [column.make("x == k", k=category).node for category in categories[first:]]
        if options.get("dummy_na"):
            found.append(column.isna().node)
        return found


class _Table:
    """A table by key: groups and codes."""

    def __init__(self, stored: Any) -> None:
        self._stored = stored

    def of(self, keys: Any) -> Any:
        if not isinstance(keys, Column):
            raise NoKernel("a table by several keys")
        if hasattr(self._stored, "is_series") and not self._stored.is_series:
            raise NoKernel("several values for each group")
        summary = self._stored.summary()
        is_codes = isinstance(summary, list)
        table = {v: i for i, v in enumerate(summary)} if is_codes else summary
        if any(is_missing(key) for key in table):
            raise NoKernel("a table with a null key")
        kept = keys.trace.table(keys.name or "group", table)
        return keys.make("t.get(x, v)", t=kept, v=-1 if is_codes else float("nan"))


class _Bins:
    """Edges: the number of the bin, or its label."""

    def __init__(self, bins: Any) -> None:
        self._bins = bins

    def cut(self, column: Column) -> Column:
        options = self._bins.options
        if not options["right"] or options["labels"] is None or is_interval(options["labels"]):
            raise NoKernel("bins named by intervals, or closed on the left")
        edges = [float(edge) for edge in self._bins.edges]
        kept = column.trace.table(f"{column.name}_edges", edges)
        low = "<=" if options["include_lowest"] else "<"
        # The first edge is closed where the lowest value belongs to the first bin.
        number = column.make(
            f"max(bisect_left(t, x) - 1, 0) if a {low} x <= b else nan",
            t=kept, a=edges[0], b=edges[-1],
        )  # fmt: skip
        if options["labels"] is False:
            return number
        labels = column.trace.table(f"{column.name}_labels", list(options["labels"]))
        return number.make("x if missing(x) else t[x]", t=labels)


def is_interval(labels: Any) -> bool:
    """Tell whether labels are pandas' own intervals."""
    return isinstance(labels, pd.IntervalIndex)


_STORED: Mapping[str, Any] = {
    "Dummies": _Dummies,
    "GroupTable": _Table,
    "Codes": _Table,
    "Bins": _Bins,
}
