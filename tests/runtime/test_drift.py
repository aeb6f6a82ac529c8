"""Drift is found where it matters, and not where only chance or the number of rows speaks."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from nb2prod.runtime.drift import DriftRule, find_drift, holm
from nb2prod.runtime.profile import ColumnProfile, profile_column
from nb2prod.runtime.schema import Column

NUMBER = Column("x", "float64", "number", nullable=True)
TOWN = Column("t", "str", "category", nullable=True)
RULE = DriftRule()


def _numbers(values: Any) -> ColumnProfile:
    return profile_column(NUMBER, pd.Series(np.asarray(values, dtype=float)))


def _towns(values: Any) -> ColumnProfile:
    return profile_column(TOWN, pd.Series(list(values), dtype="str"))


def _finding(one: ColumnProfile, other: ColumnProfile, rule: DriftRule = RULE) -> str:
    (found,) = find_drift([one], [other], rule)
    return found.finding


def _normal(n: int, shift: float = 0.0, seed: int = 0) -> ColumnProfile:
    return _numbers(np.random.default_rng([n, seed]).normal(shift, 1.0, n))


@pytest.mark.parametrize(
    ("one", "other", "finding"),
    [
        pytest.param(_normal(5000), _normal(5000, 0.3, 1), "drift", id="a third of a deviation"),
        pytest.param(_normal(5000), _normal(5000, 0.0, 1), "none", id="unchanged"),
        pytest.param(_normal(50000), _normal(50000, 0.03, 1), "none", id="significant and trivial"),
        pytest.param(_normal(60), _normal(60, 3.0, 1), "insufficient", id="few rows"),
        pytest.param(_numbers([1.0] * 300), _numbers([1.0] * 300), "none", id="constant"),
        pytest.param(_numbers([1.0] * 300), _numbers([2.0] * 300), "drift", id="two constants"),
        pytest.param(
            _numbers([1.0] * 300), _numbers([1.0] * 150 + [np.nan] * 150), "drift", id="nulls"
        ),
        pytest.param(_numbers([np.nan] * 300), _numbers([np.nan] * 300), "none", id="only nulls"),
        pytest.param(_towns("ab" * 300), _towns("ab" * 300), "none", id="same categories"),
        pytest.param(_towns("ab" * 300), _towns("aab" * 300), "drift", id="other shares"),
        pytest.param(_towns("ab" * 300), _towns("ac" * 300), "drift", id="other categories"),
        pytest.param(_towns("a" * 300), _towns("a" * 300), "none", id="one category"),
    ],
)
def test_drift_is_significant_and_large_enough(
    one: ColumnProfile, other: ColumnProfile, finding: str
) -> None:
    assert _finding(one, other) == finding


@pytest.mark.parametrize("shift", [0.0, 0.2, 1.0])
@pytest.mark.parametrize("n", [200, 1000])
def test_the_distance_and_its_p_value_are_kolmogorov_s(n: int, shift: float) -> None:
    rng = np.random.default_rng(n)
    one, other = rng.normal(size=n), rng.normal(shift, 1.0, n)
    expected = stats.ks_2samp(one, other, method="asymp")
    (found,) = find_drift([_numbers(one)], [_numbers(other)], RULE)
    assert found.distance == pytest.approx(expected.statistic, abs=1e-12)
    assert found.p_value == pytest.approx(min(1.0, 2 * expected.pvalue), rel=0.35, abs=1e-9)


def test_the_distance_of_long_columns_is_right_to_a_thousandth() -> None:
    rng = np.random.default_rng(1)
    one, other = rng.normal(size=30_000), rng.normal(0.4, 1.0, 20_000)
    (found,) = find_drift([_numbers(one)], [_numbers(other)], RULE)
    assert found.distance == pytest.approx(stats.ks_2samp(one, other).statistic, abs=2e-3)


def test_categories_are_compared_by_chi_squared() -> None:
    one, other = _towns("a" * 120 + "b" * 80), _towns("a" * 90 + "b" * 110)
    (found,) = find_drift([one], [other], RULE)
    expected = stats.chi2_contingency([[120, 80], [90, 110]], correction=False)
    assert found.p_value == pytest.approx(2 * expected.pvalue)
    assert found.distance == pytest.approx(0.15)


def test_p_values_are_corrected_by_holm() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


def test_unchanged_data_stay_below_the_critical_index() -> None:
    above = []
    for seed in range(300):
        (found,) = find_drift([_normal(400, seed=seed)], [_normal(400, seed=seed + 1000)], RULE)
        assert found.stability_index is not None
        assert found.critical_index is not None
        above.append(found.stability_index > found.critical_index)
    assert np.mean(above) <= 0.03


def test_twenty_unchanged_columns_alarm_hardly_ever() -> None:
    rng = np.random.default_rng(7)
    alarms = 0
    for _ in range(50):
        tables = [
            [
                profile_column(
                    Column(f"c{i}", "float64", "number", nullable=False), pd.Series(column)
                )
                for i, column in enumerate(rng.normal(size=(20, 300)))
            ]
            for _ in range(2)
        ]
        found = find_drift(tables[0], tables[1], RULE)
        alarms += any(one.finding == "drift" for one in found)
    assert alarms <= 4


def test_a_profile_survives_json() -> None:
    for profile in (_normal(50), _towns("abc" * 5), ColumnProfile("z", 3, 3)):
        assert ColumnProfile.from_mapping(profile.to_mapping()) == profile


def test_rare_categories_are_counted_together() -> None:
    names = [str(number) for number in range(500) for _ in range(2 if number < 10 else 1)]
    profile = profile_column(TOWN, pd.Series(names, dtype="str"))
    assert profile.counts is not None
    assert len(profile.counts) == 201
    assert sum(profile.counts.values()) == 510


def test_datetimes_are_moments_whatever_their_unit_and_zone() -> None:
    column = Column("d", "datetime64[us]", "datetime", nullable=True)
    plain = pd.Series(pd.to_datetime(["2026-01-01", "NaT", "2026-01-02"]))
    zoned = plain.dt.tz_localize("UTC").dt.tz_convert("Europe/Vienna").dt.as_unit("ns")
    one, other = profile_column(column, plain), profile_column(column, zoned)
    assert one == other
    assert one.nulls == 1
