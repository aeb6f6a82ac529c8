"""Take out of a program what its verdict does not need."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from tests.properties.programs import Program, choice_of

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
    for field in ("steps", "on_features", "after_split"):
        steps = getattr(program, field)
        for number in range(len(steps)):
            yield replace(program, **{field: [*steps[:number], *steps[number + 1 :]]})
    if program.model != _PLAIN_MODEL:
        yield replace(program, model=_PLAIN_MODEL)
    if "df[{columns}]" != program.choice[-13:]:
        yield replace(program, choice="X = df[{columns}]")
