import numpy as np
import pytest
from fairlearn import metrics as fairlearn

from nb2prod.gates.fairness import Rate, fairness, group_rates, ratio_interval
from nb2prod.gates.verdict import Verdict
from tests.gates.conftest import Ask


def _rows(seed: int) -> tuple[list[str], np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    groups = rng.choice(["a", "b", "c"], 500, p=[0.6, 0.3, 0.1]).tolist()
    truth = rng.random(500) < 0.4
    said = np.where(rng.random(500) < 0.2, ~truth, truth)
    return groups, truth, said


@pytest.mark.parametrize("seed", range(3))
def test_rates_are_fairlearn_s(seed: int) -> None:
    groups, truth, said = _rows(seed)
    names = ("selection_rate", "true_positive_rate", "false_positive_rate")
    frame = fairlearn.MetricFrame(
        metrics={name: getattr(fairlearn, name) for name in names},
        y_true=truth.astype(int),
        y_pred=said.astype(int),
        sensitive_features=groups,
    )
    for group in group_rates(groups, truth, said):
        for name in names:
            own = getattr(group, name).value
            assert own == pytest.approx(frame.by_group.loc[group.name, name], abs=1e-12)
    ratio = fairlearn.demographic_parity_ratio(truth, said, sensitive_features=groups)
    values = [group.selection_rate.value for group in group_rates(groups, truth, said)]
    assert min(values) / max(values) == pytest.approx(ratio, abs=1e-12)  # type: ignore[type-var, operator]  # none is None


@pytest.mark.parametrize(
    ("settings", "verdict"),
    [
        ({"features": ["sex"], "positive": "Gentoo"}, Verdict.PASS),
        ({"features": ["sex"], "positive": "Gentoo", "min_ratio": 1.0}, Verdict.INCONCLUSIVE),
        ({"features": ["sex"]}, Verdict.INCONCLUSIVE),
        ({"features": ["sex"], "positive": "Emperor"}, Verdict.INCONCLUSIVE),
        ({"features": ["nothing"], "positive": "Gentoo"}, Verdict.INCONCLUSIVE),
        (
            {"features": ["island"], "positive": "Gentoo", "min_group": 1000},
            Verdict.INCONCLUSIVE,
        ),
    ],
)
def test_the_ratio_of_selection_rates_decides(
    settings: dict[str, object], verdict: Verdict, ask: Ask
) -> None:
    (found,) = fairness(ask("v1", fairness=settings))
    assert found.verdict is verdict, found.message


def test_a_difference_of_rates_can_be_bounded(ask: Ask) -> None:
    settings = {"features": ["sex"], "positive": "Gentoo", "max_difference": 0.0}
    _, found = fairness(ask("v1", fairness=settings))
    assert found.gate == "fairness:sex:equalized_odds"
    assert (found.verdict is Verdict.PASS) is (found.value == 0.0)


def test_a_ratio_far_from_one_has_an_interval_that_says_so() -> None:
    low, high = ratio_interval(Rate(10, 200), Rate(100, 200))
    assert low < 0.1 < high < 0.3
    low, high = ratio_interval(Rate(0, 20), Rate(0, 20))
    assert low < 1 < high
