from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from nb2prod.report.learned import is_object, learned, model_facts, plain, without_package

_ROWS = pd.DataFrame({"age": [1.0, 3.0], "city": ["Oslo", "Rome"]})


class _Encoding:
    """A plain object, as versions have them for indicator columns."""

    def __init__(self) -> None:
        self.categories = {"city": ["Oslo", "Rome"]}
        self.columns = pd.Index(["city_Oslo", "city_Rome"])
        self._hidden = 1


def _all(value: Any) -> dict[str, Any]:
    return dict(learned("it", value))


def test_statistics_of_columns_have_their_names() -> None:
    scaler = StandardScaler().fit(_ROWS[["age"]])
    assert _all(scaler) == {"it.mean_": {"age": 2.0}, "it.scale_": {"age": 1.0}}


def test_categories_are_told() -> None:
    encoder = OneHotEncoder().fit(_ROWS[["city"]])
    assert _all(encoder)["it.categories_"] == {"city": ["Oslo", "Rome"]}


def test_the_parts_of_pipelines_and_column_transformers_are_told() -> None:
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    both = ColumnTransformer([("n", numbers, ["age"]), ("c", "drop", ["city"])]).fit(_ROWS)
    found = _all(both)
    assert found["it.n.simpleimputer.statistics_"] == {"age": 2.0}
    assert "it.n.standardscaler.mean_" in found


def test_plain_objects_tell_what_they_hold() -> None:
    assert _all(_Encoding()) == {
        "it.categories": {"city": ["Oslo", "Rome"]},
        "it.columns": ["city_Oslo", "city_Rome"],
    }


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.array([1.0, np.nan]), [1.0, "nan"]),
        (np.float64(2.5), 2.5),
        (np.int64(3), 3),
        (pd.Series({"a": 1.0}), {"a": 1.0}),
        ({1: {2: np.bool_(True)}}, {"1": {"2": True}}),
        (pd.Timestamp("2024-05-06"), "2024-05-06 00:00:00"),
        ({"b", "a"}, ["a", "b"]),
        (list(range(1500)), list(range(1000))),
    ],
    ids=["array", "float64", "int64", "series", "nested", "timestamp", "set", "long list"],
)
def test_data_become_json(value: object, expected: object) -> None:
    assert plain(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (StandardScaler(), True),
        (_Encoding(), True),
        ([1.0], False),
        ({"a": 1.0}, False),
        (np.array([1.0]), False),
        (len, False),
        (np.float64, False),
    ],
)
def test_objects_are_told_from_data(value: object, expected: bool) -> None:
    assert is_object(value) is expected


def test_a_model_is_its_class_and_hyperparameters() -> None:
    facts = model_facts(make_pipeline(FunctionTransformer(np.log1p), LogisticRegression(C=2.0)))
    assert facts.kind == "sklearn.pipeline.Pipeline"
    assert facts.parameters["logisticregression__C"] == 2.0
    assert facts.parameters["functiontransformer__func"] == "log1p"
    assert facts.parameters["logisticregression"].endswith(".LogisticRegression")
    assert " at 0x" not in repr(facts)


def test_a_class_as_hyperparameter_is_told_by_its_name() -> None:
    assert model_facts(OneHotEncoder(dtype=np.float32)).parameters["dtype"] == "float32"


def _names() -> Iterator[tuple[str, str]]:
    yield "birds_0123456789abcdef.encoding.Dummies", "encoding.Dummies"
    yield "<birds_0123456789abcdef.functions.Own>", "<functions.Own>"
    yield "sklearn.tree.DecisionTreeClassifier", "sklearn.tree.DecisionTreeClassifier"


@pytest.mark.parametrize(("name", "expected"), list(_names()))
def test_a_versions_own_package_is_left_out(name: str, expected: str) -> None:
    assert without_package(name) == expected
