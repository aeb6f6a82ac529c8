"""Features that say the answer are found, and those that only go with it are not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nb2prod.execute.recorder.giveaways import giveaways

_ROWS = 60
_CLASSES = np.array(["yes", "no", "no"] * 20)
_NUMBERS = np.linspace(1.0, 90.0, _ROWS) ** 2


@pytest.mark.parametrize(
    ("column", "answers", "is_found"),
    [
        (np.where(_CLASSES == "yes", 7, 3), _CLASSES, True),
        (np.where(_CLASSES == "yes", "alive", "dead"), _CLASSES, True),
        (np.where(_CLASSES == "yes", 7, 3).astype(np.float16), _CLASSES, True),
        (np.arange(_ROWS), _CLASSES, False),
        (np.where(np.arange(_ROWS) == 5, 9, np.where(_CLASSES == "yes", 7, 3)), _CLASSES, False),
        (np.zeros(_ROWS), _CLASSES, False),
        (_NUMBERS * 2 + 1, _NUMBERS, True),
        (np.sqrt(_NUMBERS), _NUMBERS, False),
        (np.zeros(_ROWS), _NUMBERS, False),
        (np.where(np.arange(_ROWS) == 5, np.nan, _NUMBERS), _NUMBERS, False),
    ],
    ids=[
        "codes", "words", "half floats", "row numbers", "all but one", "constant",
        "linear", "monotonic", "constant for numbers", "with a null",
    ],
)  # fmt: skip
def test_one_column_alone(column: object, answers: np.ndarray, is_found: bool) -> None:
    features = pd.DataFrame({"other": np.arange(_ROWS) % 7, "column": column})
    positions = np.arange(_ROWS, dtype=np.int64)
    found = giveaways(features, positions, answers, positions)
    assert found == (["column"] if is_found else [])


def test_answers_are_matched_by_their_rows() -> None:
    features = pd.DataFrame({"column": _NUMBERS})
    positions = np.arange(_ROWS, dtype=np.int64)
    assert giveaways(features, positions, _NUMBERS[::-1], positions[::-1]) == ["column"]


def test_few_rows_say_nothing() -> None:
    features = pd.DataFrame({"column": _NUMBERS[:10]})
    positions = np.arange(10, dtype=np.int64)
    assert giveaways(features, positions, _NUMBERS[:10], positions) == []
