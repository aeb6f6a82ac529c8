"""An IPython shell that comes and goes without a trace, for many notebooks in one process."""

from __future__ import annotations

import atexit
import contextlib
import io
import random
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import sklearn
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from nb2prod.execute.recorder import hooks

AuditHook = Callable[[str, tuple[Any, ...]], Any]


class CellRaised(Exception):
    """A cell of a notebook raised."""


@contextlib.contextmanager
def fresh_shell() -> Iterator[InteractiveShell]:
    """Yield a shell whose namespace is ``__main__``; hooks, modules, settings and random states are restored.

    An audit hook stays until the process ends, so hooks added within are not installed.
    """
    before = dict(sys.modules), list(sys.path), random.getstate(), np.random.get_state()  # noqa: NPY002 (notebooks draw from it)
    names = ("displayhook", "excepthook", "ps1", "ps2", "ps3")
    streams = {name: getattr(sys, name) for name in names if hasattr(sys, name)}
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    InteractiveShell.clear_instance()
    hooks_added: list[AuditHook] = []
    settings = sklearn.get_config()
    with patch.object(sys, "addaudithook", hooks_added.append):
        shell = InteractiveShell.instance(config=config)
        try:
            yield shell
        finally:
            hooks.listen(None)
            InteractiveShell.clear_instance()
            # Else every shell lives on, with its tables, until the process ends.
            atexit.unregister(shell.atexit_operations)
            shell.restore_sys_module_state()  # type: ignore[no-untyped-call]  # IPython ships no types for it
            modules, path, python_state, numpy_state = before
            sys.modules["__main__"] = modules["__main__"]
            sklearn.set_config(**settings)
            sys.path[:] = path
            random.setstate(python_state)
            np.random.set_state(numpy_state)  # noqa: NPY002 (notebooks draw from it)
            for name in names:
                if name in streams:
                    setattr(sys, name, streams[name])
                elif hasattr(sys, name):
                    delattr(sys, name)


def seed_everything() -> None:
    """Seed as the build does before a notebook runs and before training."""
    random.seed(42)
    np.random.seed(42)  # noqa: NPY002 (notebooks draw from it)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(42)


@contextlib.contextmanager
def quietly(folder: Path) -> Iterator[None]:
    """Work in a folder, without output and without the warnings of a notebook's own code."""
    sink = io.StringIO()
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(sink),
        contextlib.redirect_stderr(sink),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        yield


def run_cell(shell: InteractiveShell, source: str) -> None:
    """Run a cell.

    Raises:
        CellRaised: If it raises.
    """
    outcome = shell.run_cell(source, store_history=True)  # type: ignore[no-untyped-call]  # as above
    if not outcome.success:
        error = outcome.error_in_exec or outcome.error_before_exec
        raise CellRaised(f"{type(error).__name__}: {error}") from error
