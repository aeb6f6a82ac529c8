"""Answers that the notebook makes of its model's predictions. Copied into every version."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.metaestimators import available_if


def _has_probabilities(answers: Answers) -> bool:
    return hasattr(answers.model, "predict_proba")


class Answers(BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """A fitted model that answers as the notebook does: with a threshold, in the target's own unit, by name.

    Args:
        model: The fitted model.
        fitted: The fitted state.
    """

    def __init__(self, model: Any, fitted: Any) -> None:
        self.model = model
        self.fitted = fitted
        if hasattr(model, "classes_"):
            self.classes_ = model.classes_

    def rename_classes(self, rows: Any) -> None:
        """Call each class by its answer, where the answers are made from the predicted classes alone.

        Args:
            rows: Rows of features; as many are taken as there are classes.
        """
        if hasattr(self, "classes_") and not isinstance(self.classes_, list):
            self.classes_ = self._renamed(rows[: len(self.classes_)])

    def fit(self, X: Any, y: Any = None) -> Answers:  # noqa: ARG002 (scikit-learn's form)
        """Do nothing: the training script fitted the model."""
        return self

    def predict(self, X: Any) -> Any:
        """Return the answers to rows of features."""
        from .answers import answers

        return answers(self.model, X, self.fitted)

    @available_if(_has_probabilities)  # type: ignore[untyped-decorator]  # scikit-learn is untyped
    def predict_proba(self, X: Any) -> Any:
        """Return the model's probabilities, by class."""
        return self.model.predict_proba(X)

    def _renamed(self, rows: Any) -> Any:
        """Return the answer to each class; the model's own classes where they have none of their own."""
        from .answers import answers

        classes = self.model.classes_
        try:
            named = np.asarray(answers(_Predicted(classes), rows, self.fitted))
        except Exception:  # noqa: BLE001 - the notebook's code may ask for the rows
            return classes
        is_named = named.shape == classes.shape and len(set(named.tolist())) == len(classes)
        return named if is_named else classes

    def __sklearn_is_fitted__(self) -> bool:
        return True


class _Predicted:
    """A model that has predicted each of its classes once."""

    def __init__(self, classes: Any) -> None:
        self._classes = classes

    def predict(self, _: Any) -> Any:
        """Return the classes."""
        return self._classes
