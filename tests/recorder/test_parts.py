"""Copies, columns and groups of a table are recognised where pandas hands them to a function."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nb2prod.execute.recorder.matching import holds_rows_unchanged, part_of

TABLE = pd.DataFrame({"a": [1, 2, 3, 4], "b": ["x", "y", "x", "y"]}, index=[7, 5, 3, 1])

PARTS = {
    "copy": (TABLE.copy(), [0, 1, 2, 3]),
    "column": (TABLE["b"], [0, 1, 2, 3]),
    "group": (TABLE["a"][TABLE["b"] == "y"].rename("y"), [1, 3]),
    "with another column": (TABLE.assign(c=1, a=0), [0, 1, 2, 3]),
    "other values": (TABLE["a"] + 1, None),
    "other rows": (pd.Series([1, 2], index=[9, 8]), None),
    "nothing": (TABLE["a"].iloc[:0], None),
    "a row": (TABLE.loc[7], None),
}


@pytest.mark.parametrize(("part", "expected"), PARTS.values(), ids=PARTS)
def test_part_of(part: pd.Series, expected: list[int] | None) -> None:
    found = part_of(part, TABLE)
    assert (None if found is None else found.tolist()) == expected


def test_a_table_whose_labels_do_not_tell_rows_apart_has_no_parts() -> None:
    table = TABLE.set_axis([1, 1, 2, 2])
    assert part_of(table["a"].iloc[:2], table) is None


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (TABLE.iloc[[2, 0]], True),
        (TABLE.iloc[[2, 0]].assign(a=[3, 9]), False),
        (TABLE.iloc[[2, 0]][["a"]], False),
    ],
    ids=["some", "changed", "fewer columns"],
)
def test_rows_are_unchanged_only_where_each_value_is(result: pd.DataFrame, expected: bool) -> None:
    positions, known = np.array([12, 10]), np.array([10, 11, 12, 13])
    assert holds_rows_unchanged(result, TABLE, positions, known) is expected
