"""Show runs side by side: as a table, as JSON, or as a page."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from nb2prod.cli.output import write_out
from nb2prod.track.comparing import RunTable, compare_runs
from nb2prod.track.store import records_of
from nb2prod.track.view import shown, view_of


def run_runs(
    folder: Path,
    name: str,
    sort: str | None,
    form: str,
    file: Path | None,
    *,
    ascending: bool,
    log: bool,
) -> int:
    """Compare the runs of a notebook and show it.

    Args:
        folder: The folder of all runs.
        name: Name of the notebook.
        sort: The metric to sort by, or None.
        form: ``text``, ``json`` or ``html``.
        file: Where it goes; standard output if None.
        ascending: Whether the smallest comes first.
        log: Whether runs that are in no MLflow are logged first.

    Raises:
        UsageError: There are no runs, or no such metric.
        EnvironmentFault: MLflow cannot be reached, or the file not be written.
    """
    records, unreadable = records_of(folder, name)
    if log:
        from nb2prod.track.pending import log_pending

        sys.stderr.write(f"{log_pending(folder, name)} logged\n")
        records, unreadable = records_of(folder, name)
    table = compare_runs(name, records, sort=sort, is_ascending=ascending, unreadable=unreadable)
    write_out(_shown(table, form), file)
    if file is not None:
        sys.stderr.write(f"Written: {file}\n")
    return 0


def _shown(table: RunTable, form: str) -> str:
    if form == "json":
        return json.dumps(table.as_json(), ensure_ascii=False, allow_nan=False) + "\n"
    if form == "html":
        from nb2prod.report.page import page
        from nb2prod.service.templates import template_root

        return page(template_root(), "runs.html.j2", view_of(table))
    return "".join(f"{line}\n" for line in _lines(table))


def _lines(table: RunTable) -> Iterator[str]:
    head = ["run", "status", *table.varied, *table.metrics, "seconds"]
    rows = [
        [
            run.id,
            run.status,
            *(shown(run.parameters.get(name)) for name in table.varied),
            *(shown(run.metrics.get(name)) for name in table.metrics),
            f"{run.seconds:.1f}",
        ]
        for run in table.runs
    ]
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row, run in zip([head, *rows], [None, *table.runs], strict=True):
        yield "  ".join(
            f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        if run is not None and run.error is not None:
            yield f"    {run.error}"
    for folder in table.unreadable:
        yield f"  {folder} cannot be read"
    yield "Next: nb2prod build NOTEBOOK --from-run RUN"
