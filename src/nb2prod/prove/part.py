"""Rows of the raw table beside what the notebook computed for them, and the comparison of a version with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nb2prod.prove.equality import Comparison, compare, tolerance_of

Rows = npt.NDArray[np.int64]
"""Positions among the rows of a part."""


class Part:
    """The scored rows of a run, or those that the model was fitted on.

    Args:
        pipeline: The stored pipeline.
        requests: The raw table without its target.
        captured: ``features``, ``positions``, ``predictions`` and ``probabilities``.
        is_model_s_own: Whether the predictions are the model's own, where the version makes other answers of them.
    """

    def __init__(
        self,
        pipeline: Any,
        requests: pd.DataFrame,
        captured: Mapping[str, Any],
        *,
        is_model_s_own: bool = False,
    ) -> None:
        self._pipeline = pipeline
        self._step = pipeline.named_steps["features"]
        self._model = own_model(pipeline) if is_model_s_own else pipeline[-1]
        self._captured = captured
        self.rows = requests.iloc[captured["positions"]].reset_index(drop=True)
        columns = getattr(captured["features"], "columns", None)
        self.columns = None if columns is None else list(columns)

    def compare_features(self, rows: Rows) -> Comparison:
        """Compare the features of rows in one batch."""
        return guarded(lambda: self._compare_features(self._features(rows), rows), len(rows))

    def compare_answers(self, rows: Rows) -> Comparison:
        """Compare the whole pipeline's answers to rows in one batch."""
        requests = self.rows.iloc[rows].reset_index(drop=True)
        return guarded(lambda: self._compare_answers(self._pipeline, requests, rows), len(rows))

    def compare_both(self, rows: Rows) -> Comparison:
        """Compare features, and the model's answers to those features; they are computed once."""
        return guarded(lambda: self._compare_both(rows), len(rows))

    def compare_alone(self, sample: Rows) -> Comparison:
        """Compare features and answers of rows one at a time."""
        found = Comparison(0, 0)
        for position in sample:
            one = self.compare_both(np.array([position]))
            found = found.joined(replace(one, row=int(position)) if one.mismatches else one)
        return found

    def _features(self, rows: Rows) -> Any:
        return self._step.transform(self.rows.iloc[rows].reset_index(drop=True))

    def _compare_both(self, rows: Rows) -> Comparison:
        features = self._features(rows)
        found = self._compare_features(features, rows)
        if found.mismatches:
            return found
        answers = self._compare_answers(self._model, features, rows)
        return replace(answers, largest=max(found.largest, answers.largest))

    def _compare_features(self, features: Any, rows: Rows) -> Comparison:
        columns = getattr(features, "columns", None)
        if self.columns is not None and columns is not None and list(columns) != self.columns:
            text = f"columns {_shortly(columns)} instead of {_shortly(self.columns)}"
            return Comparison(len(rows), len(rows), first=text, row=0)
        return compare(features, _some(self._captured["features"], rows), self.columns)

    def _compare_answers(self, model: Any, features: Any, rows: Rows) -> Comparison:
        """Compare predictions, and probabilities where the notebook's model has them.

        Args:
            model: The model, or the whole pipeline.
            features: What it takes.
            rows: Which rows these are.
        """
        predictions = self._captured["predictions"]
        tolerance = tolerance_of(predictions)
        expected = _some(predictions, rows)
        found = compare(model.predict(features), expected, tolerance=tolerance)
        probabilities = self._captured["probabilities"]
        if probabilities is None or found.mismatches:
            return found
        expected = _flat(probabilities, rows)
        ours = _flat(model.predict_proba(features))
        given = compare(ours, expected, tolerance=tolerance_of(expected))
        return replace(given, largest=max(found.largest, given.largest))


def own_model(pipeline: Any) -> Any:
    """Return the model itself, where the pipeline ends with what makes answers of its predictions."""
    last = pipeline[-1]
    return last.model if hasattr(last, "rename_classes") else last


def guarded(check: Callable[[], Comparison], rows: int) -> Comparison:
    """Take an exception of the version's own code for what it is: every row differs."""
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - emitted code and models may raise anything
        return Comparison(rows, rows, first=f"{type(error).__name__}: {error}", row=0)


def _some(values: Any, rows: Rows) -> Any:
    """Return some rows of what was captured; all of a large table is not taken apart for one of them."""
    if isinstance(values, pd.DataFrame | pd.Series):
        return values.iloc[rows]
    if isinstance(values, list):
        return [values[row] for row in rows]
    return (values.tocsr() if hasattr(values, "tocsr") else values)[rows]


def _flat(probabilities: Any, rows: Rows | None = None) -> npt.NDArray[Any]:
    """Return probabilities with one row a record: multi-output models give a list of tables."""
    parts = probabilities if isinstance(probabilities, list) else [probabilities]
    chosen = [np.asarray(part) if rows is None else np.asarray(part)[rows] for part in parts]
    return np.hstack(chosen) if isinstance(probabilities, list) else chosen[0]


def _shortly(columns: Any) -> str:
    names = [str(name) for name in columns]
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
