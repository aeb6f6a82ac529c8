"""The pipeline of one version: raw rows in, prediction out. Copied into every version."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.pipeline import Pipeline

from .answering import Answers
from .as_estimator import AsEstimator
from .domain import Outside, watching
from .encoding import Dummies, TableColumns
from .faults import BehaviourChanged
from .stored import Bins, Categories, Codes, GroupTable


class Fitted:
    """Every value that training froze, as attributes."""

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        self.__dict__.update(values or {})

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"the fitted state has no entry {name!r}")


@dataclass
class Trained:
    """What the training script leaves.

    Attributes:
        model: The fitted model.
        evaluated: What the model received for the evaluated rows.
        labels: Their labels in the raw table, or None where they were lost on the way.
        answered_by: ``values`` where the notebook makes the answers from what the model gives for the rows, ``classes``
            where it makes them from the predicted classes alone, None where the model's predictions are the answers.
        names: Values that the evaluation reads.
    """

    model: Any
    evaluated: Any
    labels: Any
    answered_by: str | None = None
    names: Mapping[str, Any] = field(default_factory=dict)


class Features(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Raw rows to what the model receives.

    A request has no target. The notebook's statements may name that column all the same, so it is put in its place
    with a value from training; the proof shows that no feature depends on it.

    Args:
        fitted: The fitted state.
        columns: Columns of the raw table, the target's among them, in order.
        placeholders: A value and dtype for each target column.
        finite: For each feature, whether no evaluated row had a null or an infinity there; None where that is unknown.
    """

    def __init__(
        self,
        fitted: Fitted,
        columns: Sequence[Any],
        placeholders: Mapping[Any, tuple[Any, str]],
        finite: np.ndarray[Any, Any] | None = None,
    ) -> None:
        self.fitted = fitted
        self.columns = columns
        self.placeholders = placeholders
        self.finite = finite

    def fit(self, X: pd.DataFrame, y: Any = None) -> Features:  # noqa: ARG002 (scikit-learn's form)
        """Do nothing: the training script fills the fitted state."""
        return self

    def transform(self, X: pd.DataFrame) -> Any:
        """Return the features of raw rows; ``X`` is left alone.

        Raises:
            BehaviourChanged: If there are not as many as rows.
        """
        from .features import features

        made = features(self.complete(X), self.fitted)
        rows = made.shape[0] if hasattr(made, "shape") else len(made)
        if rows != len(X):
            raise BehaviourChanged(f"{len(X)} rows gave the features of {rows}")
        return made

    def watched(self, X: pd.DataFrame) -> tuple[Any, list[Outside]]:
        """Return the features of raw rows, and the rows that filters of training would have dropped."""
        with watching() as found:
            return self.transform(X), found

    def outside(self, X: pd.DataFrame) -> list[Outside]:
        """Return the rows that filters of training would have dropped, as far as features can be computed."""
        with watching() as found, suppress(Exception):
            self.transform(X)
        return found

    def complete(self, X: pd.DataFrame) -> pd.DataFrame:
        """Copy raw rows into the raw table's columns, with placeholders where the target was."""
        rows = X.copy()
        for name, (value, dtype) in self.placeholders.items():
            if name not in rows.columns:
                rows[name] = pd.Series([value] * len(rows), index=rows.index, dtype=dtype)
        return rows[list(self.columns)]

    def __sklearn_is_fitted__(self) -> bool:
        return True


def assemble(
    raw: pd.DataFrame, fitted: Fitted, trained: Trained, target: Sequence[Any]
) -> Pipeline:
    """Join the features and the model into one pipeline from a raw record to a prediction.

    Of a finished search only the best estimator is kept: the search holds timings, which differ each time.
    """
    placeholders = {name: (raw[name].dropna().iloc[0], str(raw[name].dtype)) for name in target}
    features = Features(fitted, list(raw.columns), placeholders, _finite(trained.evaluated))
    model = getattr(trained.model, "best_estimator_", trained.model)
    if trained.answered_by is not None:
        model = Answers(model, fitted)
        if trained.answered_by == "classes":
            model.rename_classes(trained.evaluated)
    elif not hasattr(model, "__sklearn_tags__"):
        model = AsEstimator(model)
    return Pipeline([("features", features), ("model", model)])


def _finite(evaluated: Any) -> np.ndarray[Any, Any] | None:
    """Tell of each feature whether every evaluated row has a value there, and no infinity."""
    if evaluated is None or hasattr(evaluated, "toarray"):
        return None
    return np.array([_is_finite(column) for column in _columns(evaluated)])


def _is_finite(column: np.ndarray[Any, Any]) -> bool:
    if column.dtype.kind in "biuf":
        return bool(np.isfinite(column).all())
    nulls = np.asarray(pd.isna(column))
    return not nulls.any() and not any(isinstance(v, float) and np.isinf(v) for v in column)


def check_features(pipeline: Pipeline, raw: pd.DataFrame, trained: Trained) -> int | None:
    """Compute what the model received for the evaluated rows once more, from raw rows, and compare.

    Returns:
        How many rows were compared, or None where their labels were lost on the way.

    Raises:
        BehaviourChanged: If a value differs.
    """
    if trained.labels is None or not raw.index.is_unique:
        return None
    positions = raw.index.get_indexer(trained.labels)
    if (positions < 0).any():
        return None
    step = pipeline.named_steps["features"]
    rows = raw.drop(columns=list(step.placeholders)).iloc[positions]
    ours, theirs = _columns(step.transform(rows)), _columns(trained.evaluated)
    if len(ours) != len(theirs) or not all(map(_are_equal, ours, theirs)):
        raise BehaviourChanged(
            "the features of the evaluated rows differ from what the model received in training"
        )
    return len(positions)


def _columns(features: Any) -> list[np.ndarray[Any, Any]]:
    """Return features column by column, numbers as they are: a table of objects takes several times the memory."""
    dense = features.toarray() if hasattr(features, "toarray") else features
    if isinstance(dense, pd.DataFrame):
        return [_cells(dense.iloc[:, position]) for position in range(dense.shape[1])]
    if isinstance(dense, pd.Series):
        return [_cells(dense)]
    cells = dense if isinstance(dense, np.ndarray) else np.asarray(dense, dtype=object)
    cells = cells.reshape(len(cells), -1) if cells.size else cells.reshape(len(cells), 0)
    return [cells[:, position] for position in range(cells.shape[1])]


def _cells(series: pd.Series) -> np.ndarray[Any, Any]:
    is_number = isinstance(series.dtype, np.dtype) and series.dtype.kind in "biuf"
    return series.to_numpy() if is_number else np.asarray(series, dtype=object)


def _are_equal(ours: np.ndarray[Any, Any], theirs: np.ndarray[Any, Any]) -> bool:
    if ours.shape != theirs.shape:
        return False
    if ours.dtype.kind == theirs.dtype.kind == "f":
        return bool(np.isclose(ours, theirs, rtol=1e-9, atol=0.0, equal_nan=True).all())
    if ours.dtype.kind in "biu" and theirs.dtype.kind in "biu":
        return bool((ours == theirs).all())
    pairs = zip(ours.astype(object), theirs.astype(object), strict=True)
    return all(_is_close(one, other) for one, other in pairs)


def _is_close(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return (
            one == other or abs(one - other) <= 1e-9 * abs(other) or (one != one and other != other)
        )
    if isinstance(one, np.ndarray):
        return bool(np.array_equal(one, other))
    return bool(one == other) or bool(pd.isna(one) and pd.isna(other))


def describe(fitted: Fitted, states: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the fitted state as JSON values, one entry for each statistic, with its cell and line."""
    entries = []
    for state in states:
        value = getattr(fitted, state["name"])
        values = value.items() if state["keys"] else [(None, value)]
        for key, item in values:
            entries.append({**state, "key": _plain(key), "value": _plain(item)})
    return entries


def _plain(value: Any) -> Any:
    if hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return repr(value)
    if isinstance(value, Bins | Categories | Codes | Dummies | GroupTable | TableColumns):
        return _plain(value.summary())
    if isinstance(value, pd.Series):
        return {str(key): _plain(item) for key, item in value.head(1000).items()}
    if isinstance(value, list | tuple | pd.Index | np.ndarray):
        return [_plain(item) for item in list(value)[:1000]]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in list(value.items())[:1000]}
    try:
        json.dumps(value)
    except TypeError:
        return f"<{type(value).__module__}.{type(value).__qualname__}>"
    return value
