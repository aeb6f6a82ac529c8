"""A plot with two axes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from nb2prod.report.drawing.scale import Scale, short
from nb2prod.report.drawing.svg import Content, element, path, picture

WIDTH, HEIGHT = 380.0, 300.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 58.0, 14.0, 12.0, 44.0


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis shows.

    Attributes:
        low: Its least value.
        high: Its largest value.
        said: Its name.
    """

    low: float
    high: float
    said: str


@dataclass(frozen=True, slots=True)
class Plane:
    """Where values lie in a plot.

    Attributes:
        x: The horizontal axis.
        y: The vertical axis.
    """

    x: Scale
    y: Scale

    def line(self, points: Sequence[tuple[float, float]], look: str) -> Markup:
        """Return a line through points."""
        placed = [(self.x.at(x), self.y.at(y)) for x, y in points]
        return element("path", d=path(placed), class_=look)

    def dot(self, x: float, y: float, look: str, said: str | None = None) -> Markup:
        """Return a point, with what it says to whoever asks."""
        inner = [] if said is None else [element("title", said)]
        return element("circle", *inner, cx=self.x.at(x), cy=self.y.at(y), r=3, class_=look)

    def bar(self, span: tuple[float, float], height: float, look: str, said: str) -> Markup:
        """Return a bar that stands on the least value of the vertical axis."""
        left, right = self.x.at(span[0]), self.x.at(span[1])
        top, foot = self.y.at(height), self.y.start
        return element(
            "rect",
            element("title", said),
            x=left + 0.5,
            y=top,
            width=max(0.5, right - left - 1),
            height=max(0.0, foot - top),
            class_=look,
        )


def plane(x: Axis, y: Axis) -> Plane:
    """Return where the values of two axes lie."""
    return Plane(
        Scale(x.low, x.high, _LEFT, WIDTH - _RIGHT), Scale(y.low, y.high, HEIGHT - _BOTTOM, _TOP)
    )


def chart(x: Axis, y: Axis, said: str, marks: Iterable[Content]) -> Markup:
    """Return a plot.

    Args:
        x: The horizontal axis.
        y: The vertical axis.
        said: What it shows, for whoever cannot see it.
        marks: What is drawn between the axes, placed by ``plane``.
    """
    where = plane(x, y)
    return picture((WIDTH, HEIGHT), said, [*_frame(where, x, y), *marks])


def _frame(where: Plane, x: Axis, y: Axis) -> Iterable[Markup]:
    left, right = where.x.start, where.x.end
    foot, top = where.y.start, where.y.end
    for tick in where.x.ticks():
        place = where.x.at(tick)
        yield element("line", x1=place, x2=place, y1=foot, y2=top, class_="grid")
        yield element("text", short(tick), x=place, y=foot + 15, class_="middle")
    for tick in where.y.ticks():
        place = where.y.at(tick)
        yield element("line", x1=left, x2=right, y1=place, y2=place, class_="grid")
        yield element("text", short(tick), x=left - 6, y=place + 4, class_="end")
    yield element("path", d=path([(left, top), (left, foot), (right, foot)]), class_="axis")
    yield element("text", x.said, x=(left + right) / 2, y=HEIGHT - 8, class_="middle name")
    middle = (foot + top) / 2
    yield element(
        "text", y.said, class_="middle name", transform=f"translate(13 {middle:.1f}) rotate(-90)"
    )
