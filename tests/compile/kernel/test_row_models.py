"""Models one row at a time give what scikit-learn gives, also at the very thresholds of trees and for nulls."""

import importlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import (
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import Lasso, LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.multioutput import MultiOutputRegressor
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from threadpoolctl import threadpool_limits

from nb2prod.runtime.digests import digest_tree
from nb2prod.runtime.packages import register
from nb2prod.service.templates import template_root

_ROWS, _COLUMNS = 120, 5
_FEW: dict[str, Any] = {"n_estimators": 7, "random_state": 0}
CLASSIFIERS = [
    LogisticRegression(),
    RidgeClassifier(),
    LinearSVC(),
    DecisionTreeClassifier(random_state=0),
    RandomForestClassifier(**_FEW),
    GradientBoostingClassifier(**_FEW),
    HistGradientBoostingClassifier(max_iter=9, min_samples_leaf=3),
]
REGRESSORS = [
    LinearRegression(),
    Lasso(alpha=0.01),
    DecisionTreeRegressor(random_state=0),
    RandomForestRegressor(**_FEW),
    ExtraTreesRegressor(**_FEW),
    GradientBoostingRegressor(**_FEW),
    HistGradientBoostingRegressor(max_iter=9, min_samples_leaf=3),
]
TAKE_NULLS = (
    DecisionTreeClassifier,
    RandomForestClassifier,
    HistGradientBoostingClassifier,
    DecisionTreeRegressor,
    RandomForestRegressor,
    HistGradientBoostingRegressor,
)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Boosting waits for its threads at each of many small loops where others use the processors."""
    with threadpool_limits(1):
        yield


def named(model: object) -> str:
    return type(model).__name__


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("version")
    shutil.copytree(template_root() / "version", folder / "code")
    (folder / "code" / "__init__.py").write_text("")
    names = [f"code/{path.name}" for path in (folder / "code").glob("*.py")]
    register("row_models_under_test", folder, digest_tree(folder, names))
    return folder


@pytest.fixture(scope="module")
def row_models(code: Path) -> ModuleType:
    return importlib.import_module("row_models_under_test.row_models")


@pytest.fixture(scope="module")
def in_double(code: Path) -> Any:
    return importlib.import_module("row_models_under_test.row_trees").in_double


def rows(*, has_nulls: bool) -> np.ndarray[Any, Any]:
    generator = np.random.default_rng(3)
    # Few decimals, so that many rows stand on a threshold or half-way between two.
    made = generator.normal(size=(_ROWS, _COLUMNS)).round(1)
    if has_nulls:
        made[generator.random(made.shape) < 0.1] = np.nan
    return made


def check(module: ModuleType, model: Any, X: np.ndarray[Any, Any]) -> None:
    answer = module.row_model(model)
    predictions = model.predict(X)
    shares = model.predict_proba(X) if hasattr(model, "predict_proba") else None
    for position, row in enumerate(X.tolist()):
        prediction, probabilities = answer(row)
        if isinstance(prediction, float):
            assert prediction == pytest.approx(predictions[position], rel=1e-9)
        else:
            assert prediction == predictions[position]
        if shares is None:
            assert probabilities is None
        else:
            assert probabilities == pytest.approx(shares[position].tolist(), rel=1e-9)


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("model", CLASSIFIERS, ids=named)
def test_classifiers(row_models: ModuleType, model: Any, classes: int) -> None:
    X = rows(has_nulls=isinstance(model, TAKE_NULLS))
    score = np.nan_to_num(X).sum(axis=1)
    y = np.digitize(score, np.quantile(score, np.arange(1, classes) / classes))
    check(row_models, model.fit(X, np.array(["low", "middle", "high"])[y]), X)


@pytest.mark.parametrize("model", REGRESSORS, ids=named)
def test_regressors(row_models: ModuleType, model: Any) -> None:
    X = rows(has_nulls=isinstance(model, TAKE_NULLS))
    check(row_models, model.fit(X, np.nan_to_num(X) @ np.arange(1.0, _COLUMNS + 1)), X)


@pytest.mark.parametrize(
    "model",
    [
        KNeighborsClassifier(),
        MultiOutputRegressor(LinearRegression()),
        GradientBoostingRegressor(init=LinearRegression(), n_estimators=2),
        HistGradientBoostingRegressor(loss="poisson", max_iter=2),
    ],
    ids=named,
)
def test_what_has_no_row_model_says_so(row_models: ModuleType, model: Any) -> None:
    X = np.abs(rows(has_nulls=False))
    y = (X[:, 0] > 0.5).astype(int)
    fitted = model.fit(X, np.column_stack([y, y]) if named(model).startswith("Multi") else y)
    with pytest.raises(row_models.NoRowModel):
        row_models.row_model(fitted)


singles = st.floats(width=32, allow_nan=False, allow_infinity=False)


@given(threshold=st.one_of(singles, st.floats(-1e30, 1e30)), near=singles, steps=st.integers(-3, 3))
def test_a_bound_in_double_decides_as_the_tree_does(
    in_double: Any, threshold: float, near: float, steps: int
) -> None:
    bound = float(in_double(np.array([threshold]))[0])
    candidates = [near, threshold, bound, float(np.float32(threshold))]
    for start in candidates:
        value = np.float64(start)
        for _ in range(abs(steps)):
            value = np.nextafter(value, np.inf if steps > 0 else -np.inf)
        with np.errstate(over="ignore"):
            assert (float(value) <= bound) == (float(np.float32(value)) <= threshold)
