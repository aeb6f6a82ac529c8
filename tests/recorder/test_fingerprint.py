"""A fingerprint tells what was computed, and nothing of when."""

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge

from nb2prod.execute.recorder.fingerprint import fingerprint


def _fitted(alpha: float, **noted: object) -> Ridge:
    model = Ridge(alpha=alpha).fit([[0.0], [1.0], [3.0]], [0.0, 1.0, 2.0])
    vars(model).update(noted)
    return model


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: pd.DataFrame({"a": [1.5, None], "b": ["x", "y"]}), id="frame"),
        pytest.param(lambda: np.arange(6.0).reshape(2, 3), id="array"),
        pytest.param(lambda: np.array(["a", None], dtype=object), id="objects"),
        pytest.param(lambda: {"a": [1, (2.5, "b")], 3: None}, id="nested"),
        pytest.param(lambda: np.random.default_rng(3), id="generator"),
        pytest.param(lambda: np.random.RandomState(3), id="legacy"),
        pytest.param(lambda: random.Random(3), id="python"),
        pytest.param(lambda: _fitted(1.0), id="estimator"),
    ],
)
def test_equal_values_have_one_fingerprint(make: Callable[[], Any]) -> None:
    assert fingerprint(make()) == fingerprint(make()) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(1, 1.0, id="type"),
        pytest.param(pd.Series([1, 2]), pd.Series([1, 3]), id="series"),
        pytest.param(pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [1]}), id="column"),
        pytest.param(np.zeros(3), np.zeros((3, 1)), id="shape"),
        pytest.param([1, 2], [2, 1], id="order"),
        pytest.param(np.random.default_rng(3), np.random.default_rng(4), id="generator"),
        pytest.param(random.Random(3), random.Random(4), id="python"),
        pytest.param(_fitted(1.0), _fitted(2.0), id="estimator"),
    ],
)
def test_other_values_have_another(one: Any, other: Any) -> None:
    assert fingerprint(one) != fingerprint(other)


def test_durations_of_an_estimator_count_for_nothing() -> None:
    assert fingerprint(_fitted(1.0, refit_time_=0.1)) == fingerprint(_fitted(1.0, refit_time_=0.2))


def test_what_cannot_be_seen_has_none() -> None:
    assert fingerprint(object()) is None
    assert fingerprint(random.SystemRandom()) is None
