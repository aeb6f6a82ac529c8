"""ROC curves and calibration."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from nb2prod.gates.answers import Values
from nb2prod.gates.resampling import wilson
from nb2prod.report.drawing.plots import SERIES, Bin, Curve

_BINS = 10
_MOST_POINTS = 200

Probabilities = Mapping[str, npt.NDArray[np.float64]]


def roc_curves(truth: Values, probabilities: Probabilities) -> tuple[Curve, ...]:
    """Return a ROC curve for each class against the others, of two classes only for the second.

    Classes that no row has, or that all have, are left out, and of more classes than there are colours the rarest.

    Args:
        truth: True labels.
        probabilities: Probability of each row by class.
    """
    classes = list(probabilities)[1:] if len(probabilities) == 2 else list(probabilities)
    counts = {name: int(np.sum(truth == name)) for name in classes}
    ranked = sorted(classes, key=lambda name: -counts[name])[:SERIES]
    kept = [name for name in classes if name in ranked and 0 < counts[name] < len(truth)]
    return tuple(_roc(name, truth == name, probabilities[name]) for name in kept)


def _roc(name: str, is_so: Values, scores: npt.NDArray[np.float64]) -> Curve:
    order = np.argsort(-scores, kind="stable")
    ranked, values = is_so[order], scores[order]
    # Equal scores are one step: their order says nothing.
    ends = np.append(np.flatnonzero(np.diff(values)), len(values) - 1)
    hits = np.cumsum(ranked)[ends]
    right = np.append(0.0, hits / max(1, hits[-1]))
    wrong = np.append(0.0, (ends + 1 - hits) / max(1, len(values) - hits[-1]))
    area = float(np.sum(np.diff(wrong) * (right[1:] + right[:-1]) / 2))
    kept = np.unique(np.linspace(0, len(right) - 1, min(len(right), _MOST_POINTS)).astype(int))
    points = [(float(wrong[one]), float(right[one])) for one in kept]
    return Curve(f"{name} (area {area:.3f})", points)


def calibration_bins(truth: Values, probabilities: Probabilities) -> tuple[tuple[Bin, ...], str]:
    """Return how often predictions came true, and what they are of.

    Of two classes the probability of the second is looked at, of several that of the most probable one.

    Args:
        truth: True labels.
        probabilities: Probability of each row by class.
    """
    if len(probabilities) < 2:
        return (), ""
    names = np.array(list(probabilities))
    table = np.column_stack(list(probabilities.values()))
    if len(names) == 2:
        said, is_so, words = table[:, 1], truth == names[1], f"the probability of `{names[1]}`"
    else:
        best = table.argmax(axis=1)
        said, is_so = table.max(axis=1), truth == names[best]
        words = "the probability of the most probable class"
    places = np.minimum((said * _BINS).astype(int), _BINS - 1)
    bins = []
    for place in range(_BINS):
        own = places == place
        rows = int(own.sum())
        if rows:
            hits = int(is_so[own].sum())
            bins.append(Bin(float(said[own].mean()), hits / rows, *wilson(hits, rows), rows))
    return tuple(bins), words
