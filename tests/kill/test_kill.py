"""Every mutant that changes a value on a raw row is found by the project's own proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.kill.judging import Fate, Judge, Judged
from tests.kill.mutants import mutants
from tests.kill.mutations.mutation import Mutation
from tests.kill.subject import Subject, make_subject
from tests.kill.subjects import ALL, QUICK, source_of

_EVERY = 8
"""Of a quick notebook's mutants, every eighth is judged."""

KINDS = frozenset(
    {
        "statement dropped",
        "call dropped",
        "argument dropped",
        "operator replaced",
        "constant shifted",
        "columns swapped",
        "other column read",
        "columns reordered",
        "statistic unfrozen",
        "transformer unfrozen",
        "value nudged",
        "values swapped",
        "type narrowed",
        "key dropped",
        "statistic of other rows",
        "fitted on other rows",
        "training statement dropped",
        "training constant shifted",
    }
)

MakeSubject = Callable[[str], Subject]


@pytest.fixture(scope="module")
def subject_of(tmp_path_factory: pytest.TempPathFactory) -> MakeSubject:
    """Return a function that builds a notebook."""
    return lambda name: make_subject(source_of(name), tmp_path_factory.mktemp(name))


def _survivors(found: list[Judged]) -> str:
    return "\n".join(
        f"{one.mutation.kind} {one.mutation.place}: {one.shown_by}"
        for one in found
        if one.fate is Fate.SURVIVED
    )


@pytest.mark.parametrize("name", QUICK)
def test_some_mutants(name: str, subject_of: MakeSubject) -> None:
    subject = subject_of(name)
    judge = Judge(subject)
    found = [judge.judge(mutation) for mutation in list(mutants(subject))[::_EVERY]]
    assert _survivors(found) == ""
    assert Counter(one.fate for one in found)[Fate.KILLED] >= 2


_TWO_WAYS = "rows are scaled on two branches after the split, so only held-out rows prove it"
_OPEN = {"whole_houses": _TWO_WAYS}


def _cases() -> list[Any]:
    return [
        pytest.param(
            name,
            marks=[pytest.mark.xfail(strict=True, reason=_OPEN[name])] if name in _OPEN else [],
        )
        for name in ALL
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", _cases())
def test_every_mutant(name: str, subject_of: MakeSubject) -> None:
    subject = subject_of(name)
    judge = Judge(subject)
    found = [judge.judge(mutation) for mutation in mutants(subject)]
    assert _survivors(found) == ""
    assert Counter(one.fate for one in found)[Fate.KILLED] >= 4


def test_every_kind_of_mutation_is_made(subject_of: MakeSubject) -> None:
    made = [
        m
        for name in ("fillna_loop_dtypes", "agg_map", "whole_houses")
        for m in mutants(subject_of(name))
    ]
    assert {mutation.kind for mutation in made} >= KINDS


def test_the_right_version_changes_no_row(subject_of: MakeSubject) -> None:
    subject = subject_of("fillna_mean")
    text = subject.outcome.files["features.py"]
    fitted = subject.outcome.fitted
    unchanged = [
        Mutation("none", "the same code", "features.py", text),
        Mutation("none", "the same training", "train.py", subject.outcome.files["train.py"]),
        Mutation("none", "the same state", state=fitted),
    ]
    judge = Judge(subject)
    assert [judge.judge(mutation).fate for mutation in unchanged] == [Fate.EQUIVALENT] * 3


def test_a_proof_that_finds_nothing_is_noticed(
    subject_of: MakeSubject, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = subject_of("fillna_mean")
    monkeypatch.setattr("tests.kill.judging.Replay.report", lambda self: {})
    mean = next(m for m in mutants(subject) if m.kind == "value nudged")
    assert Judge(subject).judge(mean).fate is Fate.SURVIVED


def test_what_answers_nothing_is_not_counted(subject_of: MakeSubject, tmp_path: Path) -> None:
    subject = subject_of("fillna_mean")
    text = subject.outcome.files["features.py"].replace("return X_test", "raise ValueError")
    assert "raise ValueError" in text
    broken = Mutation("broken", "the whole", "features.py", text)
    assert Judge(subject).judge(broken).fate is Fate.BROKEN
