"""Log in MLflow what is not logged yet: ``python -m nb2prod.track.pending RUNS NAME``.

A run ends without waiting for MLflow, whose import alone takes seconds. Where a server is configured, this process is
started behind it; what it cannot log stays pending, and the next one takes it up.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from nb2prod.registry.address import URI_VARIABLE
from nb2prod.registry.opening import open_client
from nb2prod.track.mlflow_run import describe_run, end_run, start_run
from nb2prod.track.nesting import runs_address
from nb2prod.track.store import folders_of, keep, read_record

LOG_NAME = "mlflow.log"
_LOCK = ".mlflow.lock"


def log_behind(runs: Path, name: str) -> None:
    """Start logging behind this process where a server is configured; what it says goes to ``mlflow.log``."""
    if not os.environ.get(URI_VARIABLE):
        return
    with (runs / name / LOG_NAME).open("ab") as log:
        subprocess.Popen(
            [sys.executable, "-m", "nb2prod.track.pending", str(runs), name],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def log_pending(runs: Path, name: str) -> int:
    """Log every run of a notebook that is in no MLflow yet, and return how many were.

    Raises:
        EnvironmentFault: MLflow cannot be reached.
    """
    with (runs / name / _LOCK).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        waiting = []
        for folder in folders_of(runs, name):
            with contextlib.suppress(OSError, ValueError):
                if read_record(folder).mlflow is None:
                    waiting.append(folder)
        if not waiting:
            return 0
        address = runs_address(runs)
        client = open_client(address)
        for folder in waiting:
            record = read_record(folder)
            run_id = start_run(client, address, record)
            describe_run(client, address, run_id, record, folder)
            end_run(client, address, run_id, record)
            keep(folder, replace(record, mlflow={"uri": address.uri, "run_id": run_id}))
    return len(waiting)


if __name__ == "__main__":
    log_pending(Path(sys.argv[1]), sys.argv[2])
