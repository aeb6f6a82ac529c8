"""Every notebook of the corpus builds and is proved, or is refused at the place that is demanded."""

from __future__ import annotations

from typing import Any

import pytest

from tests.corpus.conftest import SOURCES, Build
from tests.corpus.expectations import BUILT, EXPECTED, GAPS, Refusal
from tests.corpus.harness import Outcome
from tests.corpus.percent import Source


def _cases() -> list[Any]:
    return [
        pytest.param(
            name,
            marks=[pytest.mark.xfail(strict=True, reason=GAPS[name])] if name in GAPS else [],
        )
        for name in SOURCES
    ]


def test_every_notebook_has_an_expectation() -> None:
    assert sorted(EXPECTED) == sorted(SOURCES)
    assert set(GAPS) <= set(SOURCES)


@pytest.mark.parametrize("name", _cases())
def test_notebook(name: str, built: Build) -> None:
    outcome, _ = built(name)
    expected = EXPECTED[name]
    if isinstance(expected, Refusal):
        _check_refusal(outcome, expected)
    else:
        assert outcome.status == expected == BUILT, outcome.says()
        _check_emitted(SOURCES[name], outcome)


def _check_refusal(outcome: Outcome, expected: Refusal) -> None:
    assert outcome.status == "refused", outcome.says()
    places = [(d.code, d.cell, d.line) for d in outcome.diagnostics]
    assert (expected.code, expected.cell, expected.line) in places, outcome.says()
    assert all(d.message and d.hint for d in outcome.diagnostics)


def _check_emitted(source: Source, outcome: Outcome) -> None:
    """Check what a reader of the emitted code may rely on."""
    numbers = {str(number) for number, _ in enumerate(source.cells, 1)}
    for text in outcome.files.values():
        marks = [
            line.rpartition(" ")[2]
            for line in text.split("\n")
            if line.strip().startswith("# cell ")
        ]
        assert set(marks) <= numbers
        assert "_rec_" not in text
        assert "_operand_" not in text
