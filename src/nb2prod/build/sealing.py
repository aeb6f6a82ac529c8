"""Write what a version holds beside its code and model, and seal it."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nb2prod.artifact.manifest import Manifest, NotebookFile, Tool, VersionFacts, seal
from nb2prod.artifact.reference import write_reference
from nb2prod.artifact.rows import write_rows
from nb2prod.build.draft import Workshop
from nb2prod.build.inputs import PYTHON, Inputs
from nb2prod.build.subject import Subject
from nb2prod.prove.captured import open_scored, open_table
from nb2prod.runtime.digests import canonical_json
from nb2prod.runtime.schema import Schema
from nb2prod.version import __version__

_MODEL_FILES = ("pipeline.joblib", "fitted.json")


@dataclass(frozen=True, slots=True)
class Contents:
    """The texts of a version.

    Attributes:
        inputs: What it was trained from.
        notebook_digest: Digest of the notebook's copy.
        classes: Classes of the answers, or None.
        golden: Content of ``golden.json``.
        leaks: Content of ``leaks.json``.
        parity: Content of ``parity.json``; empty until it is proved.
        kernel: What the manifest says about the row kernel.
    """

    inputs: Inputs
    notebook_digest: str
    classes: Sequence[Any] | None
    golden: Mapping[str, Any]
    leaks: Mapping[str, Any]
    parity: Mapping[str, Any]
    kernel: Mapping[str, Any] | None = None

    def proved(self, parity: Mapping[str, Any]) -> Contents:
        """Return the same contents with the evidence of a proof."""
        return replace(self, parity=parity)

    def with_kernel(self, kernel: Mapping[str, Any]) -> Contents:
        """Return the same contents with what became of the row kernel."""
        return replace(self, kernel=kernel)


def take_model(workshop: Workshop) -> None:
    """Copy the trained model files into the version."""
    for name in _MODEL_FILES:
        shutil.copyfile(workshop.trained / name, workshop.version / name)


def keep_rows(workshop: Workshop, subject: Subject, schema: Schema) -> None:
    """Write what gates and monitoring compare with: the held-out rows and the distributions of the raw table."""
    captured = subject.captured
    raw = open_table(captured.raw)
    write_reference(workshop.version, raw, schema)
    write_rows(
        workshop.version,
        raw,
        schema,
        open_scored(captured.scored)["positions"],
        is_held_out=captured.is_held_out,
        is_fitted_target=subject.is_fitted_target,
    )


def seal_version(workshop: Workshop, subject: Subject, contents: Contents) -> Manifest:
    """Write the version's texts and its manifest; doing it again replaces them."""
    version, inputs = workshop.version, contents.inputs
    texts = {
        "schema": subject.schema,
        "parity": contents.parity,
        "golden": contents.golden,
        "leaks": contents.leaks,
    }
    for name, content in texts.items():
        (version / f"{name}.json").write_text(canonical_json(content), encoding="utf-8")
    (version / "requirements-train.lock").write_text(inputs.train_lock, encoding="utf-8")
    (version / "requirements-serve.lock").write_text(inputs.serve_lock, encoding="utf-8")
    return seal(version, _facts(workshop, subject, contents))


def _facts(workshop: Workshop, subject: Subject, contents: Contents) -> VersionFacts:
    classes = contents.classes
    return VersionFacts(
        name=subject.name,
        version=workshop.number,
        run_key=contents.inputs.run_key,
        task="regression" if classes is None else "classification",
        classes=None if classes is None else tuple(classes),
        target=subject.target,
        metrics={name: finite(value) for name, value in subject.captured.metrics.items()},
        parameters=dict(subject.parameters),
        seed=subject.config.seed,
        threads=subject.config.threads,
        hash_seed=subject.config.seed,
        data=contents.inputs.data,
        tool=Tool(__version__, PYTHON),
        kernel=contents.kernel,
        machine=_machine(workshop),
        notebook=NotebookFile(subject.notebook, contents.notebook_digest),
        trained_from=subject.trained_from,
    )


def _machine(workshop: Workshop) -> dict[str, str]:
    """Return what the training script says of the machine that it ran on."""
    report = json.loads((workshop.trained / "metrics.json").read_text(encoding="utf-8"))
    return {str(name): str(value) for name, value in report.get("machine", {}).items()}


def finite(value: float) -> float | None:
    """Return a number as JSON can hold it: neither NaN nor infinity."""
    return value if math.isfinite(value) else None
