import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from nb2prod.runtime.checks import InvalidRecords
from nb2prod.runtime.loading import LoadedVersion, load_version
from nb2prod.runtime.predictor import Predictor, label_key

MakeVersion = Callable[..., Path]
Row = dict[str, Any]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, make_version: MakeVersion) -> LoadedVersion:
    return load_version(make_version(tmp_path_factory.mktemp("services") / "birds", scale=77.0))


@pytest.fixture(scope="module")
def golden(loaded: LoadedVersion) -> list[Row]:
    rows: list[Row] = json.loads((loaded.folder / "golden.json").read_text())["rows"]
    return rows


def like(loaded: LoadedVersion, pipeline: object, target: tuple[str, ...] = ("y",)) -> Predictor:
    """Return a predictor whose pipeline is the given stand-in."""
    manifest = replace(loaded.manifest, target=target)
    return Predictor(replace(loaded, pipeline=pipeline, manifest=manifest))


class Fixed:
    """A pipeline that gives the same array whatever it gets."""

    def __init__(self, predictions: object) -> None:
        self.predictions = np.asarray(predictions)

    def predict(self, frame: pd.DataFrame) -> object:
        return self.predictions[: len(frame)]


def test_a_batch_gives_the_notebook_s_answers(loaded: LoadedVersion, golden: list[Row]) -> None:
    answers = Predictor(loaded).predict([row["record"] for row in golden])
    assert [answer.prediction for answer in answers] == [row["prediction"] for row in golden]
    assert [answer.probabilities for answer in answers] == [row["probabilities"] for row in golden]


def test_single_rows_give_the_notebook_s_answers(loaded: LoadedVersion, golden: list[Row]) -> None:
    predictor = Predictor(loaded)
    for row in golden:
        (answer,) = predictor.predict([row["record"]])
        assert answer.prediction == row["prediction"]
        assert answer.probabilities == pytest.approx(row["probabilities"], rel=1e-9)


def test_answers_are_json(loaded: LoadedVersion, golden: list[Row]) -> None:
    (answer,) = Predictor(loaded).predict([golden[0]["record"]])
    assert json.loads(json.dumps(answer.prediction)) == answer.prediction
    assert json.loads(json.dumps(answer.probabilities)) == answer.probabilities


def test_no_records_have_no_answers(loaded: LoadedVersion) -> None:
    assert Predictor(loaded).predict([]) == []


def test_faulty_records_are_told_by_position(loaded: LoadedVersion, golden: list[Row]) -> None:
    good = golden[0]["record"]
    with pytest.raises(InvalidRecords) as refusal:
        Predictor(loaded).predict([good, {**good, "eggs": "2"}, 7])
    assert [(i, remark.field) for i, remark in refusal.value.errors] == [(1, "eggs"), (2, "")]


def test_records_that_emitted_code_refuses(loaded: LoadedVersion, golden: list[Row]) -> None:
    records = [row["record"] for row in golden]
    for position in (3, 40):
        records[position] = {**records[position], "mass": -1.0}
    with pytest.raises(InvalidRecords) as refusal:
        Predictor(loaded).predict(records)
    assert [(i, str(remark.reason)) for i, remark in refusal.value.errors] == [
        (3, "must be above 0"),
        (40, "must be above 0"),
    ]


def test_what_the_model_cannot_answer_is_put_down_to_what_it_never_saw(
    loaded: LoadedVersion, golden: list[Row]
) -> None:
    records = [row["record"] for row in golden]
    records[5] = {**records[5], "sex": "unknown"}
    with pytest.raises(InvalidRecords) as refusal:
        Predictor(loaded).predict(records)
    ((position, remark),) = refusal.value.errors
    assert (position, remark.field) == (5, "sex")
    assert remark.reason.endswith("the model has no answer to it")


def test_a_broken_model_is_not_the_records_fault(loaded: LoadedVersion, golden: list[Row]) -> None:
    class Broken:
        def predict(self, frame: object) -> object:
            raise RuntimeError("out of order")

    with pytest.raises(RuntimeError, match="out of order"):
        like(loaded, Broken()).predict([row["record"] for row in golden])


def test_the_pipeline_may_write_into_its_frame(loaded: LoadedVersion, golden: list[Row]) -> None:
    class Writing:
        classes_ = np.array(["only"])

        def predict_proba(self, frame: pd.DataFrame) -> object:
            frame["eggs"] = -1
            return np.ones((len(frame), 1))

        def predict(self, frame: pd.DataFrame) -> object:
            return frame["eggs"].to_numpy()

    record = golden[0]["record"]
    (answer,) = like(loaded, Writing()).predict([record])
    assert answer.prediction == record["eggs"]


@pytest.mark.parametrize(
    ("predictions", "target", "expected"),
    [
        ([1.5, 2.5], ("y",), [1.5, 2.5]),
        ([[1.5], [2.5]], ("y",), [1.5, 2.5]),
        ([[1, 2], [3, 4]], ("a", "b"), [{"a": 1, "b": 2}, {"a": 3, "b": 4}]),
        ([np.nan, np.inf], ("y",), [None, None]),
        ([True, False], ("y",), [True, False]),
        (["a", "b"], ("y",), ["a", "b"]),
        ([2**62 + 1, 0], ("y",), [2**62 + 1, 0]),
    ],
    ids=["numbers", "one column", "two targets", "not finite", "booleans", "labels", "integers"],
)
def test_forms_of_predictions(
    loaded: LoadedVersion,
    golden: list[Row],
    predictions: object,
    target: tuple[str, ...],
    expected: list[object],
) -> None:
    records = [row["record"] for row in golden[:2]]
    answers = like(loaded, Fixed(predictions), target).predict(records)
    assert [answer.prediction for answer in answers] == expected
    assert [answer.probabilities for answer in answers] == [None, None]


@pytest.mark.parametrize(
    ("label", "key"),
    [(np.int64(1), "1"), (np.True_, "true"), ("a", "a"), (np.float64(0.5), "0.5")],
)
def test_label_keys(label: object, key: str) -> None:
    assert label_key(label) == key


def test_a_pipeline_within_prepares_its_rows_once(loaded: LoadedVersion, golden: list[Row]) -> None:
    records = [row["record"] for row in golden]
    known = Predictor(loaded)
    seen: list[int] = []

    def noted(rows: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        seen.append(len(rows))
        return rows

    outer = loaded.pipeline
    inner = Pipeline([("note", FunctionTransformer(noted)), ("model", outer[-1])])
    nested = Pipeline([outer.steps[0], ("model", inner)])
    found = Predictor(replace(loaded, pipeline=nested)).predict(records)
    assert found == known.predict(records)
    assert seen == [len(records)]
