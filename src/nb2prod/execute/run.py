"""Run a notebook from top to bottom through papermill, in a fresh kernel and a working copy."""

import asyncio
import logging
import math
import sys
import threading
import time
from pathlib import Path

import nbformat
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError
from papermill.execute import execute_notebook, remove_error_markers

from nb2prod.errors import Nb2prodError
from nb2prod.execute import failure
from nb2prod.execute.environment import kernel_environment
from nb2prod.execute.kernel import (
    KERNEL_NAME,
    Leash,
    RunKernelManager,
    check_kernel,
    for_run,
    kernel_log,
)
from nb2prod.execute.observing import (
    READS_VARIABLE,
    changed_originals,
    files_read,
    files_written,
    observing_source,
)
from nb2prod.execute.options import ExecuteOptions, Execution
from nb2prod.execute.preparing import (
    CELLS_VARIABLE,
    NotebookNode,
    cells_by_count,
    is_run,
    original_number,
    prepare,
)
from nb2prod.execute.seed import frameworks_of, seed_source
from nb2prod.execute.workspace import Workspace, make_workspace, no_room
from nb2prod.execute.writing import check_writable, write_atomically
from nb2prod.notebook import Notebook, read

logging.getLogger("papermill").addHandler(logging.NullHandler())  # faults are raised, not logged

_START_TIMEOUT = 120
"""Seconds for a kernel to start: a cold machine may need many."""


def execute(notebook_path: str | Path, options: ExecuteOptions | None = None) -> Execution:
    """Run a notebook as papermill does, where it cannot change the user's files.

    Args:
        notebook_path: The notebook; its folder is copied, and its kernel starts in the copy.
        options: How to run it; the defaults where None.

    Returns:
        What the run left. Its working copy stays until ``discard``, or the end of a ``with``.

    Raises:
        ExecutionFailed: If a cell raised or took too long, or the kernel died; the executed
            notebook is kept at ``options.output``.
        EnvironmentFault: If the notebook's kernel is another one, or there is no room.
        NotebookFault: If the file is no notebook.
    """
    return execute_on(notebook_path, options or ExecuteOptions(), Leash())


def execute_on(notebook_path: str | Path, options: ExecuteOptions, leash: Leash) -> Execution:
    """Run a notebook as ``execute`` does, with a leash on which another thread can end it."""
    notebook = read(notebook_path)
    if not options.this_kernel:
        check_kernel(notebook)
    if options.output is not None:
        check_writable(options.output)
    workspace = make_workspace(notebook)
    try:
        return _execute_in(workspace, notebook, options, leash)
    except OSError as error:
        workspace.discard()
        raise no_room(error, notebook.path) from error
    except BaseException:
        workspace.discard()
        raise


def _execute_in(
    workspace: Workspace, notebook: Notebook, options: ExecuteOptions, leash: Leash
) -> Execution:
    root = workspace.root
    seeding = seed_source(
        options.seed, frameworks_of(notebook), deterministic=options.deterministic
    )
    observing = observing_source(workspace.base / name for name in workspace.linked)
    prepared = prepare(notebook, options, (f"{observing}\n\n{seeding}",))
    nbformat.write(prepared, root / "prepared.ipynb")
    environment = dict(options.environment) | kernel_environment(
        options.seed, options.threads, deterministic=options.deterministic
    )
    run_variables = {CELLS_VARIABLE: cells_by_count(prepared), READS_VARIABLE: str(root / "reads")}
    start = time.perf_counter()
    manager = for_run(root, workspace.folder, environment | run_variables, leash)
    fault = _run(workspace, notebook, options, manager)
    seconds = time.perf_counter() - start
    executed = _keep(root / "executed.ipynb", options.output)
    changed = changed_originals(workspace)
    if changed and fault is None:
        fault = failure.linked_changed(notebook, changed)
    if fault is not None:
        raise fault
    return Execution(
        executed=executed,
        workspace=workspace.folder,
        root=root,
        seconds=seconds,
        seconds_by_cell=_seconds_by_cell(executed),
        environment=environment,
        files_read=files_read(workspace, root / "reads"),
        files_written=files_written(workspace),
        linked=tuple(workspace.linked),
    )


def _run(
    workspace: Workspace,
    notebook: Notebook,
    options: ExecuteOptions,
    manager: type[RunKernelManager],
) -> Nb2prodError | None:
    """Run the prepared notebook and return what went wrong."""
    output = workspace.root / "executed.ipynb"
    try:
        _papermill(workspace.root / "prepared.ipynb", output, options, manager)
    except PapermillExecutionError:
        # Papermill also stops at the end for a cell that is tagged `raises-exception`.
        executed = _read(output)
        cell = failure.failed_cell(executed)
        return failure.raised(notebook, executed, cell) if cell is not None else None
    except CellTimeoutError:
        return failure.timed_out(notebook, _read(output), options.timeout)
    except DeadKernelError:
        return failure.kernel_died(notebook, _read(output))
    except RuntimeError as error:
        if "Kernel" not in str(error):
            raise
        return failure.kernel_never_started(notebook, error, kernel_log(workspace.root))
    finally:
        manager.leash.end()
        _close_loop()
    return None


def _close_loop() -> None:
    """Close the event loop that nbclient made for this thread; nobody else would."""
    if threading.current_thread() is not threading.main_thread():
        ensure_event_loop().close()
        asyncio.set_event_loop(None)


def _papermill(
    prepared: Path, output: Path, options: ExecuteOptions, manager: type[RunKernelManager]
) -> None:
    execute_notebook(
        prepared,
        output,
        kernel_name=KERNEL_NAME,
        language="python",
        progress_bar=options.progress and sys.stderr.isatty(),
        start_timeout=_START_TIMEOUT,
        execution_timeout=None if options.timeout is None else math.ceil(options.timeout),
        kernel_manager_class=manager,
        shutdown_kernel="immediate",
    )


def _read(path: Path) -> NotebookNode:
    node: NotebookNode = nbformat.read(path, as_version=4)
    return node


def _keep(executed: Path, output: Path | None) -> Path:
    """Take papermill's marks off the executed notebook, and copy it where it was asked for."""
    if not executed.exists():
        return executed
    node = remove_error_markers(_read(executed))
    text = nbformat.writes(node) + "\n"
    target = output if output is not None else executed
    write_atomically(target, text)
    return target


def _seconds_by_cell(executed: Path) -> dict[int, float]:
    found = {}
    for cell in _read(executed).cells:
        number = original_number(cell)
        duration = cell.metadata.get("papermill", {}).get("duration")
        if number is not None and is_run(cell) and duration is not None:
            found[number] = float(duration)
    return found
