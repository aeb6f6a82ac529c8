import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nb2prod.prove.equality import compare, difference, table

NAN = float("nan")


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        (1, 1.0, 0.0),
        (NAN, np.float64("nan"), 0.0),
        (NAN, 1.0, math.inf),
        (math.inf, 1.0, math.inf),
        (math.inf, math.inf, 0.0),
        (2**53 + 1, 2**53, 2**-53),
        ("a", "a", 0.0),
        ("a", "b", math.inf),
        ("1", 1, math.inf),
        (None, NAN, 0.0),
        (pd.NA, pd.NaT, 0.0),
        (None, 0, math.inf),
        (True, True, 0.0),
        (np.array([1, 2]), np.array([1, 2]), 0.0),
        (np.array([1, 2]), np.array([1, 3]), math.inf),
        (0.0, 1e-310, 0.0),
        (0.0, 1e-17, math.inf),
    ],
)
def test_how_far_two_values_are_apart(one: Any, other: Any, apart: float) -> None:
    found = difference(one, other)
    assert (found > 1e-9) == (apart > 1e-9)


@pytest.mark.parametrize(
    ("factor", "mismatches"), [(1 + 5e-10, 0), (1 + 5e-9, 1), (-1, 1)], ids=["near", "far", "sign"]
)
def test_numbers_are_equal_within_a_relative_tolerance(factor: float, mismatches: int) -> None:
    for size in (1e-12, 1.0, 1e12):
        found = compare([size * factor, 2.0], [size, 2.0])
        assert (found.rows, found.mismatches) == (2, mismatches)


def test_a_difference_is_told_with_its_place() -> None:
    ours = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]})
    theirs = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "z"]})
    found = compare(ours, theirs, ["a", "b"])
    assert (found.mismatches, found.row) == (1, 1)
    assert found.first == "column 'b': 'y' instead of 'z'"


def test_another_shape_differs_in_every_row() -> None:
    found = compare(np.zeros((2, 3)), np.zeros((2, 4)))
    assert (found.rows, found.mismatches) == (2, 2)
    assert compare([], [1]).mismatches == 1


class _Sparse:
    def toarray(self) -> Any:
        return np.array([[0, 1], [2, 0]])


def test_a_sparse_matrix_is_its_values() -> None:
    assert table(_Sparse()).tolist() == [[0, 1], [2, 0]]


@pytest.mark.parametrize(
    ("ours", "theirs", "mismatches"),
    [
        pytest.param([1.0, math.nan], [1.0, math.nan], 0, id="null"),
        pytest.param([math.inf, 1.0], [-math.inf, 1.0], 1, id="infinity"),
        pytest.param([1.0, math.nan], [1.0, 2.0], 1, id="null-for-number"),
        pytest.param([1, 2], [1.0, 2.0 + 1e-12], 0, id="int-and-float"),
        pytest.param([True, False], [1, 0], 0, id="bool-and-int"),
        pytest.param([True, False], [1.0, 0.5], 1, id="bool-and-float"),
        pytest.param([0.0, 1.0], [1e-12, 1.0], 1, id="zero"),
        pytest.param(["a", None], ["a", math.nan], 0, id="nulls-of-text"),
    ],
)
def test_columns_compare_as_their_values_do(
    ours: list[object], theirs: list[object], mismatches: int
) -> None:
    for form in (list, pd.Series, lambda v: pd.DataFrame({"a": v}), lambda v: pd.Series(v).array):
        found = compare(form(ours), form(theirs))
        expected = sum(difference(a, b) > 1e-9 for a, b in zip(ours, theirs, strict=True))
        assert found.mismatches == expected == mismatches, form


def test_dates_of_several_resolutions_are_equal() -> None:
    days = pd.date_range("2020-01-01", periods=3)
    made = compare(pd.DataFrame({"d": days.as_unit("s")}), pd.DataFrame({"d": days.as_unit("ns")}))
    assert made.mismatches == 0


def test_the_first_difference_is_the_first_row_with_one() -> None:
    ours = pd.DataFrame({"a": [1.0, 2.0, 9.0], "b": ["x", "z", "y"]})
    theirs = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": ["x", "y", "y"]})
    found = compare(ours, theirs, ["a", "b"])
    assert (found.row, found.first, found.mismatches) == (1, "column 'b': 'z' instead of 'y'", 2)
