"""Of two traces, the calls that gave something else for the same operands are named."""

import json
from pathlib import Path

import pytest

from nb2prod.execute.diverging import Diverging, diverging

_DRAW, _FIT = "5:1:4:1:20:Call", "5:2:8:2:30:Call"
_NAMED = Diverging(5, (1, 4, 1, 20))


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        pytest.param([(_DRAW, ["a"], "x")], [(_DRAW, ["a"], "x")], (), id="equal"),
        pytest.param([(_DRAW, ["a"], "x")], [(_DRAW, ["a"], "y")], (_NAMED,), id="differs"),
        pytest.param([(_DRAW, ["a"], "x")], [(_DRAW, ["b"], "y")], (), id="other-operands"),
        pytest.param(
            [(_DRAW, [], "x"), (_FIT, ["x"], "m")],
            [(_DRAW, [], "y"), (_FIT, ["y"], "n")],
            (_NAMED,),
            id="only-the-origin",
        ),
        pytest.param(
            [(_DRAW, [], "x"), (_DRAW, [], "x")],
            [(_DRAW, [], "x"), (_DRAW, [], "y")],
            (_NAMED,),
            id="second-time",
        ),
        pytest.param([(_DRAW, [], "x")], [], (), id="missing"),
    ],
)
def test_the_origin_is_found(
    tmp_path: Path, one: list[object], other: list[object], found: tuple[Diverging, ...]
) -> None:
    paths = tmp_path / "1.json", tmp_path / "2.json"
    for path, events in zip(paths, (one, other), strict=True):
        path.write_text(json.dumps(events), encoding="utf-8")
    assert diverging(*paths) == found
