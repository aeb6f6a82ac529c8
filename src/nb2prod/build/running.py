"""Run the notebook twice at once: recorded, and plain beside it as a check on the recorder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import nb2prod
from nb2prod.build.differing import differences
from nb2prod.build.options import Step
from nb2prod.build.order import Order
from nb2prod.diagnostic import Diagnostic
from nb2prod.execute.options import ExecuteOptions
from nb2prod.execute.recorder.session import RAW, RECORDING, SCORED
from nb2prod.execute.recorder.settings import recorder_settings
from nb2prod.execute.together import execute_together
from nb2prod.notebook.recording import Recording

_INSTALL = """
def _nb2prod_install():
    from nb2prod.execute.recorder.session import install
    install({path!r})
_nb2prod_install()
del _nb2prod_install
"""
_FINISH = """
def _nb2prod_finish():
    from nb2prod.execute.recorder.session import finish
    finish()
_nb2prod_finish()
del _nb2prod_finish
"""
_INSTALL_REFITTING = """
def _nb2prod_install():
    from nb2prod.execute.recorder.refitting_session import install
    install({path!r}, {recorded!r})
_nb2prod_install()
del _nb2prod_install
"""
_FINISH_REFITTING = """
def _nb2prod_finish():
    from nb2prod.execute.recorder.refitting_session import finish
    finish()
_nb2prod_finish()
del _nb2prod_finish
"""
_COUNT = """
def _nb2prod_count():
    import os
    started = os.open({path!r}, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    get_ipython().events.register("pre_run_cell", lambda info: os.write(started, b"."))
_nb2prod_count()
del _nb2prod_count
"""
_CAPTURE = """
def _nb2prod_capture():
    from nb2prod.execute.recorder.session import capture_plain
    capture_plain({path!r})
_nb2prod_capture()
del _nb2prod_capture
"""
_STARTED = "cells-started"


@dataclass(frozen=True, slots=True)
class Runs:
    """What the two runs left.

    Attributes:
        recording: What each expression did.
        raw: The raw table, as a file.
        scored: What the scored predict received and answered, as a file.
        executed: The executed notebook of the plain run.
        files_read: Files of the user that the run opened.
        seconds: Of the recorded run and the plain one.
        differences: Where the two runs differ: then the recorder, or the notebook, is not to be trusted.
    """

    recording: Recording
    raw: Path
    scored: Path
    executed: Path
    files_read: tuple[Path, ...]
    seconds: tuple[float, float]
    differences: Sequence[Diagnostic]


def run(order: Order, folder: Path, step: Step | None = None) -> Runs:
    """Run the notebook recorded and plain.

    Args:
        order: What to build.
        folder: Where captures go.
        step: Is told how far the recorded run is.

    Raises:
        ExecutionFailed: If a cell raises or takes too long.
    """
    if step is not None:
        step.progress = partial(_progress, folder / _STARTED, len(order.notebook.executed_cells))
    both = (recorded_options(order, folder), plain_options(order, folder))
    runs = execute_together(order.notebook.path, both)
    for each in runs:
        each.discard()
    files, seconds = runs[0].files_read, (runs[0].seconds, runs[1].seconds)
    found = json.loads((folder / RECORDING).read_text(encoding="utf-8"))
    numbers = json.loads((folder / "plain.json").read_text(encoding="utf-8"))
    recording = Recording.from_json(found)
    return Runs(
        recording=recording,
        raw=folder / RAW,
        scored=folder / SCORED,
        executed=folder / "executed.ipynb",
        files_read=_data_files(files, recording.files),
        seconds=seconds,
        differences=differences(order, folder, both[1], recording.metrics, numbers),
    )


def _progress(started: Path, cells: int) -> str:
    """Say how far the run is, by the mark that the kernel leaves at the start of each cell."""
    try:
        number = started.stat().st_size
    except OSError:
        return "starting the kernels"
    return f"cell {number} of {cells}" if number <= cells else "taking the values"


def _data_files(read: Sequence[Path], opened_in_cells: Sequence[str]) -> tuple[Path, ...]:
    """Keep the files that compiled cells opened: not what the run opened for itself, nor code."""
    names = {Path(path).name for path in opened_in_cells}
    package = Path(nb2prod.__file__).resolve().parent
    return tuple(p for p in read if p.name in names and not p.resolve().is_relative_to(package))


def recorded_options(order: Order, folder: Path) -> ExecuteOptions:
    """Return how to run the notebook with the recorder; what it records goes into ``folder``."""
    settings = folder / "settings.json"
    settings.write_text(json.dumps(recorder_settings(order.notebook, folder)), encoding="utf-8")
    install = _INSTALL.format(path=str(settings))
    count = _COUNT.format(path=str(folder / _STARTED))
    options = options_of(order, folder / "recorded.ipynb")
    return replace(options, prelude=(install, count), epilogue=(_FINISH,))


def refitting_options(
    order: Order, folder: Path, recorded: Path, places: Sequence[str]
) -> ExecuteOptions:
    """Return how to run the tagged cells where some places learn from training rows only.

    Args:
        order: What to build.
        folder: Where the outcome goes.
        recorded: What the recorded run left.
        places: Keys of the places.
    """
    settings = folder / "settings.json"
    content = {**recorder_settings(order.notebook, folder), "leaks": list(places)}
    settings.write_text(json.dumps(content), encoding="utf-8")
    install = _INSTALL_REFITTING.format(path=str(settings), recorded=str(recorded))
    options = options_of(order, folder / "refitted.ipynb")
    return replace(options, prelude=(install,), epilogue=(_FINISH_REFITTING,), only_tagged=True)


def plain_options(order: Order, folder: Path) -> ExecuteOptions:
    """Return how to run the notebook without the recorder; only its metrics go into ``folder``."""
    capture = _CAPTURE.format(path=str(folder / "settings.json"))
    return replace(options_of(order, folder / "executed.ipynb"), epilogue=(capture,))


def options_of(order: Order, output: Path | None = None) -> ExecuteOptions:
    """Return how to run the notebook as it stands; the executed notebook is kept at ``output``."""
    return ExecuteOptions(
        parameters=order.injected,
        seed=order.config.seed,
        threads=order.config.threads,
        timeout=order.config.timeout,
        this_kernel=order.this_kernel,
        output=output,
        progress=False,
    )
