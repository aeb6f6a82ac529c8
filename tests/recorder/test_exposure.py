"""Which rows went into a place, and how many of them are held out."""

from __future__ import annotations

import numpy as np
import pytest

from nb2prod.execute.recorder.exposure import Exposure
from nb2prod.execute.recorder.matching import Positions
from nb2prod.execute.recorder.rows import Tracked

_HELD_OUT = np.array([False] * 6 + [True] * 4)


def _rows(*positions: int) -> Positions:
    return np.array(positions, dtype=np.int64)


def _tracked(positions: Positions, method: str = "label") -> Tracked:
    return Tracked(lambda: None, positions, None, method)


def _exposure() -> Exposure:
    exposure = Exposure()
    exposure.start(10)
    return exposure


def test_rounds_of_a_loop_count_together_and_calls_apart() -> None:
    exposure = _exposure()
    exposure.note(3, ('5:1:0:1:9:Call@"a"',), [_tracked(_rows(0, 1, 6))], None)
    exposure.note(3, ('5:1:0:1:9:Call@"b"',), [_tracked(_rows(1, 2, 9))], None)
    exposure.note(3, (), [_tracked(_rows(4, 5))], None)
    called = exposure.counts(3, ('5:1:0:1:9:Call@"c"',), _HELD_OUT)
    assert (called["seen"], called["seen_held_out"]) == (5, 2)
    plain = exposure.counts(3, (), _HELD_OUT)
    assert (plain["seen"], plain["seen_held_out"]) == (2, 0)
    assert exposure.counts(4, (), _HELD_OUT) == {}


@pytest.mark.parametrize(
    ("positions", "method", "held_out"),
    [
        (_rows(0, 6), "label", 1),
        (_rows(0, 6), "order", 1),
        (_rows(0, 6), "content", 0),
        (_rows(0, 6, 7, 8, 9), "content", 4),
    ],
)
def test_rows_found_by_content_count_only_all_together(
    positions: Positions, method: str, held_out: int
) -> None:
    exposure = _exposure()
    exposure.note(1, (), [_tracked(positions, method)], None)
    assert exposure.counts(1, (), _HELD_OUT)["seen_held_out"] == held_out


@pytest.mark.parametrize(
    ("taken", "given", "is_repeating"),
    [
        (_rows(0, 1, 2), _rows(0, 2), False),
        (_rows(0, 1, 2), _rows(0, 2, 2), True),
        (_rows(0, 2, 2), _rows(2, 2), False),
    ],
)
def test_the_place_where_rows_are_multiplied_is_known(
    taken: Positions, given: Positions, is_repeating: bool
) -> None:
    exposure = _exposure()
    exposure.note(1, (), [_tracked(taken)], given)
    assert exposure.counts(1, (), _HELD_OUT)["is_repeating"] == is_repeating


def test_without_a_raw_table_nothing_is_known() -> None:
    exposure = Exposure()
    exposure.note(1, (), [_tracked(_rows(0))], None)
    assert exposure.counts(1, (), _HELD_OUT) == {}
