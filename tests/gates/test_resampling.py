import numpy as np
import pytest
from scipy import stats

from nb2prod.gates.resampling import estimate, mcnemar, wilson


@pytest.mark.parametrize(("only_one", "only_other"), [(0, 0), (0, 8), (3, 9), (12, 12), (40, 61)])
def test_mcnemar_is_the_exact_binomial_test(only_one: int, only_other: int) -> None:
    n = only_one + only_other
    expected = stats.binomtest(only_one, n, 0.5).pvalue if n else 1.0
    assert mcnemar(only_one, only_other) == pytest.approx(min(1.0, expected), rel=1e-12)


@pytest.mark.parametrize(("hits", "n"), [(0, 10), (3, 10), (10, 10), (517, 1000), (1, 3)])
def test_wilson_is_the_textbook_s_interval(hits: int, n: int) -> None:
    expected = stats.binomtest(hits, n).proportion_ci(method="wilson")
    assert wilson(hits, n) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_nothing_is_known_of_no_rows() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


def test_an_estimate_covers_the_mean_and_is_always_the_same() -> None:
    values = np.random.default_rng(0).normal(0.3, 1.0, 400)
    found = estimate(lambda chosen: float(values[chosen].mean()), 400, 0.95)
    assert found == estimate(lambda chosen: float(values[chosen].mean()), 400, 0.95)
    error = 1.645 * values.std() / 20
    assert found.low == pytest.approx(values.mean() - error, abs=0.02)
    assert found.high == pytest.approx(values.mean() + error, abs=0.02)
    assert found.detectable == pytest.approx((1.645 + 0.842) * values.std() / 20, rel=0.06)
