"""What the notebook's own kernel gave: the one side of every comparison."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import joblib
import pandas as pd


@dataclass(frozen=True, slots=True)
class Captured:
    """The captures of one run.

    Attributes:
        raw: File of the raw table.
        scored: File of what the scored predict received and answered: ``features``, ``positions`` in the raw table,
            ``predictions`` and ``probabilities``, and ``answers`` that it may have made of those.
        rows: How many rows were scored.
        classes: Classes of the model, or None.
        is_held_out: Whether the scored rows were not fitted on.
        identified_by: How they were traced to the raw table.
        metrics: Numbers that the evaluation bound, by name.
        answer: Key of the answers that the version gives, or None where it gives the predictions.
        against: Whose run it is: the ``notebook``'s, or the ``training``'s own where no notebook ran.
    """

    raw: Path
    scored: Path
    rows: int
    classes: Sequence[Any] | None
    is_held_out: bool
    identified_by: str
    metrics: Mapping[str, float]
    answer: str | None = None
    against: Literal["notebook", "training"] = "notebook"


def open_table(path: Path) -> pd.DataFrame:
    """Return a raw table that this very build captured."""
    table: pd.DataFrame = joblib.load(path)  # noqa: TID251 - captured by this very build
    return table


def open_scored(path: Path, answer: str | None = None) -> Mapping[str, Any]:
    """Return a scored predict that this very build captured.

    Args:
        path: Its file.
        answer: Key of the notebook's answers, where they are not the model's own: they become the ``predictions``, and
            the model's own stand under ``own``.
    """
    scored: Mapping[str, Any] = joblib.load(path)  # noqa: TID251 - captured by this very build
    return with_answer(scored, answer)


def with_answer(scored: Mapping[str, Any], answer: str | None) -> Mapping[str, Any]:
    """Put the notebook's answers in place of its model's predictions."""
    if answer is None:
        return scored
    return {**scored, "own": scored["predictions"], "predictions": scored["answers"][answer]}
