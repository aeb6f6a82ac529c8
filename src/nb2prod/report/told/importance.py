"""How much answers depend on each column: what is lost where its values are shuffled among the rows."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nb2prod.gates.answers import NoAnswer, Values, answers_to
from nb2prod.gates.resampling import SEED
from nb2prod.gates.scores import default_metric
from nb2prod.gates.version import VersionAtHand
from nb2prod.report.drawing.plots import Bar

_ROWS = 300
_REPEATS = 3
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Importance:
    """What each column of a request is worth.

    Attributes:
        metric: What is lost: ``accuracy``, or of a regression ``mae`` as a share.
        rows: Rows that were shuffled.
        bars: The columns that matter most, the most important first.
        others: Columns that are not shown because they matter less.
        note: What was left out, and why; empty where nothing was.
    """

    metric: str
    rows: int
    bars: tuple[Bar, ...]
    others: int = 0
    note: str = ""


def importance_of(
    version: VersionAtHand, frame: pd.DataFrame, truth: Values, said: Values, *, seconds: float
) -> Importance:
    """Shuffle one raw column after the other, three times each, and see what is lost.

    Args:
        version: The version.
        frame: Raw rows.
        truth: What is true of them.
        said: What the version answers.
        seconds: How long it may take; columns that are not reached by then are left out.
    """
    chosen = np.unique(np.linspace(0, len(frame) - 1, min(len(frame), _ROWS)).astype(int))
    rows, true, plain = frame.iloc[chosen], truth[chosen], said[chosen]
    metric = default_metric(version.manifest.task)
    bars: list[Bar] = []
    note, deadline = "", time.monotonic() + seconds
    for number, name in enumerate(frame.columns):
        if time.monotonic() > deadline:
            left = len(frame.columns) - number
            note = (
                f"{left} of {len(frame.columns)} columns were not tried: the model takes its time"
            )
            break
        try:
            losses = _losses(version, rows, name, (true, plain))
        except NoAnswer as error:
            note = f"`{name}` cannot be shuffled: {error}"
            continue
        # Nothing lost is nought, not minus nought.
        least, most = min(losses) + 0.0, max(losses) + 0.0
        bars.append(Bar(str(name), float(np.mean(losses)) + 0.0, least, most))
    bars.sort(key=lambda bar: -bar.value)
    others = max(0, len(bars) - _SHOWN)
    return Importance(metric.name, len(rows), tuple(bars[:_SHOWN]), others, note)


def _losses(
    version: VersionAtHand, rows: pd.DataFrame, name: str, answered: tuple[Values, Values]
) -> list[float]:
    """Return what is lost in each repeat; all repeats are asked for at once."""
    true, plain = answered
    metric = default_metric(version.manifest.task)
    # A seed of its own for each column: another column more must not shuffle this one otherwise.
    rng = np.random.default_rng([SEED, *str(name).encode()])
    shuffled = []
    for _ in range(_REPEATS):
        one = rows.copy()
        one[name] = rows[name].array[rng.permutation(len(rows))]
        shuffled.append(one)
    given = answers_to(version, pd.concat(shuffled, ignore_index=True))
    parts = np.split(given, _REPEATS)
    return [-metric.gain(true, part, plain) for part in parts]
