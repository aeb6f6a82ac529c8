"""What a version answers is what the notebook made of predictions before it scored them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.corpus.conftest import SOURCES, Build
from tests.corpus.frames import table
from tests.corpus.harness import run_plainly

_ANSWERS = {
    "regression_log_target": "predicted",
    "label_decoded": "labels",
    "threshold": "flag",
    "loop_labels": "labels",
    "labels_appended": "labels",
    "augmented_prediction": "predicted",
    "loop_labels_in_place": "y_pred",
    "loop_floor_enumerated": "pred",
    "loop_beside_search": "labels",
    "scaled_target": "predicted",
    "clip_no_effect": "predicted",
    "maximum_of_log": "predicted",
    "log_and_raw_metrics": "predicted",
    "classes_of_encoder": "labels",
    "decoded_by_comprehension": "labels",
    "decoded_by_map": "labels",
    "threshold_bool": "flag",
    "threshold_parameter": "flag",
    "threshold_searched": "flag",
    "threshold_by_argmax": "flag",
    "threshold_of_helper": "labels",
    "argmax_of_probabilities": "codes",
    "masked_in_place": "predicted",
    "rounded": "predicted",
    "mean_of_two_models": "predicted",
    "result_table": 'result["predicted"]',
    "result_column": 'result["predicted"]',
    "with_a_feature": "predicted",
    "centred_prediction": "predicted",
    "clipped_out": "predicted",
    "applied_lambda": "labels",
    "upper_case": "labels",
    "two_thresholds": "proba >= 0.6",
    "where_chained": "labels",
    "select_argmax": "labels",
    "train_cell_predicts": "flag",
    "multi_output_log": "predicted",
    "rescaled_by_hand": "predicted",
    "search_scored": "labels",
    "submission_after": "predicted",
    "labels_list_map": "labels",
    "example_predicted_after": "predicted",
    "mapped_function": "labels",
    "threshold_inside_helper": "model.predict_proba(X_test)[:, 1] >= 0.3",
    "under_with": "flag",
    "all_under_with": "pred",
    # The model's own answers are meant, though the notebook looks at others.
    "log_metric_only": "model.predict(X_test)",
    "metric_s_own_scale": "pred",
    "threshold_only_shown": "model.predict(X_test)",
    "shown_confusion": "pred",
    "prediction_column_added": 'X_test["pred"]',
}
"""By notebook, what its evaluation takes for the answers to the held-out rows."""


@pytest.mark.parametrize("name", _ANSWERS)
def test_a_version_answers_what_the_notebook_scored(
    name: str, built: Build, tmp_path: Path
) -> None:
    outcome, folder = built(name)
    assert outcome.status == "built", outcome.says()
    names = run_plainly(SOURCES[name], folder)
    expected = np.asarray(eval(_ANSWERS[name], names))
    assert outcome.plan is not None
    raw = table(SOURCES[name].tables()[0]).drop(columns=list(outcome.plan.target))
    answers = np.asarray(outcome.pipeline.predict(raw.loc[names["X_test"].index]))
    assert len(expected) > 50
    if expected.dtype.kind == "f":
        np.testing.assert_allclose(answers, expected, rtol=1e-9)
    else:
        assert answers.tolist() == expected.tolist()


def test_a_look_up_serves_where_no_held_out_row_needs_it(built: Build) -> None:
    outcome, folder = built("looked_up_by_prediction")
    names = run_plainly(SOURCES["looked_up_by_prediction"], folder)
    raw = table("visits")
    predicted = names["model"].predict(raw[["pages", "seconds"]])
    assert set(names["model"].predict(names["X_test"])) == {0, 1}
    assert (predicted == 2).sum() > 20
    assert (
        np.asarray(outcome.pipeline.predict(raw)).tolist() == (predicted > 0).astype(int).tolist()
    )


@pytest.mark.parametrize(
    "name",
    ["label_decoded", "classes_of_encoder", "decoded_by_comprehension", "decoded_by_map"],
)
def test_classes_are_called_by_the_answers_to_them(name: str, built: Build) -> None:
    outcome, _ = built(name)
    assert list(outcome.pipeline.classes_) == ["no", "yes"]
    raw = table("people")
    probabilities = outcome.pipeline.predict_proba(raw)
    certain = probabilities.max(axis=1) > 0.5
    named = np.asarray(outcome.pipeline.classes_)[probabilities.argmax(axis=1)]
    assert certain.sum() > 100
    assert named[certain].tolist() == np.asarray(outcome.pipeline.predict(raw))[certain].tolist()


def test_one_of_several_answers_is_told(built: Build) -> None:
    outcome, _ = built("two_thresholds")
    assert outcome.plan is not None
    told = [(d.code, d.cell, d.line) for d in outcome.plan.warnings]
    assert ("NBC112", 6, 3) in told


def test_answers_of_one_row_are_those_in_the_table(built: Build) -> None:
    outcome, _ = built("threshold_searched")
    raw = table("people")
    together = np.asarray(outcome.pipeline.predict(raw))
    alone = [outcome.pipeline.predict(raw.iloc[[row]])[0] for row in range(0, len(raw), 10)]
    assert pd.Series(alone).tolist() == together[::10].tolist()
