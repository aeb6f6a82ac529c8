"""Run a notebook once, or once for each point of a grid, and show what it came to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from nb2prod.execute.html import to_html
from nb2prod.execute.options import ExecuteOptions
from nb2prod.execute.overrides import overrides
from nb2prod.execute.writing import write_atomically
from nb2prod.notebook import read
from nb2prod.track.grid import grid
from nb2prod.track.pending import log_behind
from nb2prod.track.record import RunRecord
from nb2prod.track.running import Tracked, run_tracked
from nb2prod.track.store import new_id
from nb2prod.track.view import shown

Given = tuple[tuple[tuple[str, str], ...], Path | None]
"""Parameters from the command line, and the file of others."""


def run_once(
    notebook: Path, options: ExecuteOptions, given: Given, kept: tuple[Path, Path], runs: Path
) -> int:
    """Run a notebook, show what it came to, and return the exit code.

    Args:
        notebook: Its path.
        options: How to run it.
        given: Parameters.
        kept: Where the executed notebook and its page go.
        runs: The folder of all runs.

    Raises:
        ExecutionFailed: A cell raised, after what ran was kept.
    """
    source, (executed, page) = read(str(notebook)), kept
    options = replace(options, parameters=overrides(source, *given), output=executed)
    tracked = run_tracked(source, options, runs)
    log_behind(runs, notebook.stem)
    write_atomically(page, to_html(executed))
    if tracked.fault is not None:
        click.echo(f"{notebook} stopped; what ran is in {executed} and {page}", err=True)
        raise tracked.fault
    _say(notebook, tracked, kept)
    return 0


def run_sweep(
    notebook: Path, options: ExecuteOptions, axes: tuple[str, ...], given: Given, runs: Path
) -> int:
    """Run a notebook once for each combination, a line for each, and return the exit code.

    Raises:
        UsageError: The grid cannot be understood.
        EnvironmentFault: The machine refuses a run.
    """
    source, sweep = read(str(notebook)), new_id()
    points = grid(source, axes, *given)
    failed = 0
    for number, point in enumerate(points, 1):
        tracked = run_tracked(source, replace(options, parameters=point), runs, sweep=sweep)
        failed += tracked.fault is not None
        click.echo(f"  {number:>3}/{len(points)}  {_line(tracked.record, tuple(point))}")
    log_behind(runs, notebook.stem)
    click.echo(f"{notebook} ran {len(points)} times, {failed} of them failed")
    click.echo(f"Next: nb2prod runs {notebook.stem} --sort METRIC")
    return 1 if failed else 0


def _say(notebook: Path, tracked: Tracked, kept: tuple[Path, Path]) -> None:
    execution = tracked.execution
    assert execution is not None  # There is no fault.
    cells = len(execution.seconds_by_cell)
    click.echo(f"{notebook} ran from top to bottom: {cells} cells, {execution.seconds:.1f} s")
    metrics = tracked.record.metrics
    if metrics:
        click.echo(f"  metrics   {', '.join(f'{n} {shown(v)}' for n, v in metrics.items())}")
    click.echo(f"  run       {tracked.record.id}")
    click.echo(f"  notebook  {kept[0]}")
    click.echo(f"  page      {kept[1]}")
    if execution.files_written:
        names = ", ".join(execution.files_written)
        click.echo(f"  not kept  {names}: written into the working copy, which is gone")
    click.echo(f"Next: nb2prod build {notebook}")


def _line(record: RunRecord, names: tuple[str, ...]) -> str:
    given = " ".join(f"{name}={shown(record.parameters[name])}" for name in names)
    said = ", ".join(f"{name} {shown(value)}" for name, value in record.metrics.items())
    return f"{record.id}  {given}  {said if record.error is None else f'failed: {record.error}'}"
