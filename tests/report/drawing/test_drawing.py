"""Drawings are well-formed, escaped, and at the right places."""

from xml.etree import ElementTree as ET

import pytest
from markupsafe import Markup

from nb2prod.report.drawing.flow import Arc, Box, flow
from nb2prod.report.drawing.plots import (
    Bar,
    Bin,
    Curve,
    agreement,
    bars,
    calibration,
    histogram,
    residuals,
    roc,
)
from nb2prod.report.drawing.scale import Scale, short
from nb2prod.report.drawing.small import sketch_of_counts, sketch_of_numbers
from nb2prod.report.drawing.svg import element

HOSTILE = "</text><script>alert('x')</script>\"&"


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.0, 1.0, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (-3.0, 3.0, [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0]),
        (0.0, 517_000.0, [0.0, 100_000.0, 200_000.0, 300_000.0, 400_000.0, 500_000.0]),
        (5.0, 5.0, [5.0]),
    ],
)
def test_ticks_are_round_and_on_the_axis(low: float, high: float, ticks: list[float]) -> None:
    assert Scale(low, high, 0.0, 100.0).ticks() == pytest.approx(ticks)


@pytest.mark.parametrize(
    ("value", "place"), [(0.0, 50.0), (10.0, 150.0), (5.0, 100.0), (99.0, 150.0), (-1.0, 50.0)]
)
def test_values_lie_on_their_axis(value: float, place: float) -> None:
    assert Scale(0.0, 10.0, 50.0, 150.0).at(value) == place


def test_an_axis_may_point_the_other_way_or_have_no_length() -> None:
    assert Scale(0.0, 1.0, 100.0, 0.0).at(0.25) == 75.0
    assert Scale(3.0, 3.0, 0.0, 100.0).at(3.0) == 50.0


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.25, "0.25"), (9999.0, "9999"), (12_000, "12k"), (4.2e6, "4.2M"), (-3e9, "-3G")],
)
def test_numbers_of_axes_are_short(value: float, text: str) -> None:
    assert short(value) == text


def test_texts_and_attributes_are_escaped() -> None:
    made = element("text", HOSTILE, class_="a", data_name=HOSTILE, x=None, y=1.0)
    assert "<script>" not in made
    node = ET.fromstring(str(made))
    assert node.text == HOSTILE
    assert node.attrib == {"class": "a", "data-name": HOSTILE, "y": "1"}


CURVE = Curve(HOSTILE, [(0, 0), (0.1, 0.7), (1, 1)])
BIN = Bin(0.25, 0.5, 0.2, 0.8, 12)
DRAWINGS = {
    "roc": roc([CURVE, CURVE]),
    "calibration": calibration([BIN]),
    "agreement": agreement([(1.0, 2.0), (3.0, 2.5)]),
    "residuals": residuals([(1.0, 0.0)]),
    "histogram": histogram([0.0, 1.0, 2.0], [3, 0], HOSTILE),
    "bars": bars([Bar(HOSTILE, 0.5, 0.4, 0.6), Bar("b", -0.1, -0.2, 0.0)], "importance"),
    "nothing lost": bars([Bar("a", 0.0, 0.0, 0.0)], "importance"),
    "numbers": sketch_of_numbers([1.0, 2.0, 2.0, 9.0]),
    "one number": sketch_of_numbers([2.0, 2.0]),
    "categories": sketch_of_counts([(HOSTILE, 3), ("b", 1)]),
    "flow": flow([Box(1, "load", HOSTILE), Box(4, "train", "")], [Arc(1, 4, [HOSTILE])]),
}


@pytest.mark.parametrize("drawing", DRAWINGS.values(), ids=DRAWINGS.keys())
def test_a_drawing_is_well_formed_and_says_what_it_is(drawing: Markup) -> None:
    root = ET.fromstring(str(drawing))
    assert root.tag == "svg"
    assert root[0].tag == "title"
    assert root.get("viewBox")
    assert "<script>" not in drawing
    assert "nan" not in drawing


def _bars(drawing: Markup) -> list[float]:
    root = ET.fromstring(str(drawing))
    return [float(node.get("width", "0")) for node in root.iter("rect")]


def test_the_shares_of_categories_are_widths() -> None:
    first, second = _bars(sketch_of_counts([("a", 3), ("b", 1)]))
    assert first == 134.0
    assert second == 44.0


def test_longer_bars_are_larger_values() -> None:
    long, half = _bars(bars([Bar("a", 1.0, 1.0, 1.0), Bar("b", 0.5, 0.5, 0.5)], "x"))
    assert long == pytest.approx(2 * half)


def test_an_arc_of_a_cell_that_is_not_drawn_is_left_out() -> None:
    drawing = flow([Box(1, "load", "")], [Arc(1, 2, ["df"])])
    assert "cell 1 to cell 2" not in drawing
