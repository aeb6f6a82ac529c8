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
