"""Runs side by side."""

import pytest

from nb2prod.errors import UsageError
from nb2prod.track.comparing import compare_runs
from tests.track.records import record

RUNS = [
    record(1),
    record(3),
    record(2, metrics={"accuracy": None}),
    record(4, status="failed", metrics={}, error="cell 3: it fell over"),
]


@pytest.mark.parametrize(
    ("sort", "is_ascending", "order"),
    [
        pytest.param(None, False, [4, 3, 2, 1], id="newest first"),
        pytest.param("accuracy", False, [3, 1, 2, 4], id="largest first"),
        pytest.param("accuracy", True, [1, 3, 2, 4], id="smallest first"),
    ],
)
def test_runs_are_sorted_and_those_without_the_metric_come_last(
    sort: str | None, is_ascending: bool, order: list[int]
) -> None:
    table = compare_runs("plants", RUNS, sort=sort, is_ascending=is_ascending)
    assert [run.parameters["depth"] for run in table.runs] == order


def test_only_what_varies_is_shown() -> None:
    table = compare_runs("plants", RUNS)
    assert (table.varied, table.metrics) == (("depth",), ("accuracy",))


def test_an_unknown_metric_is_said() -> None:
    with pytest.raises(UsageError, match="no run of plants has a metric 'auc'") as raised:
        compare_runs("plants", RUNS, sort="auc")
    assert raised.value.hint == "there are accuracy"
