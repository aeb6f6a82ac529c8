"""Runs side by side: what differs in what they were given, and what they computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nb2prod.errors import UsageError
from nb2prod.track.record import RunRecord


@dataclass(frozen=True, slots=True)
class RunTable:
    """Runs of one notebook.

    Attributes:
        name: Name of the notebook.
        runs: The runs in the order that was asked for.
        varied: Parameters that are not the same in all of them.
        metrics: Every metric that one of them has.
        sorted_by: The metric that they are sorted by, or None: then the newest come first.
        unreadable: Folders whose record cannot be read.
    """

    name: str
    runs: Sequence[RunRecord]
    varied: tuple[str, ...]
    metrics: tuple[str, ...]
    sorted_by: str | None
    unreadable: Sequence[str]

    def as_json(self) -> dict[str, Any]:
        """Return what ``nb2prod runs --format json`` prints."""
        return {
            "name": self.name,
            "sorted_by": self.sorted_by,
            "varied": list(self.varied),
            "metrics": list(self.metrics),
            "runs": [run.as_json() for run in self.runs],
            "unreadable": list(self.unreadable),
        }


def compare_runs(
    name: str,
    records: Sequence[RunRecord],
    *,
    sort: str | None = None,
    is_ascending: bool = False,
    unreadable: Sequence[str] = (),
) -> RunTable:
    """Put runs side by side.

    Args:
        name: Name of the notebook.
        records: Its runs.
        sort: The metric to sort by; runs without it come last.
        is_ascending: Whether the smallest comes first, as for an error.
        unreadable: Folders whose record cannot be read.

    Raises:
        UsageError: No run has the metric.
    """
    metrics = tuple(dict.fromkeys(metric for run in records for metric in run.metrics))
    if sort is not None and sort not in metrics:
        raise UsageError(
            f"no run of {name} has a metric {sort!r}",
            hint=f"there are {', '.join(metrics)}"
            if metrics
            else "tag the cell that scores `evaluate`",
        )
    names = dict.fromkeys(parameter for run in records for parameter in run.parameters)
    varied = tuple(one for one in names if _differs(records, one))
    if sort is None:
        ordered = sorted(records, key=lambda run: run.id, reverse=True)
    else:
        ordered = sorted(records, key=lambda run: _rank(run, sort, is_ascending=is_ascending))
    return RunTable(name, ordered, varied, metrics, sort, unreadable)


def _differs(records: Sequence[RunRecord], name: str) -> bool:
    return len({repr(run.parameters.get(name)) for run in records}) > 1


def _rank(run: RunRecord, metric: str, *, is_ascending: bool) -> tuple[bool, float]:
    value = run.metrics.get(metric)
    if value is None:
        return True, 0.0
    return False, value if is_ascending else -value
