"""The plots of a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from nb2prod.report.drawing.chart import Axis, chart, plane
from nb2prod.report.drawing.scale import Scale, short
from nb2prod.report.drawing.svg import element, picture

SERIES = 8
"""Colours for series in the page's styles: ``s0`` and so on."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A line with a name.

    Attributes:
        name: Its name.
        points: Its points.
    """

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Bin:
    """Rows whose predicted probability lies in one interval.

    Attributes:
        predicted: Mean of the predicted probabilities.
        observed: Share of the rows for which it came true.
        low: Lower bound of the share.
        high: Upper bound of the share.
        rows: How many rows there are.
    """

    predicted: float
    observed: float
    low: float
    high: float
    rows: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a list.

    Attributes:
        name: What it stands for.
        value: Its length.
        low: Least value of several measurements.
        high: Largest value of several measurements.
    """

    name: str
    value: float
    low: float
    high: float


_SHARE = (0.0, 1.0)


def roc(curves: Sequence[Curve]) -> Markup:
    """Return the true positive rate over the false positive rate, a curve for each class."""
    x, y = Axis(*_SHARE, "false positive rate"), Axis(*_SHARE, "true positive rate")
    where = plane(x, y)
    marks = [where.line([(0, 0), (1, 1)], "reference")]
    marks += [
        where.line(curve.points, f"line s{number % SERIES}") for number, curve in enumerate(curves)
    ]
    said = "ROC curves: " + ", ".join(curve.name for curve in curves)
    return chart(x, y, said, marks)


def calibration(bins: Sequence[Bin]) -> Markup:
    """Return how often predictions came true over how probable they were said to be."""
    x, y = Axis(*_SHARE, "predicted probability"), Axis(*_SHARE, "share that is so")
    where = plane(x, y)
    marks = [where.line([(0, 0), (1, 1)], "reference")]
    marks += [
        where.line([(one.predicted, one.low), (one.predicted, one.high)], "whisker") for one in bins
    ]
    marks.append(where.line([(one.predicted, one.observed) for one in bins], "line s0"))
    marks += [
        where.dot(
            one.predicted,
            one.observed,
            "dot s0",
            f"said {one.predicted:.3g}, so in {one.observed:.3g} of {one.rows} rows",
        )
        for one in bins
    ]
    return chart(x, y, f"Calibration in {len(bins)} bins", marks)


def agreement(points: Sequence[tuple[float, float]]) -> Markup:
    """Return predicted over true values, a point for each row."""
    low, high = _bounds([value for point in points for value in point])
    x, y = Axis(low, high, "true value"), Axis(low, high, "predicted value")
    where = plane(x, y)
    marks = [where.line([(low, low), (high, high)], "reference")]
    marks += [where.dot(true, said, "point s0") for true, said in points]
    return chart(x, y, f"Predicted over true values of {len(points)} rows", marks)


def residuals(points: Sequence[tuple[float, float]]) -> Markup:
    """Return what is left after prediction over the predicted value, a point for each row."""
    x = Axis(*_bounds([said for said, _ in points]), "predicted value")
    largest = max((abs(left) for _, left in points), default=1.0) or 1.0
    y = Axis(-largest, largest, "true minus predicted")
    where = plane(x, y)
    marks = [where.line([(x.low, 0), (x.high, 0)], "reference")]
    marks += [where.dot(said, left, "point s0") for said, left in points]
    return chart(x, y, f"Residuals of {len(points)} rows", marks)


def histogram(edges: Sequence[float], counts: Sequence[int], said: str) -> Markup:
    """Return how many rows lie between edges.

    Args:
        edges: One more than there are counts.
        counts: Rows between each two.
        said: Name of the horizontal axis.
    """
    x, y = Axis(edges[0], edges[-1], said), Axis(0, max(counts, default=1) * 1.05, "rows")
    where = plane(x, y)
    marks = [
        where.bar(
            (edges[number], edges[number + 1]),
            count,
            "bar s0",
            f"{short(edges[number])} to {short(edges[number + 1])}: {count} rows",
        )
        for number, count in enumerate(counts)
    ]
    return chart(x, y, f"Distribution of {said}", marks)


_ROW, _NAMES, _BARS = 21.0, 190.0, 300.0


def bars(rows: Sequence[Bar], said: str) -> Markup:
    """Return a list of bars, longest first as given, with whiskers from least to largest."""
    low = min([0.0, *(one.low for one in rows)])
    high = max([*(one.high for one in rows), low + 1e-12])
    scale = Scale(low, high, _NAMES + 8, _NAMES + _BARS)
    marks = [part for number, one in enumerate(rows) for part in _bar(scale, number, one)]
    size = (_NAMES + _BARS + 62, _ROW * len(rows) + 4)
    return picture(size, said, marks, "plot wide")


def _bar(scale: Scale, number: int, one: Bar) -> list[Markup]:
    top = number * _ROW
    middle = top + _ROW / 2
    zero, end = scale.at(0.0), scale.at(one.value)
    return [
        element(
            "text",
            element("title", one.name),
            cut(one.name, 28),
            x=_NAMES,
            y=middle + 4,
            class_="end",
        ),
        element(
            "rect",
            x=min(zero, end),
            y=top + 4,
            width=max(1.0, abs(end - zero)),
            height=_ROW - 8,
            class_="bar s0",
        ),
        element(
            "line",
            x1=scale.at(one.low),
            x2=scale.at(one.high),
            y1=middle,
            y2=middle,
            class_="whisker",
        ),
        element("text", f"{one.value:.3g}", x=scale.end + 8, y=middle + 4, class_="value"),
    ]


def cut(text: str, longest: int) -> str:
    """Return a text that is not longer than that."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _bounds(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values, default=0.0), max(values, default=1.0)
    margin = 0.03 * (high - low) or 0.5
    return low - margin, high + margin
