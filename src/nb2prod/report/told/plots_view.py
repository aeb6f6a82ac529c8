"""The plots of a version, each with what it shows in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from nb2prod.report.drawing.plots import (
    SERIES,
    agreement,
    bars,
    calibration,
    histogram,
    residuals,
    roc,
)
from nb2prod.report.told.performance import Confusion, Performance

_BINS = 30


def plots(performance: Performance) -> list[dict[str, Any]]:
    """Return the plots of a version's answers."""
    return [*_class_plots(performance), *_number_plots(performance)]


def _class_plots(performance: Performance) -> Iterator[dict[str, Any]]:
    if performance.curves:
        yield {
            "title": "ROC",
            "drawing": roc(performance.curves),
            "said": "How many of a class are found, over how many others are taken for it; the dashed line is chance.",
            "legend": [
                {"look": f"s{number % SERIES}", "name": curve.name}
                for number, curve in enumerate(performance.curves)
            ],
        }
    if performance.bins:
        yield {
            "title": "Calibration",
            "drawing": calibration(performance.bins),
            "said": f"How often it is so where {performance.calibrated} is said, with Wilson's 95 % intervals; on "
            "the dashed line probabilities mean what they say.",
            "legend": [],
        }


def _number_plots(performance: Performance) -> Iterator[dict[str, Any]]:
    if not performance.pairs:
        return
    left = [(said, true - said) for true, said in performance.pairs]
    yield {
        "title": "Predicted and true",
        "drawing": agreement(performance.pairs),
        "said": f"{len(performance.pairs)} of the rows; on the dashed line both are equal.",
        "legend": [],
    }
    yield {
        "title": "Residuals",
        "drawing": residuals(left),
        "said": "What is left after the prediction; a shape in it is something that the model misses.",
        "legend": [],
    }
    counts, edges = np.histogram([one for _, one in left], bins=_BINS)
    yield {
        "title": "Distribution of residuals",
        "drawing": histogram(edges.tolist(), counts.tolist(), "true minus predicted"),
        "said": "True minus predicted value, in the target's own unit.",
        "legend": [],
    }


def importance(performance: Performance) -> dict[str, Any] | None:
    """Return the drawing of what each column is worth, or None where nothing was tried."""
    found = performance.importance
    if not found.bars:
        return None
    words = "The loss of accuracy"
    if found.metric != "accuracy":
        words = "By which share the mean absolute error grows (1 is a doubling)"
    said = (
        f"{words} where the values of one column are shuffled among {found.rows} rows: the mean of three times, with "
        "the least and the largest. Columns that say the same share what they are worth."
    )
    if found.others:
        said += f" {found.others} more columns matter less."
    return {
        "drawing": bars(found.bars, "Importance of each column"),
        "said": said,
        "note": found.note,
    }


def confusion(found: Confusion | None) -> dict[str, Any] | None:
    """Return the confusion table with the share of each row, or None where there are too many classes."""
    if found is None:
        return None
    rows = []
    for label, counts in zip(found.labels, found.counts, strict=True):
        total = sum(counts) or 1
        cells = [{"count": count, "tint": round(60 * count / total)} for count in counts]
        rows.append({"label": label, "cells": cells})
    return {"labels": found.labels, "rows": rows}
