"""Which cells hand names to which, as boxes with arcs beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from nb2prod.report.drawing.plots import SERIES, cut
from nb2prod.report.drawing.svg import element, picture

_BOX, _HIGH, _GAP, _MARGIN = 560.0, 40.0, 12.0, 4.0
_NEAREST, _BY_DISTANCE, _WIDEST = 18.0, 13.0, 200.0


@dataclass(frozen=True, slots=True)
class Box:
    """A cell.

    Attributes:
        number: Its number in the notebook.
        title: What it is: its roles.
        detail: What it does, in a few words.
    """

    number: int
    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class Arc:
    """Names that go from one cell to another.

    Attributes:
        source: Number of the cell that binds them.
        target: Number of the cell that reads them.
        names: The names.
    """

    source: int
    target: int
    names: Sequence[str]


def flow(boxes: Sequence[Box], arcs: Sequence[Arc]) -> Markup:
    """Return the drawing: cells from top to bottom, arcs at their right."""
    places = {box.number: number for number, box in enumerate(boxes)}
    known = [arc for arc in arcs if {arc.source, arc.target} <= places.keys()]
    marks = [_arc(arc, places) for arc in known]
    marks += [_box(box, places[box.number]) for box in boxes]
    size = (_BOX + 2 * _MARGIN + _WIDEST, len(boxes) * (_HIGH + _GAP))
    said = f"{len(boxes)} cells and what they hand on"
    return picture(size, said, marks, "plot flow")


def _box(box: Box, place: int) -> Markup:
    top = place * (_HIGH + _GAP) + 2
    return element(
        "g",
        element("rect", x=_MARGIN, y=top, width=_BOX, height=_HIGH, rx=5, class_="box"),
        element("text", f"cell {box.number}", x=_MARGIN + 10, y=top + 16, class_="strong"),
        element("text", cut(box.title, 70), x=_MARGIN + 66, y=top + 16),
        element(
            "text",
            element("title", box.detail),
            cut(box.detail, 86),
            x=_MARGIN + 10,
            y=top + 32,
            class_="faint",
        ),
    )


def _arc(arc: Arc, places: dict[int, int]) -> Markup:
    """Return an arc from the lower half of one box to the upper half of another, wider the farther they are apart."""
    source, target = places[arc.source], places[arc.target]
    start = source * (_HIGH + _GAP) + 2 + _HIGH * 0.7
    end = target * (_HIGH + _GAP) + 2 + _HIGH * 0.3
    distance = abs(target - source)
    reach = min(_WIDEST - 12, _NEAREST + _BY_DISTANCE * distance) * 4 / 3
    right = _BOX + _MARGIN
    line = (
        f"M{right:.1f} {start:.1f} C{right + reach:.1f} {start:.1f} "
        f"{right + reach:.1f} {end:.1f} {right + 5:.1f} {end:.1f}"
    )
    head = f"M{right + 7:.1f} {end - 3.5:.1f} L{right:.1f} {end:.1f} L{right + 7:.1f} {end + 3.5:.1f} Z"
    said = f"cell {arc.source} to cell {arc.target}: {', '.join(arc.names)}"
    look = f"s{source % SERIES}"
    return element(
        "g",
        element("title", said),
        element("path", d=line, class_=f"line {look}"),
        element("path", d=head, class_=f"head {look}"),
    )
