"""Lay a comparison of runs out for its page."""

from __future__ import annotations

from typing import Any

from nb2prod.track.comparing import RunTable
from nb2prod.track.coordinates import HEIGHT, WIDTH, plot_of
from nb2prod.track.record import RunRecord


def view_of(table: RunTable) -> dict[str, Any]:
    """Return the values of the page."""
    failed = sum(run.status == "failed" for run in table.runs)
    count = len(table.runs)
    return {
        "name": table.name,
        "summary": f"{count} run{'' if count == 1 else 's'}"
        + (f", {failed} of them failed" if failed else "")
        + (f", sorted by {table.sorted_by}" if table.sorted_by else ", newest first"),
        "unreadable": table.unreadable,
        "parameters": table.varied,
        "metrics": table.metrics,
        "rows": [_row(table, run) for run in table.runs],
        "plot": plot_of(table),
        "width": WIDTH,
        "height": HEIGHT,
    }


def _row(table: RunTable, run: RunRecord) -> dict[str, Any]:
    return {
        "id": run.id,
        "status": run.status,
        "error": run.error,
        "seconds": f"{run.seconds:.1f}",
        "parameters": [shown(run.parameters.get(name)) for name in table.varied],
        "metrics": [shown(run.metrics.get(name)) for name in table.metrics],
    }


def shown(value: object) -> str:
    """Return a parameter or a metric as a table shows it."""
    if value is None:
        return "-"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
