"""Which mutants change a value on a raw row, and which of those the project's own proof finds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
from sklearn.pipeline import Pipeline

from nb2prod.prove import replay as replaying
from nb2prod.prove.covering import SAMPLE_ROWS, covering_sample
from nb2prod.prove.equality import compare, table
from nb2prod.prove.replay import Replay
from tests.corpus.shell import quietly
from tests.kill.mutations.mutation import Mutation
from tests.kill.subject import Subject

_ALONE = 80
_FEW = 6
_CHUNK = 7


class Fate(StrEnum):
    """What became of a mutant.

    ``broken`` ones answer no row at all, which says nothing for the proof; ``equivalent`` ones change no raw row.
    """

    KILLED = "killed"
    SURVIVED = "survived"
    EQUIVALENT = "equivalent"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Judged:
    """A mutant and its fate.

    Attributes:
        subject: The notebook.
        mutation: What is wrong.
        fate: Its fate.
        shown_by: The first raw row that it changes, with the difference.
    """

    subject: str
    mutation: Mutation
    fate: Fate
    shown_by: str = ""


class Judge:
    """Judge mutants of one version.

    Args:
        subject: The version.
    """

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._rows = subject.raw.drop(columns=subject.target).reset_index(drop=True)
        self._alone = covering_sample(self._rows, _ALONE)
        with quietly(subject.folder):
            self._right = [self._values(subject.right, part) for part in self._parts()]
        # What the right version itself cannot take shows nothing.
        self._shown = [i for i, made in enumerate(self._right) if not isinstance(made, str)]
        assert self._shown

    def judge(self, mutation: Mutation) -> Judged:
        """Return a mutant's fate."""
        try:
            with quietly(self._subject.folder), self._mutant(mutation) as (pipeline, is_known):
                fate, difference = self._fate(pipeline, is_known=is_known)
        except Exception as error:  # noqa: BLE001 - a mutant may raise anything, before it is served
            return Judged(self._subject.name, mutation, Fate.BROKEN, f"{type(error).__name__}")
        return Judged(self._subject.name, mutation, fate, difference)

    def _fate(self, pipeline: Pipeline, *, is_known: bool) -> tuple[Fate, str]:
        difference, is_broken = self._change(pipeline)
        if is_broken:
            return Fate.BROKEN, difference
        if not difference:
            return Fate.EQUIVALENT, ""
        killed = is_known or self._is_found(pipeline)
        return (Fate.KILLED if killed else Fate.SURVIVED), difference

    @contextmanager
    def _mutant(self, mutation: Mutation) -> Iterator[tuple[Pipeline, bool]]:
        """Yield a mutant, and whether its metrics already give it away."""
        if mutation.file is None:
            yield self._subject.with_state(mutation.state), False
        elif mutation.file == "train.py":
            with self._subject.trained_by({"train.py": mutation.text}) as (pipeline, metrics):
                yield pipeline, metrics.mismatches > 0
        else:
            with self._subject.with_code({mutation.file: mutation.text}) as pipeline:
                yield pipeline, False

    def _parts(self) -> Iterator[npt.NDArray[np.int64]]:
        """Yield every raw row: all together, a few together, and telling ones alone."""
        every = np.arange(len(self._rows))
        yield every
        yield from np.array_split(every, max(1, len(every) // _CHUNK))
        yield from (np.array([row]) for row in self._alone)

    def _change(self, pipeline: Pipeline) -> tuple[str, bool]:
        """Return the first difference on a raw row, and whether the mutant answers nothing at all."""
        first, answered = "", 0
        for number, rows in enumerate(self._parts()):
            if number not in self._shown:
                continue
            made = self._values(pipeline, rows)
            if isinstance(made, str):
                first = first or made
                continue
            answered += 1
            first = first or _difference(made, self._right[number], rows)
            if first and answered > 1:
                return first, False
        return first, answered == 0

    def _values(self, pipeline: Any, rows: npt.NDArray[np.int64]) -> Any:
        """Return names, features and answers of raw rows, or what was raised."""
        part = self._rows.iloc[rows].reset_index(drop=True)
        try:
            features = pipeline.named_steps["features"].transform(part)
            answers = pipeline[-1].predict(features)
            names = list(getattr(features, "columns", ()))
            found = [table(features), table(answers)]
            if hasattr(pipeline[-1], "predict_proba"):
                given = pipeline[-1].predict_proba(features)
                found.append(table(np.hstack(given) if isinstance(given, list) else given))
        except Exception as error:  # noqa: BLE001 - emitted code may raise anything
            return f"{type(error).__name__}: {error}"
        return names, found

    def _is_found(self, pipeline: Pipeline) -> bool:
        """Ask the project's own proof, on fewer rows first: most mutants need no more."""
        return any(self._differs(pipeline, limit) for limit in (_FEW, SAMPLE_ROWS))

    def _differs(self, pipeline: Pipeline, limit: int) -> bool:
        replay = Replay(pipeline, self._subject.raw, self._subject.captured, limit)
        with patch.object(replaying, "_SYNTHETIC_ROWS", min(limit, replaying._SYNTHETIC_ROWS)):
            return any(found.mismatches for found in replay.report().values())


def _difference(made: Any, right: Any, rows: npt.NDArray[np.int64]) -> str:
    # A frame instead of an array of the same values is no other value.
    if made[0] and right[0] and made[0] != right[0]:
        return f"columns {made[0]} instead of {right[0]}"
    for ours, theirs in zip(made[1], right[1], strict=True):
        found = compare(ours, theirs, right[0])
        if found.mismatches:
            return f"row {rows[found.row or 0]}: {found.first}"
    return ""
