"""Scores of predictions, over all rows or over resampled ones, each with the sign by which more is better."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[Any]
Scoring = Callable[[Values, Values], float]

ERRORS = frozenset({"mae", "rmse"})
"""Metrics of which less is better, and whose margins are shares."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric by name.

    Attributes:
        name: Its name in the settings.
        of: The metric of truth and predictions.
    """

    name: str
    of: Scoring

    @property
    def sign(self) -> int:
        """1 where more is better, else -1."""
        return -1 if self.name in ERRORS else 1

    def gain(self, truth: Values, candidate: Values, champion: Values) -> float:
        """Return by how much the candidate is better: in the metric's unit, of an error as a share of it."""
        new, old = self.of(truth, candidate), self.of(truth, champion)
        if self.name not in ERRORS:
            return new - old
        return (old - new) / old if old > 0 else (0.0 if new == old else -np.inf)


def accuracy(truth: Values, answers: Values) -> float:
    """Return the share of right labels."""
    return float(np.mean(truth == answers))


def f1_macro(truth: Values, answers: Values) -> float:
    """Return the mean over the classes of the harmonic mean of precision and recall."""
    found = []
    for label in np.unique(np.concatenate([truth, answers])):
        is_true, is_said = truth == label, answers == label
        total = is_true.sum() + is_said.sum()
        found.append(2.0 * (is_true & is_said).sum() / total)
    return float(np.mean(found))


def mae(truth: Values, answers: Values) -> float:
    """Return the mean absolute error."""
    return float(np.mean(np.abs(truth - answers)))


def rmse(truth: Values, answers: Values) -> float:
    """Return the root of the mean squared error."""
    return float(np.sqrt(np.mean((truth - answers) ** 2)))


def r2(truth: Values, answers: Values) -> float:
    """Return the coefficient of determination; nought where the truth does not vary."""
    total = float(np.sum((truth - truth.mean()) ** 2))
    return 1.0 - float(np.sum((truth - answers) ** 2)) / total if total > 0 else 0.0


def balanced_accuracy(truth: Values, answers: Values) -> float:
    """Return the accuracy where rows weigh so that all true classes weigh the same: the mean of their recalls."""
    return float(np.mean([np.mean(answers[truth == label] == label) for label in np.unique(truth)]))


def balanced_f1_macro(truth: Values, answers: Values) -> float:
    """Return the macro F1 where rows weigh so that all true classes weigh the same."""
    labels, codes = np.unique(np.concatenate([truth, answers]), return_inverse=True)
    true, said = codes[: len(truth)], codes[len(truth) :]
    weights = 1.0 / np.bincount(true, minlength=len(labels))[true]
    hits = np.bincount(true[true == said], weights[true == said], len(labels))
    total = np.bincount(true, weights, len(labels)) + np.bincount(said, weights, len(labels))
    return float(np.mean(2.0 * hits / total))


WEIGHTED = {"accuracy": balanced_accuracy, "f1_macro": balanced_f1_macro}
"""Metrics of labels where all classes weigh the same, by the name of the plain metric."""

METRICS = {
    scoring.__name__: Metric(scoring.__name__, scoring)
    for scoring in (accuracy, f1_macro, mae, rmse, r2)
}
"""Every metric that versions can be compared by."""


def default_metric(task: str) -> Metric:
    """Return the metric of a task where the settings name none."""
    return METRICS["accuracy" if task == "classification" else "mae"]
