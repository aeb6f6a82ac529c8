"""What depends on the whole table in training, kept for rows to come. Copied into every version."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from .faults import BehaviourChanged


class Bins:
    """What ``pandas.cut`` or ``pandas.qcut`` did on a column of training: its edges, for any rows.

    A value outside the edges gets none, as in the notebook.

    Args:
        function: ``pandas.cut`` or ``pandas.qcut``.
        *args: Its arguments, the column first.
        **options: The same by name.
    """

    def __init__(self, function: Callable[..., Any], *args: Any, **options: Any) -> None:
        given = inspect.signature(function).bind(*args, **options).arguments
        _, edges = function(**{**given, "retbins": True})
        self.edges = np.asarray(edges)
        is_quantile = function.__name__ == "qcut"
        self.options = {
            "right": given.get("right", True),
            "labels": given.get("labels"),
            "precision": given.get("precision", 3),
            "include_lowest": is_quantile or given.get("include_lowest", False),
            "ordered": given.get("ordered", True),
        }

    def summary(self) -> list[Any]:
        """Return the edges."""
        return list(self.edges)

    def cut(self, column: Any) -> Any:
        """Return the bins of a column."""
        cut: Callable[..., Any] = pd.cut
        return cut(column, self.edges, **self.options)


class Categories:
    """The categories that ``astype("category")`` found in training; a value that is none of them becomes missing.

    Args:
        dtype: What the column had in training.
    """

    def __init__(self, dtype: pd.CategoricalDtype) -> None:
        self.dtype = dtype

    def summary(self) -> list[Any]:
        """Return the categories."""
        return list(self.dtype.categories)

    def of(self, column: Any) -> Any:
        """Return a column in these categories."""
        return column.where(column.isin(self.dtype.categories)).astype(self.dtype)

    def array_of(self, column: Any) -> Any:
        """Return a column in these categories, as ``pandas.Categorical`` gives it."""
        known = pd.Series(column)
        return pd.Categorical(known.where(known.isin(self.dtype.categories)), dtype=self.dtype)


class GroupTable:
    """A value for each group of the training table, as ``groupby(...).transform(...)`` gave it.

    A row of a group that training did not have gets none, and neither does one without a group.

    Args:
        keys: The columns that were grouped by, shape (rows,) or (rows, keys).
        values: What the groups' rows got, shape (rows,) or (rows, columns).

    Raises:
        BehaviourChanged: If rows of one group got different values.
    """

    def __init__(self, keys: Any, values: Any) -> None:
        index = _index(keys)
        self.is_series = isinstance(values, pd.Series)
        self.name = values.name if self.is_series else None
        table = pd.DataFrame(values).set_axis(index, axis=0)
        table = table[~pd.DataFrame(keys).isna().any(axis=1).to_numpy()]
        groups = table.groupby(level=list(range(index.nlevels)), sort=False, observed=True)
        if (groups.nunique(dropna=False) > 1).any(axis=None):
            raise BehaviourChanged("rows of one group have different values on these data")
        self.table = table[~table.index.duplicated()]

    def summary(self) -> dict[Any, Any]:
        """Return the value of each group, or the values of its columns."""
        rows = zip(self.table.index, self.table.to_numpy().tolist(), strict=True)
        return {key: row[0] if self.is_series else row for key, row in rows}

    def of(self, keys: Any) -> Any:
        """Return the values of some rows."""
        found = self.table.reindex(_index(keys)).set_axis(keys.index, axis=0)
        if not self.is_series:
            return found
        return found.iloc[:, 0].rename(self.name)


class Codes:
    """The numbers that ``pandas.factorize`` gave to the values of training; an unknown value and a null have -1.

    Args:
        column: The column.
        *args: Further arguments of ``pandas.factorize``.
        **options: The same by name.
    """

    def __init__(self, column: Any, *args: Any, **options: Any) -> None:
        _, values = pd.factorize(column, *args, **options)
        self.values = pd.Index(values)

    def summary(self) -> list[Any]:
        """Return the values in the order of their numbers."""
        return list(self.values)

    def of(self, column: Any) -> Any:
        """Return the numbers of a column."""
        return self.values.get_indexer(pd.Index(column))


def _index(keys: Any) -> pd.Index[Any]:
    if isinstance(keys, pd.DataFrame) and keys.shape[1] > 1:
        several: pd.Index[Any] = pd.MultiIndex.from_frame(keys.astype(object))
        return several
    column = keys.iloc[:, 0] if isinstance(keys, pd.DataFrame) else pd.Series(keys)
    single: pd.Index[Any] = pd.Index(column.astype(object))
    return single
