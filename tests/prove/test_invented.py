import numpy as np
import pandas as pd
import pytest

from nb2prod.prove.invented import invented_requests


def _table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "number": [1.0, 2.5, np.nan, 4.0],
            "count": [3, 3, 3, 3],
            "small": np.array([-100, 2, 126, 127], dtype="int8"),
            "city": pd.Series(["Rome", "Oslo", None, "Rome"], dtype="str"),
            "day": pd.to_datetime(["2020-01-01", "2020-01-02", "NaT", "2021-01-01"]),
            "flag": [True, False, True, True],
            "empty": [np.nan] * 4,
        }
    )


def test_columns_and_types_are_those_of_the_table() -> None:
    made = invented_requests(_table())
    assert made.dtypes.to_dict() == _table().dtypes.to_dict()
    assert list(made.index) == list(range(len(made)))


def test_some_rows_stand_twice_and_nulls_are_among_them() -> None:
    made = invented_requests(_table())
    assert made.duplicated().any()
    assert made["number"].isna().any()


@pytest.mark.parametrize("name", ["number", "count", "day"])
def test_a_value_above_and_one_below_all_known_ones(name: str) -> None:
    known, made = _table()[name].dropna(), invented_requests(_table())[name].dropna()
    assert made.max() > known.max()
    assert made.min() < known.min()


def test_values_stay_within_their_type() -> None:
    # The type ends at -128 and 127, before a value that is far from the known ones.
    assert set(invented_requests(_table())["small"]) <= set(_table()["small"])


def test_an_unknown_text() -> None:
    made = set(invented_requests(_table())["city"].dropna())
    assert len(made - {"Rome", "Oslo"}) == 1


def test_what_has_no_other_values_is_left() -> None:
    made = invented_requests(_table())
    assert set(made["flag"]) <= {True, False}
    assert made["empty"].isna().all()


def test_the_same_rows_each_time() -> None:
    pd.testing.assert_frame_equal(invented_requests(_table()), invented_requests(_table()))
