"""Models of other libraries in a pipeline of scikit-learn's. Copied into every version."""

from __future__ import annotations

from typing import Any

from sklearn.base import BaseEstimator


class AsEstimator(BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """A fitted model that is no estimator of scikit-learn's, in the form that a pipeline asks for.

    Args:
        model: The model; whatever else is asked of this object is asked of it.
    """

    def __init__(self, model: Any) -> None:
        self.model = model

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "model":
            raise AttributeError(name)
        return getattr(self.model, name)

    def fit(self, X: Any, y: Any = None) -> AsEstimator:  # noqa: ARG002 (scikit-learn's form)
        """Do nothing: the training script fits the model."""
        return self

    def predict(self, X: Any) -> Any:
        """Return what the model predicts."""
        return self.model.predict(X)

    def __sklearn_is_fitted__(self) -> bool:
        return True
