"""Every idiom is written in several ways somewhere in the corpus."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.corpus.expectations import EXPECTED

_ROW = re.compile(r"^\| (?P<number>\d+) \| [^|]+ \| (?P<names>[\w ]+) \|$", re.MULTILINE)
_TABLE = (Path(__file__).parent / "README.md").read_text(encoding="utf-8")
IDIOMS = {int(row["number"]): row["names"].split() for row in _ROW.finditer(_TABLE)}


def test_the_table_has_every_idiom() -> None:
    assert list(IDIOMS) == list(range(1, 59))


@pytest.mark.parametrize("number", IDIOMS)
def test_an_idiom_has_three_notebooks_of_the_corpus(number: int) -> None:
    names = IDIOMS[number]
    assert len(set(names)) >= 3
    assert not set(names) - set(EXPECTED)
