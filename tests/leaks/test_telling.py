"""How leaks and their figures are said."""

from __future__ import annotations

import math

import pytest

from nb2prod.compile.leaking.leak import Kind, Leak
from nb2prod.compile.leaking.telling import FIGURE, WORDS, changes, listed, told
from nb2prod.notebook.percent import from_percent

_NOTEBOOK = from_percent('# %% tags=["features"]\nx = df["a"].mean()')


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ({"accuracy": 0.853}, {"accuracy": 0.848}, "accuracy 0.853 becomes 0.848"),
        ({"mae": 38.21}, {"mae": 38.21}, "mae stays 38.21"),
        ({"f1": 0.71234567}, {"f1": 0.71234568}, "f1 0.71234567 becomes 0.71234568"),
        ({"rows": 20}, {"rows": 21}, "rows 20 becomes 21"),
        ({"r2": math.nan}, {"r2": math.nan}, "r2 stays nan"),
        ({"a": 1.0, "b": 2.0}, {"b": 3.0}, "b 2 becomes 3"),
        ({}, {}, ""),
    ],
)
def test_a_change_shows_the_digits_that_differ(
    before: dict[str, float], after: dict[str, float], said: str
) -> None:
    assert changes(before, after) == said


@pytest.mark.parametrize(
    ("places", "said"),
    [
        ([(3, 1)], "cell 3, line 1"),
        ([(3, 1), (4, 2)], "cell 3, line 1 and cell 4, line 2"),
        ([(3, 1), (3, 1), (5, 2), (6, 7)], "cell 3, line 1, cell 5, line 2 and cell 6, line 7"),
    ],
)
def test_places_are_listed_once(places: list[tuple[int, int]], said: str) -> None:
    assert listed(places) == said


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_words_of_its_own(kind: Kind) -> None:
    leak = Leak(kind, 1, 1, 5, 1, 19, "df['a'].mean()", 90, 30, ((1, 1),), "1:1:4:1:18:Call")
    finding = told(_NOTEBOOK, leak, 7)
    assert (finding.cell, finding.line, finding.column, finding.end_column) == (1, 1, 5, 19)
    assert "df['a'].mean()" in finding.message
    assert "(called in cell 1, line 1)" in finding.message
    assert "{" not in finding.message
    assert leak.as_json()["kind"] == str(kind)


def test_codes_are_different() -> None:
    codes = [words.code for words in WORDS.values()]
    assert len({*codes, FIGURE[0]}) == len(Kind) + 1
