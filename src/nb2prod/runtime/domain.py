"""Tell rows that training would have dropped, by the filters that a version's features hold."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from .checks import Remark


class FeatureStep:
    """The part of a pipeline before its model.

    Args:
        pipeline: A loaded version's pipeline.
    """

    def __init__(self, pipeline: Any) -> None:
        has_features = isinstance(pipeline, Pipeline) and len(pipeline.steps) > 1
        self._before = pipeline[:-1] if has_features else None
        self.model = pipeline[-1] if has_features else pipeline
        self._within = None
        # A pipeline as the model would prepare its rows anew for each question: for probabilities, and for labels.
        if has_features and type(self.model) is Pipeline and len(self.model.steps) > 1:
            self._within, self.model = self.model[:-1], self.model[-1]
        first = pipeline.steps[0][1] if has_features and len(pipeline.steps) == 2 else None
        self._watched = first if hasattr(first, "watched") else None

    def transform(self, frame: pd.DataFrame) -> tuple[Any, list[list[Remark]]]:
        """Return the features, and by row why training would have dropped it."""
        if self._watched is None:
            made = frame if self._before is None else self._before.transform(frame)
            return made, [[] for _ in range(len(frame))]
        features, outside = self._watched.watched(frame)
        return features, _by_row(outside, len(frame))

    def prepared(self, features: Any) -> Any:
        """Return what the model takes: the features, or what a pipeline within the pipeline makes of them."""
        return features if self._within is None else self._within.transform(features)

    def outside(self, frame: pd.DataFrame) -> list[list[Remark]]:
        """Return by row why training would have dropped it, also of rows that have no features."""
        outside = [] if self._watched is None else self._watched.outside(frame)
        return _by_row(outside, len(frame))

    def relies_on_filter(self, features: Any, row: int) -> bool:
        """Tell whether a row that training would have dropped has features that training never had.

        Nulls and infinities where the evaluated rows had none say that later code relies on the filter.
        """
        finite = getattr(self._watched, "finite", None)
        if finite is None:
            return False
        cells = _cells(features, row)
        return len(cells) == len(finite) and bool((finite & ~_is_finite(cells)).any())


def _by_row(outside: Sequence[Any], count: int) -> list[list[Remark]]:
    found: list[list[Remark]] = [[] for _ in range(count)]
    for one in outside:
        remark = Remark(
            one.column or "", f"this row would have been dropped in training by {one.where}"
        )
        for row in np.flatnonzero(one.rows):
            if remark not in found[row]:
                found[row].append(remark)
    return found


def _cells(features: Any, row: int) -> np.ndarray:
    picked = (
        features.iloc[[row]].to_numpy(dtype=object)
        if isinstance(features, pd.DataFrame)
        else features[[row]]
    )
    dense = picked.toarray() if hasattr(picked, "toarray") else np.asarray(picked, dtype=object)
    return np.asarray(dense, dtype=object).ravel()


def _is_finite(cells: np.ndarray) -> np.ndarray:
    return ~(pd.isna(cells) | np.isin(cells, [np.inf, -np.inf]))
