"""Log how a version came about as a run: parameters, metrics, data, the proof and the version itself."""

from __future__ import annotations

import json
import math
import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nb2prod.artifact.disk import copy_tree, explained_faults
from nb2prod.registry.opening import explained_registry
from nb2prod.registry.record import VersionRecord
from nb2prod.registry.server import RUN_KEY_TAG, Server
from nb2prod.registry.signature import MODEL_FOLDER, write_description
from nb2prod.runtime.manifest import SCHEMA_NAME
from nb2prod.runtime.schema import Schema

VERSION_TAG = "nb2prod.version"
_LONGEST_PARAMETER = 6000


def log_run(
    server: Server, record: VersionRecord, tags: Mapping[str, str], evidence: Mapping[str, Path]
) -> str:
    """Log a run and return its id; it is finished when this returns.

    Args:
        server: The registry.
        record: The version.
        tags: Facts of the build: commit, who, which machine's Python.
        evidence: Further files to keep, by name within the run.
    """
    manifest = record.manifest
    with explained_registry(server.address):
        experiment = _experiment(server)
        _discard_unfinished(server, experiment, manifest.version)
        own = {VERSION_TAG: manifest.version, RUN_KEY_TAG: manifest.run_key}
        run = server.client.create_run(
            experiment, tags={**tags, **own}, run_name=f"{manifest.name} {manifest.version}"
        )
        run_id: str = run.info.run_id
        _log_numbers(server.client, run_id, record)
        _log_data(server.client, run_id, record)
        _log_files(server.client, run_id, record, evidence)
        server.client.set_terminated(run_id)
        return run_id


def _experiment(server: Server) -> str:
    found = server.client.get_experiment_by_name(server.name)
    if found is not None:
        identifier: str = found.experiment_id
        return identifier
    artifacts = server.address.artifacts
    location = None if artifacts is None else f"{artifacts}/{server.name}"
    made: str = server.client.create_experiment(server.name, artifact_location=location)
    return made


def _discard_unfinished(server: Server, experiment: str, version: str) -> None:
    """Put away runs of a registration that was ended before its last step."""
    condition = f"tags.`{VERSION_TAG}` = '{version}' and attributes.status = 'RUNNING'"
    for run in server.client.search_runs([experiment], condition):
        server.client.set_terminated(run.info.run_id, status="KILLED")
        server.client.delete_run(run.info.run_id)


def _log_numbers(client: Any, run_id: str, record: VersionRecord) -> None:
    from mlflow.entities import Metric, Param

    manifest = record.manifest
    now = int(time.time() * 1000)
    metrics = [
        Metric(name, float(value), now, 0)
        for name, value in manifest.metrics.items()
        if isinstance(value, int | float) and math.isfinite(value)
    ]
    given = {**manifest.parameters, "seed": manifest.seed, "threads": manifest.threads}
    parameters = [
        Param(name, json.dumps(value, ensure_ascii=False)[:_LONGEST_PARAMETER])
        for name, value in given.items()
    ]
    client.log_batch(run_id, metrics=metrics, params=parameters)


def _log_data(client: Any, run_id: str, record: VersionRecord) -> None:
    from mlflow.entities import Dataset, DatasetInput, InputTag

    inputs = [
        DatasetInput(
            # MLflow's field holds 36 characters; the whole digest is in the source and in the manifest.
            Dataset(
                name=data.path,
                digest=data.sha256.removeprefix("sha256:")[:36],
                source_type="local",
                source=json.dumps({"uri": data.path, "sha256": data.sha256}),
                profile=json.dumps({"bytes": data.bytes}),
            ),
            tags=[InputTag("mlflow.data.context", "training")],
        )
        for data in record.manifest.data
    ]
    if inputs:
        client.log_inputs(run_id, inputs)


def _log_files(
    client: Any, run_id: str, record: VersionRecord, evidence: Mapping[str, Path]
) -> None:
    schema = Schema.from_mapping(json.loads((record.folder / SCHEMA_NAME).read_text("utf-8")))
    with tempfile.TemporaryDirectory(prefix="nb2prod-") as temporary:
        copy = Path(temporary) / MODEL_FOLDER
        with explained_faults(copy):
            copy_tree(record.folder, copy)
            write_description(record, schema, run_id, copy)
        client.log_artifacts(run_id, str(copy), MODEL_FOLDER)
        for name, path in evidence.items():
            named = Path(temporary) / name
            shutil.copyfile(path, named)
            client.log_artifact(run_id, str(named))
