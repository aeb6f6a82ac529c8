"""The version that is trained again, with everything that it left."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from nb2prod.artifact.reference import Reference, read_reference
from nb2prod.artifact.rows import read_rows
from nb2prod.errors import ArtifactFault
from nb2prod.registry.deployment import read_deployment
from nb2prod.runtime.faults import ArtifactError
from nb2prod.runtime.manifest import SCHEMA_NAME, Manifest
from nb2prod.runtime.schema import Schema
from nb2prod.runtime.selection import choose_version, version_names
from nb2prod.runtime.verifying import verify_version
from nb2prod.service.finding import find_version


@dataclass(frozen=True, slots=True)
class Predecessor:
    """A verified version.

    Attributes:
        folder: Its folder.
        manifest: Its facts.
        schema: Its raw record.
        reference: Distributions of its training data, or None where it keeps none.
        states: Frozen values with their places.
        parity: Content of its ``parity.json``.
        leaks: Content of its ``leaks.json``.
        has_fitted_target: Whether its model was fitted to the target's raw values.
    """

    folder: Path
    manifest: Manifest
    schema: Schema
    reference: Reference | None
    states: tuple[Mapping[str, Any], ...]
    parity: Mapping[str, Any]
    leaks: Mapping[str, Any]
    has_fitted_target: bool


def find_predecessor(service: Path, version: str | None) -> Predecessor:
    """Return the version to train again.

    Args:
        service: The service's folder.
        version: A version; where nothing is said the one that serves: in production, else the newest that its gates
            do not hold back, else the newest.

    Raises:
        UsageError: There is no such version.
        ArtifactFault: It was changed after it was built.
    """
    folder = service / "versions" / find_version(service, version)
    try:
        if version is None:
            folder = _serving(service)
        manifest = verify_version(folder)
        schema = Schema.from_mapping(_json(folder / SCHEMA_NAME))
    except ArtifactError as error:
        raise ArtifactFault(
            error.what,
            why="only the code of a version that is what was proved is trained again",
            hint=error.hint,
        ) from error
    return Predecessor(
        folder=folder,
        manifest=manifest,
        schema=schema,
        reference=read_reference(folder),
        states=tuple(_config_of(service, manifest)["states"]),
        parity=_json(folder / "parity.json"),
        leaks=_json(folder / "leaks.json"),
        has_fitted_target=_has_fitted_target(folder),
    )


def _serving(service: Path) -> Path:
    try:
        return choose_version(service)
    except ArtifactError:
        if read_deployment(service).get("production") is not None:
            raise  # It is gone: another version's code is not what was meant.
        # No version passed its gates: the newest is the one that is being worked on.
        return service / "versions" / version_names(service)[-1]


def _config_of(service: Path, manifest: Manifest) -> Mapping[str, Any]:
    """Read ``configs/vN.yaml``, which lies outside the immutable version, and check it against the manifest.

    Raises:
        ArtifactFault: It is missing, or was edited.
    """
    path = service / "configs" / f"{manifest.version}.yaml"
    try:
        config = yaml.safe_load(path.read_text(encoding="utf-8"))
        is_same = _facts_of(config) == {
            "run_key": manifest.run_key,
            "parameters": dict(manifest.parameters),
            "seed": manifest.seed,
            "hash_seed": manifest.hash_seed,
            "threads": manifest.threads,
            "target": list(manifest.target),
        }
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise _unusable(path, f"cannot be read: {error}") from error
    if not is_same:
        raise _unusable(path, "is not what the version was trained with")
    return dict(config)


def _facts_of(config: Mapping[str, Any]) -> dict[str, Any]:
    names = ("run_key", "parameters", "seed", "hash_seed", "threads", "target")
    return {name: config[name] for name in names}


def _unusable(path: Path, what: str) -> ArtifactFault:
    return ArtifactFault(
        f"{path} {what}",
        why="a retraining changes the data and nothing else, so it needs the settings of the version",
        hint="restore the file from version control; other settings are a new build of the notebook",
    )


def _has_fitted_target(folder: Path) -> bool:
    rows = read_rows(folder)
    return rows is not None and rows.truth is not None


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
