"""Commands in forked processes: heavy imports happen once, and each can be ended at any moment."""

import importlib
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

HEAVY = (
    "mlflow.store.tracking.sqlalchemy_store",
    "mlflow.store.model_registry.sqlalchemy_store",
    "mlflow.tracking.client",
    "nb2prod.build.candidate",
    "nb2prod.build.drafting",
    "nb2prod.build.gating",
    "nb2prod.build.leaking",
    "nb2prod.build.publishing",
    "nb2prod.build.running",
    "nb2prod.cli.auditing",
    "nb2prod.cli.building",
    "nb2prod.cli.listing",
    "nb2prod.cli.promoting",
    "nb2prod.cli.retraining",
    "nb2prod.registry.service_registry",
    "nb2prod.retrain.candidate",
    "nb2prod.retrain.notebook",
)
CRASHED = 70
"""Exit code of a child that raised: no command may."""


def warm_up() -> None:
    """Import what the commands import late, without opening anything that a fork would share."""
    for name in HEAVY:
        importlib.import_module(name)


def start(action: Callable[[], int], log: Path, *, limit: int | None = None) -> int:
    """Run an action in a child of its own process group, and return the child's id.

    Args:
        action: Returns the exit code.
        log: Takes what it prints.
        limit: Bytes that no file may grow beyond, or None.
    """
    child = os.fork()
    if child:
        return child
    code = CRASHED
    try:
        os.setsid()
        stream = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(stream, 1)
        os.dup2(stream, 2)
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        code = action()
    except BaseException:  # noqa: BLE001 - the parent sees it by the code
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def ended(child: int) -> int:
    """Wait for a child and return its exit code; minus the signal where one ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_after(child: int, seconds: float) -> int:
    """Kill a child's group after so many seconds, if it has not ended by then, and return its exit code."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(min(0.005, max(0.0, deadline - time.monotonic())))
    try:
        os.killpg(child, signal.SIGKILL)
    except ProcessLookupError:  # It has not come as far as to its own group.
        os.kill(child, signal.SIGKILL)
    return ended(child)
