"""Execute the notebook again on new data: a build of the service's own copy of it, with the new files in place."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from nb2prod.build.clock import Clock
from nb2prod.build.options import BuildOptions, Step
from nb2prod.build.recipe import build
from nb2prod.config.loading import OWN_FILE
from nb2prod.diagnostic import Severity
from nb2prod.errors import EnvironmentFault
from nb2prod.retrain.order import RetrainOrder
from nb2prod.retrain.result import RetrainResult


class _Nested:
    """Show the steps of a build as those of the retraining that it is part of.

    Args:
        clock: Takes their times.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def running(self, step: Step) -> object:
        """Show that a step runs."""
        return self._clock.reporter.running(step)

    def done(self, step: Step, seconds: float) -> None:
        """Show what a step came to, and keep its time."""
        self._clock.seconds[step.name] = seconds
        self._clock.reporter.done(step, seconds)


def retrain_with_notebook(
    order: RetrainOrder, found: RetrainResult, folder: Path, clock: Clock
) -> RetrainResult:
    """Build the notebook on the new data.

    Args:
        order: What was asked for.
        found: The outcome so far: what is new in the data.
        folder: Where the notebook and its data are put together.
        clock: Times the steps.

    Raises:
        EnvironmentFault: The service does not hold the notebook any more.
        ExecutionFailed: A cell raises.
    """
    manifest = order.predecessor.manifest
    notebook = _put_together(order, folder / "project")
    made = build(
        notebook,
        BuildOptions(
            parameters=dict(manifest.parameters),
            seed=manifest.seed,
            name=order.service.name,
            output=order.service.parent,
            timeout=order.timeout,
            this_kernel=True,
            reporter=_Nested(clock),  # type: ignore[arg-type]  # the context manager is the reporter's own
        ),
    )
    errors = [one for one in made.diagnostics if one.severity is Severity.ERROR]
    return replace(
        found,
        status=made.status,
        version=made.version,
        run_key=made.run_key,
        artifact_digest=made.artifact_digest,
        metrics=made.metrics,
        parity=made.parity,
        gates=made.gates,
        evidence=made.evidence,
        conflicts=made.conflicts,
        reasons=[f"cell {one.cell}: {one.message}" if one.cell else one.message for one in errors],
    )


def _put_together(order: RetrainOrder, folder: Path) -> Path:
    """Copy the notebook, its settings and the data to where its relative paths find them."""
    path = order.service / order.predecessor.manifest.notebook.path
    if not path.is_file():
        raise EnvironmentFault(
            f"{path} is missing",
            why="it is what --with-notebook executes",
            hint="restore it from version control, or retrain without --with-notebook",
        )
    # The files may lie in a folder beside the notebook's, so there is one above it.
    copy = folder / "notebook" / path.name
    copy.parent.mkdir(parents=True)
    shutil.copyfile(path, copy)
    _copy_data(order.data, copy.parent)
    settings = order.service / OWN_FILE
    if settings.is_file():
        shutil.copyfile(settings, copy.parent / OWN_FILE)
    return copy


def _copy_data(data: Mapping[str, Path], folder: Path) -> None:
    for path, file in data.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
