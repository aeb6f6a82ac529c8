"""Geometry of the parallel-coordinates plot: an axis for each parameter and metric, a line for each run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nb2prod.track.comparing import RunTable
from nb2prod.track.record import RunRecord

WIDTH, HEIGHT = 960, 380
_LEFT, _RIGHT, _TOP, _BOTTOM = 90, 90, 46, 26
_MOST_LABELS = 12


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis.

    Attributes:
        name: What it shows.
        x: Where it stands.
        ticks: Height and label of each mark.
        is_metric: Whether it was computed, and not given.
    """

    name: str
    x: float
    ticks: tuple[tuple[float, str], ...]
    is_metric: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One run.

    Attributes:
        run: Its id.
        points: Its way across the axes, as SVG has it.
        share: 0 for the last run by the chosen metric, 1 for the first.
        is_first: Whether it is the first.
    """

    run: str
    points: str
    share: float
    is_first: bool


@dataclass(frozen=True, slots=True)
class Plot:
    """The plot; the first run is drawn last, over all others."""

    axes: tuple[Axis, ...]
    lines: tuple[Line, ...]


def plot_of(table: RunTable) -> Plot | None:
    """Return the plot, or None where less than two runs or axes could be shown."""
    runs = [run for run in table.runs if run.status == "finished"]
    columns = [(name, False) for name in table.varied]
    columns += [(name, True) for name in table.metrics]
    if len(runs) < 2 or len(columns) < 2:
        return None
    step = (WIDTH - _LEFT - _RIGHT) / (len(columns) - 1)
    axes, heights = [], []
    for position, (name, is_metric) in enumerate(columns):
        values = [_value(run, name, is_metric=is_metric) for run in runs]
        ticks, placed = _scale(values, is_metric=is_metric)
        axes.append(Axis(name, _LEFT + position * step, ticks, is_metric))
        heights.append(placed)
    lines = [
        Line(
            run.id,
            _points(axes, [placed[number] for placed in heights]),
            1.0 - number / (len(runs) - 1),
            number == 0 and table.sorted_by is not None,
        )
        for number, run in enumerate(runs)
    ]
    return Plot(tuple(axes), tuple(reversed(lines)))


def _value(run: RunRecord, name: str, *, is_metric: bool) -> Any:
    return run.metrics.get(name) if is_metric else run.parameters.get(name)


def _points(axes: Sequence[Axis], heights: Sequence[float | None]) -> str:
    """Return the way of a line; it leaves out an axis on which the run has no value."""
    placed = zip(axes, heights, strict=True)
    return " ".join(f"{axis.x:.1f},{y:.1f}" for axis, y in placed if y is not None)


def _scale(
    values: Sequence[Any], *, is_metric: bool
) -> tuple[tuple[tuple[float, str], ...], list[float | None]]:
    """Return the marks of an axis, and the height of each value on it.

    The few values of a parameter stand evenly: 0.01, 1 and 50 were chosen as steps, not as lengths.
    """
    known = [value for value in values if value is not None]
    is_number = all(isinstance(v, int | float) and not isinstance(v, bool) for v in known)
    if is_number and known and (is_metric or len(set(known)) > _MOST_LABELS):
        return _numbers(values, known)
    ordered = sorted(set(known)) if is_number else sorted({str(value) for value in known})
    return _labels(values, [_label(value) for value in ordered])


def _numbers(
    values: Sequence[Any], known: Sequence[float]
) -> tuple[tuple[tuple[float, str], ...], list[float | None]]:
    low, high = min(known), max(known)
    span = high - low

    def height(value: float) -> float:
        return _height(0.5 if span == 0 else (value - low) / span)

    marks = sorted({low, high} if len(set(known)) > _MOST_LABELS else set(known))
    shown = [mark for mark in marks if mark in {low, high} or _is_apart(mark, low, high)]
    ticks = tuple((height(mark), f"{mark:.4g}") for mark in shown)
    return ticks, [None if value is None else height(value) for value in values]


def _is_apart(mark: float, low: float, high: float) -> bool:
    """Tell whether a label has room between those of the ends."""
    return 0.08 < (mark - low) / (high - low) < 0.92


def _labels(
    values: Sequence[Any], names: Sequence[str]
) -> tuple[tuple[tuple[float, str], ...], list[float | None]]:
    last = max(len(names) - 1, 1)
    heights = {
        name: _height(0.5 if len(names) == 1 else place / last) for place, name in enumerate(names)
    }
    ticks = tuple((y, name[:16]) for name, y in heights.items())[:_MOST_LABELS]
    return ticks, [None if value is None else heights[_label(value)] for value in values]


def _label(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _height(share: float) -> float:
    return HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM)
