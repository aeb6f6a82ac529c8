"""Snapshots made by hand, and small versions on disk."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from nb2prod.artifact.manifest import Manifest, NotebookFile, Tool, VersionFacts, seal
from nb2prod.report.snapshot import Entry, ModelFacts, Snapshot
from nb2prod.runtime.schema import Column, Schema
from nb2prod.runtime.verifying import read_manifest
from tests.conftest import MakeVersion

DIGEST = "sha256:" + "0" * 64


def manifest(version: str = "v1", **changes: Any) -> Manifest:
    given: dict[str, Any] = {
        "name": "birds",
        "version": version,
        "run_key": DIGEST,
        "task": "regression",
        "classes": None,
        "target": ("mass",),
        "metrics": {"mae": 2.0},
        "parameters": {"test_size": 0.25},
        "seed": 42,
        "threads": 1,
        "hash_seed": 42,
        "data": (),
        "tool": Tool("0.1.0", "3.11"),
        "notebook": NotebookFile("notebook/birds.ipynb", DIGEST),
        "artifact_digest": DIGEST if version == "v1" else "sha256:" + "1" * 64,
        "package": "birds_0000000000000000",
        "files": {},
    }
    return Manifest(**{**given, **changes})


def snapshot(version: str = "v1", **changes: Any) -> Snapshot:
    """Return a version; changes are fields of the snapshot, or of its manifest."""
    own = {field.name for field in fields(Snapshot)}
    facts = manifest(version, **{k: v for k, v in changes.items() if k not in own})
    plain = Snapshot(
        facts,
        Schema((Column("age", "float64", "number", nullable=True, minimum=1.0, maximum=9.0),), ()),
        (Entry("age_mean", 43.9, 4, 2, "df['age'].mean()"),),
        {"features.py": "# cell 4\nx = 1\n"},
        {"requirements-train.lock": {"pandas": "3.0.0"}, "requirements-serve.lock": {}},
        ModelFacts("sklearn.tree.DecisionTreeRegressor", {"max_depth": 3}),
    )
    return replace(plain, **{k: v for k, v in changes.items() if k in own})


FITTED: list[dict[str, Any]] = [
    {"name": "mass_mean", "key": None, "keys": [], "value": 3.5, "cell": 4, "line": 2}
    | {"expression": "df['mass'].mean()"},
    {"name": "modes", "key": "sex", "keys": ["c"], "value": "f", "cell": 4, "line": 5}
    | {"expression": "df[c].mode()[0]"},
    {"name": "modes", "key": "island", "keys": ["c"], "value": "Dream", "cell": 4, "line": 5}
    | {"expression": "df[c].mode()[0]"},
    {"name": "encoder", "key": None, "keys": [], "cell": 5, "line": 1, "expression": "encoder"}
    | {"value": "<birds_0123456789abcdef.encoding.Dummies>"},
]


def write_fitted(folder: Path, content: object) -> None:
    """Give a version a fitted state, and seal it again."""
    (folder / "fitted.json").write_text(json.dumps(content), encoding="utf-8")
    sealed = read_manifest(folder)
    seal(folder, VersionFacts(**{f.name: getattr(sealed, f.name) for f in fields(VersionFacts)}))


MakePair = Callable[[Path], Path]


@pytest.fixture(scope="session")
def make_pair(make_version: MakeVersion) -> MakePair:
    """Return a function that writes a service with v1 and v2, whose code and statistics differ."""

    def make(service: Path) -> Path:
        write_fitted(make_version(service, "v1"), FITTED)
        changed = [{**FITTED[0], "value": 3.25}, *FITTED[1:]]
        write_fitted(make_version(service, "v2", scale=500.0), changed)
        return service

    return make


@pytest.fixture(scope="session")
def pair(make_pair: MakePair, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return such a service. Do not change it."""
    return make_pair(tmp_path_factory.mktemp("compared") / "services" / "birds")
