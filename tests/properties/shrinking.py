"""Take out of a program what its verdict does not need."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from tests.properties.programs import Program, choice_of
from tests.properties.wrapping import Step

_PLAIN_CHOICE = "X = df[{columns}]"
_PLAIN_MODEL = "DecisionTreeClassifier(max_depth=4, random_state=0)"


def shrunk(program: Program, is_same: Callable[[Program, str], bool], folder: Path) -> Program:
    """Return a smaller program of which the same can be said.

    Args:
        program: The program.
        is_same: Tells whether it can be said.
        folder: Where to try programs.
    """
    for _ in range(12):
        for smaller in _smaller(program):
            choice = choice_of(smaller, folder)
            if choice is not None and is_same(smaller, choice):
                program = smaller
                break
        else:
            return program
    return program


def _smaller(program: Program) -> Iterator[Program]:
    for fewer in _without_one(program.steps):
        yield replace(program, steps=fewer)
    for fewer in _without_one(program.on_features):
        yield replace(program, on_features=fewer)
    for fewer in _without_one(program.after_split):
        yield replace(program, after_split=fewer)
    if program.model != _PLAIN_MODEL:
        yield replace(program, model=_PLAIN_MODEL)
    if program.choice != _PLAIN_CHOICE:
        yield replace(program, choice=_PLAIN_CHOICE)


def _without_one(steps: Sequence[Step]) -> Iterator[Sequence[Step]]:
    for number in range(len(steps)):
        yield [*steps[:number], *steps[number + 1 :]]
