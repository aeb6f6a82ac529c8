"""Train and prove a version in a temporary service, where nothing of it can be seen from outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from nb2prod.artifact.disk import copy_tree
from nb2prod.artifact.manifest import Manifest
from nb2prod.artifact.store import Store
from nb2prod.build.clock import Clock
from nb2prod.build.draft import Draft, Workshop
from nb2prod.build.failing import failed_training
from nb2prod.build.inputs import Inputs, gather_inputs
from nb2prod.build.kerneling import add_kernel
from nb2prod.build.leaking import Leaks
from nb2prod.build.result import BuildResult
from nb2prod.build.sealing import Contents, keep_rows, seal_version, take_model
from nb2prod.build.subject import Subject
from nb2prod.build.unchanged import parity_of, unchanged
from nb2prod.build.verdict import unproved
from nb2prod.build.workshop import set_up, write_code, write_config
from nb2prod.diagnostic import Diagnostic
from nb2prod.notebook.imports import imported_modules
from nb2prod.prove.golden import golden_rows, shortened
from nb2prod.prove.proof import Proof, prove
from nb2prod.registry.audit import registered_versions
from nb2prod.runtime.schema import Schema
from nb2prod.runtime.verifying import read_manifest
from nb2prod.service.notebook_copy import keep_notebook
from nb2prod.train import Training, TrainingFailed, TrainingStopped, train

_PROVING = "replaying rows, and asking the service for them"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A version that was trained and proved, not yet published.

    Attributes:
        workshop: Where it was made.
        manifest: Its manifest.
        schema: Its raw record.
        inputs: What it was made from.
        proof: How it compares with the notebook.
    """

    workshop: Workshop
    manifest: Manifest
    schema: Schema
    inputs: Inputs
    proof: Proof


def make_candidate(
    draft: Draft, leaks: Leaks, store: Store, folder: Path, clock: Clock
) -> Candidate | BuildResult:
    """Train and prove a version.

    Args:
        draft: The compiled notebook.
        leaks: What saw held-out rows.
        store: The service's versions; they are only read.
        folder: The build's temporary folder.
        clock: Times the steps.

    Returns:
        A proved candidate, or an outcome where there is nothing to publish.

    Raises:
        ExecutionFailed: If the training does not end or the machine fails it, or the version cannot be opened.
    """
    workshop = Workshop(folder, store.next_version(registered_versions(store.service)))
    with clock.step("train") as step:
        step.progress = lambda: "train.py in a fresh process"
        write_code(workshop.version, draft.emitted)
        inputs = gather_inputs(draft, workshop.version)
        same = store.find_by_run_key(inputs.run_key)
        training = None
        if same is None:
            set_up(workshop, draft.subject.data, inputs)
            trained = _train(workshop, draft, inputs)
            if isinstance(trained, Diagnostic):
                step.result = "failed"
                return BuildResult("refused", diagnostics=[trained])
            training = trained
            step.result = ", ".join(f"{n} {value:.4g}" for n, value in training.metrics.items())
        else:
            step.result = f"the same inputs as {same.name}"
    if training is None:
        assert same is not None
        return _settled(draft, same, Workshop(folder / "again", same.name), inputs, clock)
    with clock.step("prove") as step:
        step.progress = lambda: _PROVING
        take_model(workshop)
        made = _prove(draft, leaks, workshop, inputs, training)
        step.result = f"{made.proof.said()}; {_kernel_said(made.manifest)}"
    return made if made.proof.holds else unproved(draft, workshop, made.proof, inputs.run_key)


def _train(workshop: Workshop, draft: Draft, inputs: Inputs) -> Training | Diagnostic:
    """Train, or say at which statement the script made of the notebook fails."""
    write_config(workshop, draft.subject, inputs)
    try:
        return train(
            workshop.service,
            workshop.config,
            workshop.version,
            workshop.trained,
            timeout=draft.training_timeout,
        )
    except (TrainingFailed, TrainingStopped) as failure:
        found = failed_training(draft, failure)
        if found is None:
            raise
        return found


def _prove(
    draft: Draft, leaks: Leaks, workshop: Workshop, inputs: Inputs, training: Training
) -> Candidate:
    digest = keep_copy(draft, workshop.service)
    captured = draft.captured
    classes = captured.classes if captured.answer is None else training.classes
    contents = Contents(inputs, digest, classes, {}, leaks.as_json(), {})
    return prove_version(draft.subject, workshop, contents, training.metrics)


def prove_version(
    subject: Subject, workshop: Workshop, contents: Contents, metrics: Mapping[str, float]
) -> Candidate:
    """Seal a trained version, prove it, and seal it again with the evidence.

    Args:
        subject: What becomes a version.
        workshop: Where it is made, the model files among it.
        contents: Its texts, but for golden rows and evidence.
        metrics: What the training script computed.
    """
    captured, schema = subject.captured, Schema.from_mapping(subject.schema)
    is_sample = subject.config.prove == "sample"
    golden = golden_rows(schema, captured, contents.classes, sample=is_sample)
    contents = replace(contents, golden=shortened(golden))
    keep_rows(workshop, subject, schema)
    seal_version(workshop, subject, contents)
    # The proof over HTTP asks the service as it will be: with the kernel, where that holds.
    contents = contents.with_kernel(add_kernel(workshop.version, captured, workshop.folder))
    seal_version(workshop, subject, contents)
    proof = prove(workshop.service, workshop.number, captured, golden, metrics)
    manifest = seal_version(workshop, subject, contents.proved(proof.evidence()))
    return Candidate(workshop, manifest, schema, contents.inputs, proof)


def _kernel_said(manifest: Manifest) -> str:
    kernel = manifest.kernel or {}
    return f"no row kernel: {kernel['off']}" if "off" in kernel else "single rows by a row kernel"


def keep_copy(draft: Draft, service: Path) -> str:
    """Keep the notebook within a service, and return the copy's digest."""
    folder = draft.order.folder
    modules = imported_modules(draft.order.notebook)
    local = frozenset(name for name in modules if (folder / f"{name}.py").is_file())
    return keep_notebook(draft.order.notebook, service, local=local)


def _settled(
    draft: Draft, same: Path, workshop: Workshop, inputs: Inputs, clock: Clock
) -> BuildResult:
    """Return the outcome for a version that exists; where every row was asked for, prove it again.

    A proof with every row says more than the one on the covering sample that the version was published with.
    """
    manifest = read_manifest(same)
    if draft.order.config.prove == "sample":
        return unchanged(draft.order, manifest, parity_of(same))
    with clock.step("prove") as step:
        step.progress = lambda: _PROVING
        set_up(workshop, draft.subject.data, inputs)
        copy_tree(same, workshop.version)
        schema = Schema.from_mapping(draft.schema)
        golden = golden_rows(schema, draft.captured, manifest.classes, sample=False)
        metrics: Mapping[str, float] = manifest.metrics  # type: ignore[assignment]  # our own
        proof = prove(workshop.service, workshop.number, draft.captured, golden, metrics)
        step.result = proof.said()
    if not proof.holds:
        return unproved(draft, workshop, proof, manifest.run_key)
    return unchanged(draft.order, manifest, proof.counts())
