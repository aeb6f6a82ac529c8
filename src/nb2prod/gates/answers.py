"""What a version answers to rows, beside what is true of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nb2prod.gates.version import VersionAtHand
from nb2prod.runtime.faults import ArtifactError
from nb2prod.runtime.frames import FrameBuilder
from nb2prod.runtime.predictor import label_key
from nb2prod.runtime.values import value_check

Values = npt.NDArray[Any]


class NoAnswer(Exception):
    """Rows cannot be judged, for a reason that belongs into the verdict."""


@dataclass(frozen=True, slots=True)
class LabelledRows:
    """Rows with the truth, in the form in which answers are compared with it.

    Attributes:
        records: Raw records.
        truth: What is true of each: class labels as text, or numbers.
        kept: Positions among the version's held-out rows.
    """

    records: Sequence[Mapping[str, Any]]
    truth: Values
    kept: npt.NDArray[np.int64]

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.records)

    def at(self, chosen: npt.NDArray[Any]) -> LabelledRows:
        """Return some of the rows."""
        positions = [int(position) for position in np.arange(len(self))[chosen]]
        records = [self.records[position] for position in positions]
        return LabelledRows(records, self.truth[positions], self.kept[positions])


def labelled_rows(version: VersionAtHand) -> LabelledRows:
    """Return a version's held-out rows whose truth is known.

    Raises:
        NoAnswer: It keeps none, or the truth of none is known.
    """
    held_out = version.held_out
    if held_out is None:
        raise NoAnswer(f"{version.name} keeps no held-out rows: it was built by an older release")
    if held_out.truth is None:
        raise NoAnswer(
            "the raw table does not hold what the model was fitted to, so right answers are not known"
        )
    known = np.array([value is not None for value in held_out.truth], dtype=bool)
    kept = np.flatnonzero(known).astype(np.int64)
    truth = comparable([held_out.truth[int(i)] for i in kept], version.manifest.task)
    classes = version.manifest.classes
    if classes is not None and not set(truth) <= {label_key(label) for label in classes}:
        raise NoAnswer("the labels in the raw table are written otherwise than the model's classes")
    return LabelledRows([held_out.records[int(i)] for i in kept], truth, kept)


def comparable(values: Sequence[Any], task: str) -> Values:
    """Return labels as text and numbers as numbers."""
    if task == "classification":
        return np.array([label_key(value) for value in values], dtype=object).astype(str)
    return np.asarray(values, dtype=np.float64)


def answers(version: VersionAtHand, records: Sequence[Mapping[str, Any]]) -> Values:
    """Return what a version predicts for raw records.

    Raises:
        NoAnswer: It cannot be opened here, or has no answer to some.
    """
    return answers_to(version, frame_of(version, records))


def frame_of(version: VersionAtHand, records: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return raw records as the frame that a version's pipeline takes.

    Raises:
        NoAnswer: They lack a column, or hold what the version cannot take.
    """
    schema = version.schema
    with _explained(version):
        checks = {column.name: value_check(column) for column in schema.columns}
        rows = [
            {
                name: None if record[name] is None else check(record[name])
                for name, check in checks.items()
            }
            for record in records
        ]
        return FrameBuilder(schema).build(rows)
    raise AssertionError  # The block returns or raises.


def answers_to(version: VersionAtHand, frame: pd.DataFrame) -> Values:
    """Return what a version predicts for raw rows.

    Raises:
        NoAnswer: It cannot be opened here, or has no answer to some.
    """
    with _explained(version):
        found = version.loaded.pipeline.predict(frame)
        values = np.asarray(found, dtype=object).reshape(len(frame), -1)
        if values.shape[1] == 1:
            return comparable(values[:, 0].tolist(), version.manifest.task)
    raise NoAnswer(f"{version.name} predicts several values, which have no one truth")


@contextmanager
def _explained(version: VersionAtHand) -> Iterator[None]:
    """Say why a version does not answer.

    Raises:
        NoAnswer: The block raised something.
    """
    try:
        yield
    except ArtifactError as error:
        raise NoAnswer(f"{version.name} cannot be opened here: {error.what}") from error
    except KeyError as error:
        raise NoAnswer(f"{version.name} needs the column {error}, which the rows lack") from error
    except Exception as error:
        # The pipeline holds the notebook's own code, which may raise anything.
        raise NoAnswer(
            f"{version.name} does not answer these rows: {type(error).__name__}: {_first_line(error)}"
        ) from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
