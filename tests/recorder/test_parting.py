"""The rows that the recorder keeps of what a split hands out."""

import ast
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nb2prod.execute.recorder import parting
from nb2prod.execute.recorder.instrument import Site
from nb2prod.execute.recorder.parting import Partings
from nb2prod.execute.recorder.rows import RowTable
from nb2prod.notebook.recording import place_key

FRAME = pd.DataFrame({"a": range(8), "b": range(8)})


def _kept(line: str, *parts: Any, times: int = 1) -> list[dict[str, Any]]:
    """Return what is kept where a line gives parts of a table whose rows are their labels."""
    statement = ast.parse(line).body[0]
    call = next(node for node in ast.walk(statement) if isinstance(node, ast.Call))
    partings, rows = Partings([(3, statement)]), RowTable()
    for part in parts:
        if isinstance(part, pd.DataFrame | pd.Series):
            rows.add(part, part.index.to_numpy(), "label")
        elif isinstance(part, np.ndarray):
            rows.add(part, np.arange(len(part)), "order")
    for _ in range(times):
        partings.note(parts, Site(place_key(3, call), "call", "", (), 0, None), rows)
    return [dict(one) for one in partings.kept]


def test_each_part_is_kept_under_the_names_of_the_others() -> None:
    first, second = FRAME.iloc[:5], FRAME.iloc[5:]
    found = _kept("X, Z, y, w = split(a, b)", first, second, first["a"], second["a"])
    assert [one["names"] for one in found] == [["Z"], ["X"], ["w"], ["y"]]
    assert found[0]["positions"].tolist() == [0, 1, 2, 3, 4]
    pd.testing.assert_frame_equal(found[0]["table"], first)


def test_a_call_in_a_loop_is_kept_once() -> None:
    assert len(_kept("a, b = split(x)", FRAME.iloc[:5], FRAME.iloc[5:], times=3)) == 2


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parting, "PART_ROWS", 3)
    found = _kept("a, b = split(x)", FRAME.iloc[:5], FRAME.iloc[5:])
    assert found[0]["positions"].tolist() == [0, 2, 4]


def test_a_later_change_of_a_part_does_not_reach_what_is_kept() -> None:
    array, other = np.arange(6.0).reshape(3, 2), np.zeros((2, 2))
    found = _kept("a, b = split(x)", array, other)
    array[:] = 7
    assert found[0]["table"].tolist() == [[0, 1], [2, 3], [4, 5]]


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("parts = split(x)", (FRAME.iloc[:5], FRAME.iloc[5:])),
        ("a.x, b = split(x)", (FRAME.iloc[:5], FRAME.iloc[5:])),
        ("a, b = split(x)", (FRAME.iloc[:5], FRAME[["a"]].iloc[5:])),
        ("a, b = split(x)", (FRAME.iloc[:5], 3)),
        ("a, b, c = split(x)", (FRAME.iloc[:5], FRAME.iloc[5:])),
        ("a, b, c, d = split(x)", tuple(np.zeros((3, 2)) for _ in range(4))),
    ],
    ids=["one name", "no names", "other columns", "no table", "other count", "nameless columns"],
)
def test_what_is_no_split_into_named_parts_is_not_kept(line: str, parts: tuple[Any, ...]) -> None:
    assert _kept(line, *parts) == []
