"""Where the lines of the plot go."""

from typing import Any

import pytest

from nb2prod.track.comparing import compare_runs
from nb2prod.track.coordinates import HEIGHT, WIDTH, Plot, plot_of
from tests.track.records import record


def _plot(*runs: Any, sort: str | None = "accuracy") -> Plot:
    plot = plot_of(compare_runs("plants", runs, sort=sort))
    assert plot is not None
    return plot


def _heights(plot: Plot, run: str) -> list[float]:
    (line,) = [line for line in plot.lines if line.run == run]
    return [float(point.split(",")[1]) for point in line.points.split()]


def test_higher_values_stand_higher_and_all_within() -> None:
    runs = [record(1), record(2), record(3)]
    plot = _plot(*runs)
    assert [(axis.name, axis.is_metric) for axis in plot.axes] == [
        ("depth", False),
        ("accuracy", True),
    ]
    low, middle, high = (_heights(plot, run.id) for run in runs)
    assert all(a > b > c for a, b, c in zip(low, middle, high, strict=True))
    assert all(0 < y < HEIGHT for y in (*low, *high))
    assert all(0 < axis.x < WIDTH for axis in plot.axes)


def test_the_best_is_drawn_last() -> None:
    plot = _plot(record(1), record(3), record(2))
    assert [(line.run[14], line.is_first, line.share) for line in plot.lines] == [
        ("1", False, 0.0),
        ("2", False, 0.5),
        ("3", True, 1.0),
    ]
    unsorted = _plot(record(1), record(2), sort=None)
    assert not any(line.is_first for line in unsorted.lines)


def test_steps_of_a_parameter_stand_evenly() -> None:
    runs = [record(n, parameters={"c": c}) for n, c in enumerate((0.01, 1.0, 50.0), 1)]
    first, second, third = (_heights(_plot(*runs), run.id)[0] for run in runs)
    assert first - second == pytest.approx(second - third)


def test_words_and_missing_values_have_a_place() -> None:
    runs = [
        record(1, parameters={"kind": "tree"}),
        record(2, parameters={"kind": "forest"}, metrics={"accuracy": None}),
        record(3, parameters={"kind": None}),
    ]
    plot = _plot(*runs)
    assert [label for _, label in plot.axes[0].ticks] == ["forest", "tree"]
    assert [len(_heights(plot, run.id)) for run in runs] == [2, 1, 1]


@pytest.mark.parametrize(
    "runs",
    [
        pytest.param([record(1)], id="one run"),
        pytest.param([record(1), record(2, status="failed")], id="one that finished"),
        pytest.param([record(1, metrics={}), record(2, metrics={})], id="one axis"),
    ],
)
def test_too_little_is_not_drawn(runs: list[Any]) -> None:
    assert plot_of(compare_runs("plants", runs)) is None
