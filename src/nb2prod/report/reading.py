"""Read a version for a comparison; every file is checked against its digest first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nb2prod.errors import ArtifactFault
from nb2prod.report.learned import is_object, learned, model_facts, without_package
from nb2prod.report.snapshot import Entry, ModelFacts, Snapshot
from nb2prod.runtime.faults import ArtifactError
from nb2prod.runtime.manifest import KERNEL_NAME, SCHEMA_NAME, Manifest
from nb2prod.runtime.schema import Schema
from nb2prod.runtime.verifying import verify_version

_LOCKS = ("requirements-train.lock", "requirements-serve.lock")
_FITTED = "fitted.json"


def read_snapshot(folder: Path) -> Snapshot:
    """Read a version.

    The model is opened as well, since its hyperparameters and what its transformers learned are only there. Where
    it cannot be opened in this environment, all else is compared and the reason is kept.

    Args:
        folder: The version's folder.

    Raises:
        ArtifactFault: The version is incomplete, was changed, or is of another format.
    """
    try:
        manifest = verify_version(folder)
        schema = Schema.from_mapping(_json(folder, manifest, SCHEMA_NAME))
        entries = list(_entries(_json(folder, manifest, _FITTED)))
    except ArtifactError as error:
        raise ArtifactFault(
            error.what,
            why="a comparison with files that nobody built would say nothing of what is served",
            hint=error.hint,
        ) from error
    model, values, unopened = _opened(folder)
    return Snapshot(
        manifest,
        schema,
        (*entries, *_learned(entries, values)),
        {
            path.removeprefix("code/"): (folder / path).read_text(encoding="utf-8")
            for path in manifest.files
            # The row kernel follows from the features and the fitted state, which are compared themselves.
            if path.startswith("code/") and path.endswith(".py") and path != KERNEL_NAME
        },
        {name: _lock(folder / name) for name in _LOCKS if name in manifest.files},
        model,
        unopened,
    )


def _json(folder: Path, manifest: Manifest, name: str) -> Any:
    if name not in manifest.files:
        raise ArtifactError(
            f"{manifest.name} {manifest.version} has no {name}", hint="build the version again"
        )
    try:
        return json.loads((folder / name).read_text(encoding="utf-8"))
    except ValueError as error:
        raise ArtifactError(
            f"{name} of {manifest.name} {manifest.version} is not JSON: {error}",
            hint="use the release of nb2prod that wrote it, or build the version again",
        ) from error


def _entries(content: Any) -> Iterator[Entry]:
    """Yield the entries of ``fitted.json``; those that are kept by key are joined into one table."""
    if not isinstance(content, list) or not all(isinstance(one, dict) for one in content):
        raise ArtifactError(
            f"{_FITTED} is not of a form that this release knows",
            hint="use the release of nb2prod that wrote it, or build the version again",
        )
    tables: dict[str, dict[str, Any]] = {}
    for one in content:
        if one.get("key") is not None:
            tables.setdefault(one["name"], {})[_key(one["key"])] = one.get("value")
    done = set()
    for one in content:
        if one["name"] not in done:
            done.add(one["name"])
            value = tables.get(one["name"], one.get("value"))
            if isinstance(value, str) and value.startswith("<"):
                value = without_package(value)
            text = one.get("expression", "")
            yield Entry(one["name"], value, one.get("cell"), one.get("line"), text)


def _key(key: Any) -> str:
    return key if isinstance(key, str) else json.dumps(key, ensure_ascii=False)


def _opened(folder: Path) -> tuple[ModelFacts | None, Mapping[str, Any], str]:
    """Return the model's facts and the fitted state with its objects, or why it cannot be opened."""
    from nb2prod.runtime.loading import load_version

    try:
        steps = load_version(folder).pipeline.named_steps
    except ArtifactError as error:
        return None, {}, error.what
    if "model" not in steps:
        return None, {}, "its pipeline has no step called `model`"
    fitted = getattr(steps.get("features"), "fitted", None)
    values = dict(vars(fitted)) if fitted is not None else {}
    # Transformers within the model freeze statistics as well; what the predictor itself learned is its own matter.
    for name, part in getattr(steps["model"], "steps", [])[:-1]:
        values[f"model.{name}"] = part
    return model_facts(steps["model"]), values, ""


def _learned(entries: list[Entry], values: Mapping[str, Any]) -> Iterator[Entry]:
    known = {one.name: one for one in entries}
    for name, value in values.items():
        if is_object(value):
            owner = known.get(name)
            for path, content in learned(name, value):
                if owner is None:
                    yield Entry(path, content)
                else:
                    yield Entry(path, content, owner.cell, owner.line, owner.expression)


def _lock(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("==") for line in lines if "==" in line)
    return {name: version for name, _, version in pairs}
