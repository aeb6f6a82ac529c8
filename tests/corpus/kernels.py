"""A row kernel for a notebook of the corpus, compiled and proved as a build does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import joblib

from nb2prod.artifact.schema import SchemaRefused, describe
from nb2prod.build.kernel_job import make_kernel
from nb2prod.execute.recorder.session import RAW, SCORED
from nb2prod.prove import kernel as proving
from nb2prod.prove.captured import open_scored
from nb2prod.runtime.digests import digest_text
from nb2prod.runtime.loading import LoadedVersion
from nb2prod.runtime.manifest import Manifest, NotebookFile, Tool
from nb2prod.runtime.schema import Schema
from tests.corpus.harness import Outcome

_MIXTURES = 60


def kernel_of(outcome: Outcome, folder: Path) -> Mapping[str, Any]:
    """Return what the manifest would say about the kernel of a built notebook."""
    assert outcome.plan is not None
    raw = joblib.load(folder / RAW)  # noqa: TID251 (what this very test wrote)
    target = tuple(outcome.plan.target)
    try:
        schema = Schema.from_mapping(describe(raw, target))
    except SchemaRefused as error:
        return {"off": f"no schema: {error}"}
    answer = None if outcome.plan.answer is None else outcome.plan.answer.key
    step = outcome.pipeline.named_steps["features"]
    manifest = _manifest(type(step).__module__.partition(".")[0], target)
    version = LoadedVersion(folder / "version", manifest, schema, outcome.pipeline)
    with patch.object(proving, "_MIXTURES", _MIXTURES):
        return make_kernel(version, raw, open_scored(folder / SCORED, answer))


def _manifest(package: str, target: tuple[str, ...]) -> Manifest:
    return Manifest(
        name="corpus",
        version="v1",
        run_key=digest_text(package),
        task="classification",
        classes=None,
        target=target,
        metrics={},
        parameters={},
        seed=42,
        threads=1,
        hash_seed=42,
        data=(),
        tool=Tool("0", "3.11"),
        notebook=NotebookFile("notebook/corpus.ipynb", digest_text("")),
        artifact_digest="",
        package=package,
        files={},
    )
