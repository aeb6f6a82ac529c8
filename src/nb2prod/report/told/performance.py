"""How good a version is on the rows that it keeps: scores with intervals, and what plots are drawn of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from threadpoolctl import threadpool_limits

from nb2prod.gates.answers import (
    LabelledRows,
    NoAnswer,
    Values,
    answers_to,
    frame_of,
    labelled_rows,
)
from nb2prod.gates.version import VersionAtHand
from nb2prod.report.drawing.plots import Bin, Curve
from nb2prod.report.told.curves import calibration_bins, roc_curves
from nb2prod.report.told.importance import Importance, importance_of
from nb2prod.report.told.scores import Score, class_scores, number_scores
from nb2prod.runtime.predictor import label_key

MOST_ROWS = 5_000
"""Rows that are measured: enough for intervals of about a hundredth."""

_MOST_POINTS = 800
_MOST_CLASSES = 12


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often each class was taken for each.

    Attributes:
        labels: The classes.
        counts: Rows by true and predicted class.
    """

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Performance:
    """What a version does on rows whose truth is known.

    Attributes:
        rows: How many rows were measured.
        is_held_out: Whether the model was fitted on none of them.
        scores: Metrics with their intervals.
        importance: By how much scores fall where one column is shuffled.
        confusion: How often classes were mistaken, where there are not too many.
        curves: ROC curves by class.
        bins: Calibration.
        calibrated: What the calibration is of, in words.
        pairs: True and predicted values of a regression, some hundred of them.
    """

    rows: int
    is_held_out: bool
    scores: tuple[Score, ...]
    importance: Importance
    confusion: Confusion | None = None
    curves: tuple[Curve, ...] = ()
    bins: tuple[Bin, ...] = ()
    calibrated: str = ""
    pairs: tuple[tuple[float, float], ...] = ()


def measure(version: VersionAtHand, *, seconds: float) -> Performance:
    """Measure a version on its held-out rows; the same version gives the same figures.

    Args:
        version: The version.
        seconds: How long the importance of columns may take.

    Raises:
        NoAnswer: The truth is not known, or the version does not answer.
    """
    # With more threads than processors are free, small batches take a hundred times as long.
    with threadpool_limits(version.manifest.threads):
        return _measured(version, labelled_rows(version), seconds)


def _measured(version: VersionAtHand, rows: LabelledRows, seconds: float) -> Performance:
    if len(rows) > MOST_ROWS:
        rows = rows.at(np.linspace(0, len(rows) - 1, MOST_ROWS).astype(np.int64))
    frame = frame_of(version, rows.records)
    said = answers_to(version, frame)
    is_held_out = bool(version.parity.get("held_out"))
    if version.manifest.task != "classification":
        _check_finite(rows.truth, said)
    importance = importance_of(version, frame, rows.truth, said, seconds=seconds)
    if version.manifest.task != "classification":
        return Performance(
            rows=len(rows),
            is_held_out=is_held_out,
            scores=number_scores(rows.truth, said),
            importance=importance,
            pairs=_pairs(rows.truth, said),
        )
    probabilities = _probabilities(version, frame)
    labels = _labels(version, rows, said)
    bins, calibrated = calibration_bins(rows.truth, probabilities)
    return Performance(
        rows=len(rows),
        is_held_out=is_held_out,
        scores=class_scores(rows.truth, said),
        importance=importance,
        confusion=_confusion(labels, rows.truth, said),
        curves=roc_curves(rows.truth, probabilities),
        bins=bins,
        calibrated=calibrated,
    )


def _check_finite(truth: Values, said: Values) -> None:
    """Refuse to measure what no error can be taken of.

    Raises:
        NoAnswer: A true or a predicted value is no finite number.
    """
    odd = int(np.sum(~(np.isfinite(truth) & np.isfinite(said))))
    if odd:
        raise NoAnswer(
            f"of {odd} of {len(truth)} rows the true or predicted value is no finite number"
        )


def _labels(version: VersionAtHand, rows: LabelledRows, said: Values) -> list[str]:
    """Return the classes in the model's order, and others that occur behind them."""
    known = [label_key(label) for label in version.manifest.classes or ()]
    found = sorted({*rows.truth.tolist(), *said.tolist()})
    return list(dict.fromkeys([*known, *found]))


def _confusion(labels: Sequence[str], truth: Values, said: Values) -> Confusion | None:
    if len(labels) > _MOST_CLASSES:
        return None
    counts = tuple(
        tuple(int(np.sum((truth == one) & (said == other))) for other in labels) for one in labels
    )
    return Confusion(tuple(labels), counts)


def _probabilities(
    version: VersionAtHand, frame: pd.DataFrame
) -> Mapping[str, npt.NDArray[np.float64]]:
    """Return the probabilities by class; empty where the model gives none."""
    pipeline = version.loaded.pipeline
    classes = getattr(pipeline, "classes_", None)
    if not hasattr(pipeline, "predict_proba") or classes is None or isinstance(classes, list):
        return {}
    found: Any = np.asarray(pipeline.predict_proba(frame), dtype=np.float64)
    if found.ndim != 2 or found.shape[1] != len(classes) or not np.isfinite(found).all():
        return {}
    return {label_key(label): found[:, number] for number, label in enumerate(classes)}


def _pairs(truth: Values, said: Values) -> tuple[tuple[float, float], ...]:
    chosen = np.unique(np.linspace(0, len(truth) - 1, min(len(truth), _MOST_POINTS)).astype(int))
    pairs = [(float(truth[one]), float(said[one])) for one in chosen]
    return tuple(pairs)
