"""What a row's features must be: the notebook's own plain Python, with the statistics of its training run."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from tests.corpus.shell import quietly, seed_everything


class Impossible(Exception):
    """A statement whose value for one request is no property of that request."""


class Oracle:
    """One program, run for training and then for rows that nobody has seen.

    Args:
        imports: Import statements.
        functions: Functions of the program.
        body: Its oracle's text from the raw table ``df`` to ``X_test``.
        folder: Where to run.
    """

    def __init__(self, imports: str, functions: str, body: str, folder: Path) -> None:
        self._code = compile(f"{imports}\n{functions}\n{body}", "<oracle>", "exec")
        self._folder = folder
        self._kept: dict[int, list[Any]] = defaultdict(list)
        self._beside: pd.DataFrame | None = None

    def train(self, raw: pd.DataFrame) -> Any:
        """Run on the raw table, keep every statistic, and return the notebook's ``X_test``."""

        def keep(number: int, statistic: Callable[[], Any]) -> Any:
            value = statistic()
            self._kept[number].append(copy.deepcopy(value))
            return value

        return self._run(raw.copy(), keep, is_training=True)

    def stand_beside(self, rows: pd.DataFrame) -> None:
        """Take these raw rows, which the notebook kept, for the table that others are served in."""
        self._beside = rows

    def serve(self, rows: pd.DataFrame) -> Any:
        """Return the features that rows have when they stand at the end of a table."""
        assert self._beside is not None
        types = self._beside.dtypes.to_dict()
        longer = pd.concat([self._beside, rows], ignore_index=True).astype(types)
        places: dict[int, int] = defaultdict(int)

        def look_up(number: int, _: Callable[[], Any]) -> Any:
            place = places[number]
            places[number] += 1
            return copy.deepcopy(self._kept[number][place])

        features = self._run(longer, look_up, is_training=False)
        return features.iloc[-len(rows) :] if hasattr(features, "iloc") else features[-len(rows) :]

    def _run(self, df: pd.DataFrame, keep: Callable[..., Any], *, is_training: bool) -> Any:
        names: dict[str, Any] = {
            "__name__": "__main__",
            "df": df,
            "keep": keep,
            "training": is_training,
            **_PROVIDED,
        }
        with quietly(self._folder):
            seed_everything()
            exec(self._code, names)
        return names["X_test"]


def _dummies(data: Any, columns_of_training: pd.Index, **options: Any) -> pd.DataFrame:
    made = pd.get_dummies(data, **options)
    kept = set(data.columns) if isinstance(data, pd.DataFrame) else set()
    columns = {
        name: made[name] if name in made else pd.Series(0, index=made.index)
        for name in columns_of_training
        if name in made or name not in kept
    }
    return pd.DataFrame(columns, index=made.index)


def _binned(column: pd.Series, edges: Any) -> pd.Series:
    return pd.cut(column, edges, labels=False, include_lowest=True)


def _coded(column: pd.Series, categories: list[Any]) -> pd.Series:
    return pd.Series(pd.Categorical(column, categories=categories).codes, index=column.index)


def _impossible() -> Any:
    raise Impossible


_PROVIDED: Mapping[str, Any] = {
    "dummies": _dummies,
    "binned": _binned,
    "coded": _coded,
    "impossible": _impossible,
}
