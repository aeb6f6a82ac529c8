"""What a service does with rows that training would have dropped."""

import numpy as np
import pandas as pd
import pytest

from nb2prod.runtime.checks import InvalidRecords, Remark
from nb2prod.runtime.loading import load_version
from nb2prod.runtime.policy import Action, DomainPolicy
from nb2prod.runtime.predictor import Predictor
from tests.prove.conftest import MakeVersion, Mutation

INSIDE = {"island": "Dream", "mass": 4000.0, "length": 190.0}
OUTSIDE = {**INSIDE, "length": 90.0}
DROPPED = (
    "this row would have been dropped in training by cell 3 line 1: `df = df[df.length > 100]`"
)


def predictor(
    make: MakeVersion, action: Action, fallback: object = None, mutation: Mutation | None = None
) -> Predictor:
    made = make(mutation or Mutation())
    return Predictor(load_version(made.folder), DomainPolicy(action, fallback))


def test_a_row_outside_is_answered_with_a_warning(make_mutant: MakeVersion) -> None:
    inside, outside = predictor(make_mutant, "flag").predict([INSIDE, OUTSIDE])
    assert inside.warnings == ()
    assert Remark("length", DROPPED) in outside.warnings
    assert outside.prediction in {"Adelie", "Gentoo"}
    assert outside.probabilities is not None


def test_it_is_rejected_where_the_policy_says_so(make_mutant: MakeVersion) -> None:
    rejecting = predictor(make_mutant, "reject")
    with pytest.raises(InvalidRecords) as caught:
        rejecting.predict([INSIDE, OUTSIDE, INSIDE])
    assert caught.value.errors == ((1, Remark("length", DROPPED)),)
    assert rejecting.predict([INSIDE])[0].warnings == ()


def test_it_gets_the_fallback_where_the_policy_says_so(make_mutant: MakeVersion) -> None:
    inside, outside = predictor(make_mutant, "fallback", "unknown").predict([INSIDE, OUTSIDE])
    assert inside.prediction in {"Adelie", "Gentoo"}
    assert (outside.prediction, outside.probabilities) == ("unknown", None)
    assert outside.warnings[-1] == Remark(
        "length", f"{DROPPED}; the prediction is the configured fallback"
    )


def _then(code: str) -> Mutation:
    return Mutation(lambda source: source.replace("    return X", f"    {code}\n    return X"))


@pytest.mark.parametrize(
    "code",
    [
        pytest.param('assert (df["length"] > 100).all()', id="raises"),
        pytest.param('X["ratio"] = 1 / (df["length"] > 100).astype(int)', id="infinite"),
        pytest.param('X["ratio"] = X["ratio"].where(df["length"] > 100)', id="null"),
    ],
)
@pytest.mark.parametrize("action", ["flag", "fallback"])
def test_it_is_rejected_where_later_code_relies_on_the_filter(
    make_mutant: MakeVersion, code: str, action: Action
) -> None:
    careful = predictor(make_mutant, action, "unknown", _then(code))
    with pytest.raises(InvalidRecords) as caught:
        careful.predict([INSIDE, OUTSIDE])
    assert caught.value.errors == ((1, Remark("length", DROPPED)),)
    (answer,) = careful.predict([INSIDE])
    assert answer.warnings == ()


def test_rows_are_told_while_others_are_answered(make_mutant: MakeVersion) -> None:
    rows = [OUTSIDE if at % 3 == 0 else INSIDE for at in range(50)]
    answers = predictor(make_mutant, "flag").predict(rows)
    told = [any("dropped" in w.reason for w in answer.warnings) for answer in answers]
    assert told == [at % 3 == 0 for at in range(50)]


def test_the_condition_of_a_null_lets_nothing_pass(make_mutant: MakeVersion) -> None:
    made = make_mutant(Mutation())
    step = load_version(made.folder).pipeline.named_steps["features"]
    rows = pd.DataFrame([INSIDE, {**INSIDE, "length": np.nan}])
    (outside,) = step.outside(rows)
    assert outside.rows.tolist() == [False, True]
