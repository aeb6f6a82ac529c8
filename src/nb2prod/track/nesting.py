"""A notebook that logs to MLflow by itself: its runs become children of ours, which is not active in its process.

MLflow's own variable ``MLFLOW_RUN_CONTEXT`` tags every run that the notebook starts. Holding a run open in its kernel
would make its ``mlflow.start_run()`` raise.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nb2prod.notebook import Notebook
from nb2prod.notebook.imports import imported_modules
from nb2prod.registry.address import URI_VARIABLE, Address
from nb2prod.registry.opening import open_client
from nb2prod.track.mlflow_run import describe_run, end_run, start_run
from nb2prod.track.record import RunRecord

CONTEXT_VARIABLE = "MLFLOW_RUN_CONTEXT"
EXPERIMENT_VARIABLES = ("MLFLOW_EXPERIMENT_NAME", "MLFLOW_EXPERIMENT_ID")
PARENT_TAG = "mlflow.parentRunId"
RUN_TAG = "nb2prod.run"


@dataclass(frozen=True, slots=True)
class Parent:
    """Our run in MLflow while the notebook's own are made.

    Attributes:
        client: MLflow's client.
        address: Where it is.
        run_id: Our run.
        environment: What the kernel is given.
    """

    client: Any
    address: Address
    run_id: str
    environment: Mapping[str, str]

    @property
    def uri(self) -> str:
        """MLflow's tracking URI."""
        return self.address.uri


def uses_mlflow(notebook: Notebook) -> bool:
    """Tell whether a notebook imports MLflow."""
    return "mlflow" in imported_modules(notebook)


def runs_address(runs: Path) -> Address:
    """Return where runs are logged: the server that the environment names, else a database beside the runs."""
    uri = os.environ.get(URI_VARIABLE)
    if uri:
        return Address(uri)
    folder = runs.resolve()
    database = folder / "mlflow.db"
    return Address(f"sqlite:///{database}", database, (folder / "mlflow-artifacts").as_uri())


def open_parent(runs: Path, record: RunRecord) -> Parent:
    """Start our run, and return what makes the notebook's runs its children.

    Args:
        runs: The folder of all runs.
        record: The run that is about to begin.

    Raises:
        EnvironmentFault: MLflow cannot be reached.
    """
    address = runs_address(runs)
    client = open_client(address)
    run_id = start_run(client, address, record)
    context = {**_own_context(), PARENT_TAG: run_id, RUN_TAG: record.id}
    environment = {URI_VARIABLE: address.uri, CONTEXT_VARIABLE: json.dumps(context)}
    if not any(name in os.environ for name in EXPERIMENT_VARIABLES):
        environment["MLFLOW_EXPERIMENT_NAME"] = Path(record.notebook).stem
    return Parent(client, address, run_id, environment)


def finish_parent(parent: Parent, record: RunRecord, folder: Path) -> None:
    """Log what the run came to, and end it.

    Raises:
        EnvironmentFault: MLflow cannot be reached; the record in the run's folder is there all the same.
    """
    describe_run(parent.client, parent.address, parent.run_id, record, folder)
    end_run(parent.client, parent.address, parent.run_id, record)


def abandon_parent(parent: Parent) -> None:
    """End our run as one that was stopped; where MLflow is away by now it stays as it is."""
    with contextlib.suppress(Exception):
        parent.client.set_terminated(parent.run_id, status="KILLED")


def _own_context() -> dict[str, str]:
    """Return what the user put into the variable already."""
    try:
        found = json.loads(os.environ.get(CONTEXT_VARIABLE, "{}"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
