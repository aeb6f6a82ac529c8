import numpy as np
import pandas as pd
import pytest

from nb2prod.prove.covering import covering_sample

TABLE = pd.DataFrame(
    {
        "island": ["a"] * 90 + ["b"] * 9 + ["c"],
        "mass": [*np.linspace(1, 2, 50), -7.0, *np.linspace(1, 2, 49)],
        "note": [None if row == 33 else "x" for row in range(100)],
        "list": [[row] for row in range(100)],
    }
)


def test_the_sample_shows_every_category_null_and_extreme() -> None:
    chosen = set(covering_sample(TABLE, 20).tolist())
    assert chosen >= {0, 90, 99, 50, 33}
    assert len(chosen) == 20


@pytest.mark.parametrize("limit", [100, 1000])
def test_every_row_is_taken_where_there_is_room(limit: int) -> None:
    assert covering_sample(TABLE, limit).tolist() == list(range(100))


def test_there_may_be_no_rows() -> None:
    assert covering_sample(TABLE.iloc[:0]).tolist() == []
