"""Columns of training: indicators, and what depends on the table. Copied into every version."""

from __future__ import annotations

from typing import Any

import pandas as pd


class Dummies:
    """What ``pandas.get_dummies`` did on the training table, for any rows.

    pandas takes categories and columns from the rows that it is given. Here both are those of training: a row gets the
    columns that it had in the training table, and an unseen category gives zeros in all of them.

    Args:
        data: The training table or column.
        *args: Further arguments of ``pandas.get_dummies``.
        **options: The same by name.
    """

    def __init__(self, data: Any, *args: Any, **options: Any) -> None:
        names = ("prefix", "prefix_sep", "dummy_na", "columns", "sparse", "drop_first", "dtype")
        self.options = {**dict(zip(names, args, strict=False)), **options}
        self.options.pop("data", None)
        encoded = pd.get_dummies(data, **self.options)
        self.columns = encoded.columns
        self.dtypes = encoded.dtypes
        if isinstance(data, pd.DataFrame):
            chosen = self.options.get("columns")
            if chosen is None:
                chosen = data.select_dtypes(["object", "string", "category"]).columns
            self.categories = {name: _categories(data[name]) for name in chosen}
        else:
            self.categories = {None: _categories(pd.Series(data))}
        self.null_columns = self._null_columns(data) if self.options.get("dummy_na") else {}

    def _null_columns(self, data: Any) -> dict[Any, int]:
        """Find the column that stands for a null, for each encoded column that has categories."""
        found = {}
        for name, categories in self.categories.items():
            if not categories:
                continue
            pair = data.iloc[[0, 0]].copy().reset_index(drop=True)
            column = pd.Series([categories[0], None], dtype=pd.CategoricalDtype(categories))
            if name is None:
                pair = column
            else:
                pair[name] = column
            known, null = self._encoded(pair).to_numpy(dtype=object)
            found[name] = int(((known == 0) & (null == 1)).argmax())
        return found

    def summary(self) -> list[str]:
        """Return what is stored, for people: the names of the indicator columns."""
        return [str(name) for name in self.columns]

    def encode(self, data: Any) -> pd.DataFrame:
        """Return the indicator columns of some rows, shape (rows, columns of training)."""
        encoded = self._encoded(data)
        for name, position in self.null_columns.items():
            column = pd.Series(data) if name is None else data[name]
            unseen = column.notna() & ~column.isin(self.categories[name])
            # A category that training did not have is no null: it has zeros everywhere.
            rows = unseen.to_numpy().nonzero()[0].tolist()
            encoded.iloc[rows, position] = encoded.dtypes.iloc[position].type(0)
        return encoded

    def _encoded(self, data: Any) -> pd.DataFrame:
        known: Any
        if isinstance(data, pd.DataFrame):
            known = data.copy()
            for name, categories in self.categories.items():
                known[name] = _as_category(known[name], categories)
        else:
            known = _as_category(pd.Series(data), self.categories[None])
        encoded = pd.get_dummies(known, **self.options)
        encoded = encoded.reindex(columns=self.columns)
        return encoded.astype(self.dtypes)


class TableColumns:
    """The columns that an operation gave on the training table, for what it gives on any rows.

    Splitting a text gives as many columns as the longest text of a table has parts. Here these are those of training:
    what a row lacks is null, and zero among whole numbers; what it has beyond them is left out.

    Args:
        table: What the operation gave on the training table.
    """

    def __init__(self, table: pd.DataFrame) -> None:
        self.columns = table.columns
        self.dtypes = table.dtypes

    def summary(self) -> list[str]:
        """Return what is stored, for people: the names of the columns."""
        return [str(name) for name in self.columns]

    def of(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return a table with the columns of training, shape (rows, columns of training)."""
        made = table.reindex(columns=self.columns)
        counts: list[Any] = [name for name, dtype in self.dtypes.items() if dtype.kind in "iub"]
        made[counts] = made[counts].fillna(0)
        return made.astype(self.dtypes)


def _categories(column: pd.Series[Any]) -> list[Any]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return list(column.cat.categories)
    values = column.dropna().unique()
    try:
        return sorted(values)
    except TypeError:
        return list(pd.Categorical(column).categories)


def _as_category(column: pd.Series[Any], categories: list[Any]) -> pd.Series[Any]:
    known = column.where(column.isin(categories))
    return known.astype(pd.CategoricalDtype(categories))
