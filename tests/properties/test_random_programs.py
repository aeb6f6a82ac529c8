"""A random notebook is refused with its place, or serves rows that nobody has seen as its own plain Python would."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.properties.judging import Verdict, judge
from tests.properties.programs import random_program

_SEEDS = range(64)


@pytest.fixture(scope="module")
def seen() -> list[Verdict]:
    """Return the verdicts so far."""
    return []


@pytest.mark.parametrize("seed", _SEEDS)
def test_random_program(seed: int, tmp_path: Path, seen: list[Verdict]) -> None:
    drawn = random_program(seed, tmp_path)
    assert drawn is not None
    program, choice = drawn
    folder = tmp_path / "build"
    folder.mkdir()
    judgement = judge(program, choice, folder)
    seen.append(judgement.verdict)
    assert judgement.verdict in {Verdict.REFUSED, Verdict.EQUAL}, (
        f"{judgement.verdict}: {judgement.reason}\n{program.source(choice).text}"
    )


def test_enough_of_them_are_served(seen: list[Verdict]) -> None:
    assert seen.count(Verdict.EQUAL) >= len(_SEEDS) // 4
