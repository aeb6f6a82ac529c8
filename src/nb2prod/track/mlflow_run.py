"""Log a run's record in MLflow: parameters, metrics, digests of the data, and the executed notebook."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from nb2prod.registry.address import Address
from nb2prod.registry.opening import explained_registry
from nb2prod.track.record import RunRecord
from nb2prod.track.store import EXECUTED_NAME

_LONGEST_PARAMETER = 6000


def start_run(client: Any, address: Address, record: RunRecord) -> str:
    """Make a run in the experiment of the notebook, and return its id.

    Args:
        client: MLflow's client.
        address: Where it is.
        record: The run.
    """
    name = Path(record.notebook).stem
    with explained_registry(address):
        experiment = _experiment(client, address, name)
        tags = {
            "nb2prod.run": record.id,
            "nb2prod.code": record.code,
            "mlflow.source.name": record.notebook,
            **({} if record.sweep is None else {"nb2prod.sweep": record.sweep}),
        }
        started = int(datetime.fromisoformat(record.started).timestamp() * 1000)
        run = client.create_run(
            experiment, start_time=started, tags=tags, run_name=f"{name} {record.id}"
        )
        identifier: str = run.info.run_id
        return identifier


def describe_run(
    client: Any, address: Address, run_id: str, record: RunRecord, folder: Path
) -> None:
    """Log what a run was given and what it computed.

    Args:
        client: MLflow's client.
        address: Where it is.
        run_id: The run in MLflow.
        record: The run.
        folder: Its folder.
    """
    with explained_registry(address):
        from mlflow.entities import Metric, Param

        now = int(datetime.fromisoformat(record.started).timestamp() * 1000)
        given = {**record.parameters, "seed_of_run": record.seed, "threads": record.threads}
        client.log_batch(
            run_id,
            metrics=[
                Metric(name, float(value), now, 0)
                for name, value in record.metrics.items()
                if value is not None
            ],
            params=[
                Param(name, json.dumps(value, ensure_ascii=False)[:_LONGEST_PARAMETER])
                for name, value in given.items()
            ],
        )
        if record.error is not None:
            client.set_tag(run_id, "nb2prod.error", record.error[:_LONGEST_PARAMETER])
        _log_data(client, run_id, record)
        executed = folder / EXECUTED_NAME
        if executed.is_file():
            client.log_artifact(run_id, str(executed))


def end_run(client: Any, address: Address, run_id: str, record: RunRecord) -> None:
    """End a run as it ended."""
    status = "FINISHED" if record.status == "finished" else "FAILED"
    with explained_registry(address):
        client.set_terminated(run_id, status=status)


def _experiment(client: Any, address: Address, name: str) -> str:
    found = client.get_experiment_by_name(name)
    if found is not None:
        identifier: str = found.experiment_id
        return identifier
    location = None if address.artifacts is None else f"{address.artifacts}/{name}"
    made: str = client.create_experiment(name, artifact_location=location)
    return made


def _log_data(client: Any, run_id: str, record: RunRecord) -> None:
    from mlflow.entities import Dataset, DatasetInput, InputTag

    inputs = [
        DatasetInput(
            Dataset(
                name=data["path"],
                digest=data["sha256"].removeprefix("sha256:")[:36],
                source_type="local",
                source=json.dumps({"uri": data["path"], "sha256": data["sha256"]}),
                profile=json.dumps({"bytes": data["bytes"]}),
            ),
            tags=[InputTag("mlflow.data.context", "training")],
        )
        for data in record.data
    ]
    if inputs:
        client.log_inputs(run_id, inputs)
