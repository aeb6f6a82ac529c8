"""Models of scikit-learn answering one row of features at a time, from its own values. Copied into every version.

A model takes some microseconds for a row and some milliseconds for a call: these leave out the call. Nothing is
approximated: the sums are the model's own, in another order where it leaves the order to a library.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp
from operator import mul
from typing import Any

import numpy as np

from .row_trees import Tree, boosted_tree, tree_of

Features = Sequence[Any]
Answer = tuple[Any, list[float] | None]
"""A prediction, and the probabilities by class or None."""

RowModel = Callable[[Features], Answer]

_LINEAR = frozenset(
    {
        "LinearRegression", "Ridge", "RidgeCV", "Lasso", "LassoCV", "ElasticNet", "ElasticNetCV",
        "BayesianRidge", "ARDRegression", "HuberRegressor", "LinearSVR", "SGDRegressor", "Lars",
        "LassoLars", "TheilSenRegressor",
    }
)  # fmt: skip
_LOGISTIC = frozenset({"LogisticRegression", "LogisticRegressionCV"})
_SIGN = frozenset({"LinearSVC", "RidgeClassifier", "RidgeClassifierCV", "Perceptron"})
_TREES = frozenset(
    {"DecisionTreeClassifier", "DecisionTreeRegressor", "ExtraTreeClassifier", "ExtraTreeRegressor"}
)
_FORESTS = frozenset(
    {
        "RandomForestClassifier", "RandomForestRegressor", "ExtraTreesClassifier",
        "ExtraTreesRegressor",
    }
)  # fmt: skip
_BOOSTED = frozenset({"HistGradientBoostingClassifier", "HistGradientBoostingRegressor"})
_GRADIENT = frozenset({"GradientBoostingClassifier", "GradientBoostingRegressor"})


class NoRowModel(Exception):
    """A model that has no form for one row; its text says which."""


def row_model(model: Any) -> RowModel:
    """Return what a fitted model does to one row.

    Args:
        model: The model, or a pipeline that ends with it.

    Raises:
        NoRowModel: There is no such form of it.
    """
    while hasattr(model, "steps"):
        model = model.steps[-1][1]
    name = type(model).__name__
    if not type(model).__module__.startswith("sklearn."):
        raise NoRowModel(f"the model {name}")
    _check_targets(model)
    for names, make in _MAKERS:
        if name in names:
            return make(model)
    raise NoRowModel(f"the model {name}")


def _check_targets(model: Any) -> None:
    if isinstance(getattr(model, "classes_", None), list) or getattr(model, "n_outputs_", 1) != 1:
        raise NoRowModel("a model of several targets")


def _labels(model: Any) -> list[Any]:
    labels: list[Any] = np.asarray(model.classes_).tolist()
    return labels


def _linear(model: Any) -> RowModel:
    coefficients, intercepts = _plane(model)
    if len(coefficients) != 1:
        raise NoRowModel("a model of several targets")
    weights, start = coefficients[0], intercepts[0]
    return lambda row: (sum(map(mul, weights, row), 0.0) + start, None)


def _plane(model: Any) -> tuple[list[list[float]], list[float]]:
    coefficients = np.atleast_2d(np.asarray(model.coef_, dtype=float)).tolist()
    intercept = np.broadcast_to(
        np.atleast_1d(np.asarray(model.intercept_, dtype=float)), (len(coefficients),)
    )
    return coefficients, intercept.tolist()


def _decisions(model: Any) -> Callable[[Features], list[float]]:
    coefficients, intercepts = _plane(model)
    planes = list(zip(coefficients, intercepts, strict=True))
    return lambda row: [sum(map(mul, weights, row), 0.0) + start for weights, start in planes]


def _logistic(model: Any) -> RowModel:
    decide, labels = _decisions(model), _labels(model)
    if len(labels) > 2 and getattr(model, "solver", "") == "liblinear":
        raise NoRowModel("one-against-the-rest logistic regression")
    if len(labels) == 2:
        no, yes = labels

        def two(row: Features) -> Answer:
            (decision,) = decide(row)
            share = _expit(decision)
            return (yes if decision > 0 else no), [1.0 - share, share]

        return two

    def several(row: Features) -> Answer:
        decisions = decide(row)
        return labels[decisions.index(max(decisions))], _softmax(decisions)

    return several


def _by_sign(model: Any) -> RowModel:
    decide, labels = _decisions(model), _labels(model)
    if len(labels) == 2:
        return lambda row: (labels[1] if decide(row)[0] > 0 else labels[0], None)

    def several(row: Features) -> Answer:
        decisions = decide(row)
        return labels[decisions.index(max(decisions))], None

    return several


def _tree(model: Any) -> RowModel:
    return _averaged(model, [model])


def _forest(model: Any) -> RowModel:
    return _averaged(model, model.estimators_)


def _is_classifier(model: Any) -> bool:
    return hasattr(model, "classes_")


def _averaged(model: Any, members: Sequence[Any]) -> RowModel:
    """Return the mean of trees; sums run in the order of the trees, as the model's own do."""
    is_classifier = _is_classifier(model)
    trees: list[Tree] = [tree_of(member.tree_, is_classifier=is_classifier) for member in members]
    count = len(trees)
    if not is_classifier:
        return lambda row: (sum((tree(row) for tree in trees), 0.0) / count, None)
    labels = _labels(model)

    def answer(row: Features) -> Answer:
        shares = [0.0] * len(labels)
        for tree in trees:
            shares = [total + share for total, share in zip(shares, tree(row), strict=True)]
        if count > 1:
            shares = [total / count for total in shares]
        return labels[shares.index(max(shares))], shares

    return answer


def _boosted(model: Any) -> RowModel:
    if getattr(model, "is_categorical_", None) is not None and np.any(model.is_categorical_):
        raise NoRowModel("boosting with categories of its own")
    start = np.asarray(model._baseline_prediction, dtype=float).ravel().tolist()  # noqa: SLF001
    rounds = [
        [boosted_tree(predictor.nodes) for predictor in one]
        for one in model._predictors  # noqa: SLF001 - the fitted trees are kept nowhere else
    ]
    if not _is_classifier(model):
        if model.loss not in {"squared_error", "absolute_error", "quantile"}:
            raise NoRowModel(f"boosting with the loss {model.loss}")
        return lambda row: (_raw(row, start, rounds, 1.0)[0], None)
    return _classified(model, lambda row: _raw(row, start, rounds, 1.0))


def _gradient(model: Any) -> RowModel:
    if model.loss not in {"log_loss", "squared_error", "absolute_error", "huber", "quantile"}:
        raise NoRowModel(f"boosting with the loss {model.loss}")
    if hasattr(model.init_, "coef_") or hasattr(model.init_, "tree_"):
        raise NoRowModel("boosting that starts from another model")
    empty = np.zeros((1, model.n_features_in_))
    start = np.asarray(model._raw_predict_init(empty), dtype=float).ravel().tolist()  # noqa: SLF001
    rounds = [
        [tree_of(member.tree_, is_classifier=False) for member in one] for one in model.estimators_
    ]
    rate = float(model.learning_rate)
    if not _is_classifier(model):
        return lambda row: (_raw(row, start, rounds, rate)[0], None)
    return _classified(model, lambda row: _raw(row, start, rounds, rate))


def _raw(
    row: Features, start: list[float], rounds: Sequence[Sequence[Tree]], rate: float
) -> list[float]:
    if len(start) == 1:
        total = start[0]
        for (tree,) in rounds:
            total += rate * tree(row)
        return [total]
    totals = list(start)
    for one in rounds:
        totals = [total + rate * tree(row) for total, tree in zip(totals, one, strict=True)]
    return totals


def _classified(model: Any, raw: Callable[[Features], list[float]]) -> RowModel:
    labels = _labels(model)

    def two(row: Features) -> Answer:
        share = _expit(raw(row)[0])
        shares = [1.0 - share, share]
        return labels[0 if shares[0] >= shares[1] else 1], shares

    def several(row: Features) -> Answer:
        shares = _softmax(raw(row))
        return labels[shares.index(max(shares))], shares

    return two if len(labels) == 2 else several


def _expit(value: float) -> float:
    # Either form alone overflows on one side.
    return 1.0 / (1.0 + exp(-value)) if value >= 0 else exp(value) / (1.0 + exp(value))


def _softmax(values: Sequence[float]) -> list[float]:
    largest = max(values)
    powers = [exp(value - largest) for value in values]
    total = sum(powers)
    return [power / total for power in powers]


_MAKERS: tuple[tuple[frozenset[str], Callable[[Any], RowModel]], ...] = (
    (_LINEAR, _linear),
    (_LOGISTIC, _logistic),
    (_SIGN, _by_sign),
    (_TREES, _tree),
    (_FORESTS, _forest),
    (_BOOSTED, _boosted),
    (_GRADIENT, _gradient),
)
