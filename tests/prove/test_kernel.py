"""The proof of a row kernel: what it finds, and what it lets pass."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from nb2prod.prove.kernel import KernelProver, varied
from nb2prod.runtime.kernel import Answered
from nb2prod.runtime.loading import load_version
from nb2prod.runtime.predictor import Predictor
from tests.conftest import MakeVersion, raw_frame

Change = Callable[[Mapping[str, object], Answered], Answered]


@pytest.fixture(scope="module")
def predictor(tmp_path_factory: pytest.TempPathFactory, make_version: MakeVersion) -> Predictor:
    folder = make_version(tmp_path_factory.mktemp("services") / "birds", scale=91.0)
    return Predictor(load_version(folder))


def pipeline_s(predictor: Predictor, record: Mapping[str, object]) -> Answered:
    (answer,) = predictor.answer([predictor.check(as_json(record))])
    assert answer.probabilities is not None
    return answer.prediction, list(answer.probabilities.values())


def as_json(record: Mapping[str, object]) -> dict[str, object]:
    return {n: v.isoformat() if hasattr(v, "isoformat") else v for n, v in record.items()}


def proof_of(predictor: Predictor, change: Change) -> Any:
    raw = raw_frame()
    given = raw.drop(columns=["species"])
    scored = {
        "positions": np.arange(0, len(raw), 3),
        "predictions": predictor.version.pipeline.predict(given)[::3],
        "probabilities": predictor.version.pipeline.predict_proba(given)[::3],
    }

    def kernel(record: Mapping[str, object]) -> Answered:
        return change(record, pipeline_s(predictor, record))

    return KernelProver(kernel, predictor, 1e-9).prove(raw, scored)


def other_label(answer: Answered) -> Answered:
    return "Gentoo" if answer[0] == "Adelie" else "Adelie", answer[1]


def shifted(answer: Answered, by: float) -> Answered:
    assert answer[1] is not None
    return answer[0], [share * (1 + by) for share in answer[1]]


def raising(_: Mapping[str, object], __: Answered) -> Answered:
    raise ValueError("only the pipeline can tell")


@pytest.mark.parametrize(
    ("change", "holds"),
    [
        (lambda _, answer: answer, True),
        (lambda _, answer: shifted(answer, 1e-12), True),
        (lambda _, answer: shifted(answer, 1e-6), False),
        (lambda _, answer: (answer[0], None), False),
        (lambda r, a: other_label(a) if r["island"] == "Torgersen" else a, False),
        (lambda r, a: other_label(a) if r["mass"] is None else a, False),
        (lambda r, a: other_label(a) if r["seen"] is None else a, False),
        (lambda r, a: other_label(a) if r["tagged"] and r["eggs"] == 0 else a, False),
        (raising, False),
    ],
    ids=[
        "the same", "last bits", "other numbers", "no probabilities", "one category", "one null",
        "a rare null", "a mixture", "no answer at all",
    ],
)  # fmt: skip
def test_a_kernel_holds_where_nothing_differs(
    predictor: Predictor, change: Change, holds: bool
) -> None:
    proof = proof_of(predictor, change)
    assert proof.holds == holds
    assert proof.rows > 60
    assert bool(proof.mismatches) == (not holds and change is not raising)


def test_what_only_the_pipeline_can_tell_is_no_difference(predictor: Predictor) -> None:
    def sometimes(record: Mapping[str, object], answer: Answered) -> Answered:
        return raising(record, answer) if record["mass"] is None else answer

    proof = proof_of(predictor, sometimes)
    assert proof.holds
    assert 0 < proof.answered < proof.rows


def test_every_category_and_null_is_shown(predictor: Predictor) -> None:
    schema = predictor.version.schema
    base = {column.name: "base" for column in schema.columns}
    shown = {(n, v) for one in varied(schema, [base]) for n, v in one.items() if v != "base"}
    for column in schema.columns:
        assert {(column.name, category) for category in column.categories or ()} <= shown
        assert ((column.name, None) in shown) == column.nullable
