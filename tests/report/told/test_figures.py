"""Scores, curves and importance, against scikit-learn and against plain resampling."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import accuracy_score, f1_score, r2_score, roc_auc_score, roc_curve

from nb2prod.gates.answers import NoAnswer
from nb2prod.gates.scores import METRICS
from nb2prod.gates.version import VersionAtHand
from nb2prod.report.told.curves import calibration_bins, roc_curves
from nb2prod.report.told.performance import _check_finite, measure
from nb2prod.report.told.scores import class_scores, number_scores
from tests.conftest import MakeVersion

RNG = np.random.default_rng(3)
TRUTH = RNG.choice(["a", "b", "c"], 300, p=[0.5, 0.3, 0.2])
SAID = np.where(RNG.random(300) < 0.8, TRUTH, RNG.choice(["a", "b", "c"], 300))


def test_scores_of_labels_are_those_of_scikit_learn() -> None:
    accuracy, f1 = class_scores(TRUTH, SAID)
    assert accuracy.value == pytest.approx(accuracy_score(TRUTH, SAID))
    assert f1.value == pytest.approx(f1_score(TRUTH, SAID, average="macro"))
    assert accuracy.low is not None
    assert accuracy.high is not None
    assert accuracy.low < accuracy.value < accuracy.high
    assert f1.n == 300


def test_the_interval_of_f1_is_that_of_resampled_rows() -> None:
    drawn = []
    for _ in range(300):
        chosen = RNG.integers(0, 300, 300)
        drawn.append(METRICS["f1_macro"].of(TRUTH[chosen], SAID[chosen]))
    low, high = np.quantile(drawn, [0.025, 0.975])
    f1 = class_scores(TRUTH, SAID)[1]
    assert f1.low == pytest.approx(low, abs=0.012)
    assert f1.high == pytest.approx(high, abs=0.012)


def test_scores_of_numbers_are_those_of_scikit_learn() -> None:
    truth = RNG.normal(size=200)
    said = truth + RNG.normal(scale=0.3, size=200)
    mae, rmse, r2 = number_scores(truth, said)
    assert mae.value == pytest.approx(np.mean(np.abs(truth - said)))
    assert rmse.value == pytest.approx(np.sqrt(np.mean((truth - said) ** 2)))
    assert r2.value == pytest.approx(r2_score(truth, said))
    for one in (mae, rmse, r2):
        assert one.low is not None
        assert one.high is not None
        assert one.low < one.value < one.high


def test_without_an_error_resampling_says_nothing_and_is_not_shown() -> None:
    same = np.array(["a", "b"] * 10)
    accuracy, f1 = class_scores(same, same)
    assert (f1.value, f1.low, f1.high) == (1.0, None, None)
    assert accuracy.low == pytest.approx(0.839, abs=0.001)  # Wilson's interval knows better.
    exact = np.arange(50.0)
    assert [one.low for one in number_scores(exact, exact)] == [None, None, None]


@pytest.mark.parametrize("odd", [np.nan, np.inf])
def test_what_is_no_number_is_not_measured(odd: float) -> None:
    said = np.array([1.0, odd, 2.0])
    with pytest.raises(NoAnswer, match="of 1 of 3 rows"):
        _check_finite(np.ones(3), said)
    _check_finite(np.ones(3), np.ones(3))


def _binary() -> tuple[np.ndarray, np.ndarray]:
    scores = RNG.random(500).round(2)  # with ties
    truth = np.where(RNG.random(500) < scores, "yes", "no")
    return truth, scores


def test_a_roc_curve_is_that_of_scikit_learn() -> None:
    truth, scores = _binary()
    (curve,) = roc_curves(truth, {"no": 1 - scores, "yes": scores})
    area = roc_auc_score(truth == "yes", scores)
    assert curve.name == f"yes (area {area:.3f})"
    wrong, right, _ = roc_curve(truth == "yes", scores, drop_intermediate=False)
    assert np.array(curve.points) == pytest.approx(np.column_stack([wrong, right]))


def test_each_of_several_classes_has_a_curve_and_a_class_that_no_row_has_none() -> None:
    table = RNG.dirichlet([1, 1, 1, 1], 300)
    names = ["a", "b", "c", "never"]
    curves = roc_curves(TRUTH, {name: table[:, i] for i, name in enumerate(names)})
    assert [curve.name.partition(" ")[0] for curve in curves] == ["a", "b", "c"]


def test_calibration_is_that_of_scikit_learn() -> None:
    truth, scores = _binary()
    bins, said = calibration_bins(truth, {"no": 1 - scores, "yes": scores})
    observed, predicted = calibration_curve(truth == "yes", scores, n_bins=10)
    # scikit-learn has the upper edge in a bin, and here the lower one is; probabilities of two digits lie on edges.
    assert len(bins) == 10
    assert sum(one.rows for one in bins) == 500
    assert np.mean([one.observed for one in bins]) == pytest.approx(observed.mean(), abs=0.03)
    assert np.mean([one.predicted for one in bins]) == pytest.approx(predicted.mean(), abs=0.03)
    assert all(one.low <= one.observed <= one.high for one in bins)
    assert said == "the probability of `yes`"


def test_without_probabilities_there_are_no_curves() -> None:
    assert roc_curves(TRUTH, {}) == ()
    assert calibration_bins(TRUTH, {}) == ((), "")


@pytest.fixture(scope="module")
def birds(make_version: MakeVersion, tmp_path_factory: pytest.TempPathFactory) -> VersionAtHand:
    return VersionAtHand(make_version(tmp_path_factory.mktemp("figures") / "birds", rows=900))


def test_a_version_is_measured_on_its_held_out_rows(birds: VersionAtHand) -> None:
    found = measure(birds, seconds=60)
    assert (found.rows, found.is_held_out) == (300, True)
    assert found.confusion is not None
    assert sum(map(sum, found.confusion.counts)) == 300
    accuracy = found.scores[0]
    right = sum(found.confusion.counts[place][place] for place in (0, 1))
    assert accuracy.value == pytest.approx(right / 300)
    assert len(found.curves) == 1
    assert found.pairs == ()
    # The label of a bird is made from its mass.
    first, *others = found.importance.bars
    assert first.name == "mass"
    assert first.value > 0.2
    assert all(one.value < first.value for one in others)
    assert measure(birds, seconds=60) == found


def test_importance_ends_in_time_and_says_so(birds: VersionAtHand) -> None:
    found = measure(birds, seconds=-1).importance
    assert found.bars == ()
    assert found.note.startswith("7 of 7 columns were not tried")


def test_a_version_without_truth_is_not_measured(birds: VersionAtHand, tmp_path: Path) -> None:
    import gzip
    import json
    import shutil
    from dataclasses import fields

    from nb2prod.artifact.manifest import VersionFacts, seal

    folder = tmp_path / "v1"
    shutil.copytree(birds.folder, folder)
    path = folder / "held_out.json.gz"
    content = {**json.loads(gzip.decompress(path.read_bytes())), "target": None}
    path.write_bytes(gzip.compress(json.dumps(content).encode()))
    seal(
        folder,
        VersionFacts(**{f.name: getattr(birds.manifest, f.name) for f in fields(VersionFacts)}),
    )
    with pytest.raises(NoAnswer, match="right answers are not known"):
        measure(VersionAtHand(folder), seconds=60)
