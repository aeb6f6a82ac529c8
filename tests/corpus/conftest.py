"""Notebooks of the corpus, each built once for all tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.corpus.harness import Outcome, build
from tests.corpus.percent import read_sources

SOURCES = read_sources(Path(__file__).parent / "notebooks")
Build = Callable[[str], tuple[Outcome, Path]]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Return a function that builds a notebook, once, and gives the outcome and its folder."""
    outcomes: dict[str, tuple[Outcome, Path]] = {}

    def outcome_of(name: str) -> tuple[Outcome, Path]:
        if name not in outcomes:
            folder = tmp_path_factory.mktemp(name)
            outcomes[name] = build(SOURCES[name], folder), folder
        return outcomes[name]

    return outcome_of
