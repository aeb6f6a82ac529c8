"""Train and prove a version in a temporary service, and publish it if the proof holds."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib  # noqa: TID251 (the raw table captured by this very build)

from nb2prod.artifact.manifest import Manifest
from nb2prod.artifact.schema import describe
from nb2prod.artifact.store import Store
from nb2prod.build.clock import Clock
from nb2prod.build.order import Order
from nb2prod.build.result import BuildResult
from nb2prod.build.running import Runs
from nb2prod.build.unchanged import remember
from nb2prod.build.workshop import (
    Inputs,
    finish_version,
    gather_inputs,
    place_data,
    set_up,
    write_code,
    write_config,
)
from nb2prod.compile.emit import Emitted
from nb2prod.compile.plan import Plan
from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.notebook.imports import imported_modules
from nb2prod.prove import proof as proving
from nb2prod.prove.equality import Comparison
from nb2prod.runtime.manifest import MANIFEST_NAME
from nb2prod.runtime.schema import Schema
from nb2prod.service.notebook_copy import keep_notebook
from nb2prod.service.rendering import ServiceFacts
from nb2prod.service.scaffold import scaffold
from nb2prod.train import train


@dataclass(frozen=True, slots=True)
class Candidate:
    """A version that was trained and proved, not yet published.

    Attributes:
        folder: The sealed version.
        config: Its resolved settings.
        manifest: Its manifest.
        schema: Its raw record.
        inputs: What it was made from.
        metrics: The notebook's metrics.
        parity: Mismatches by kind of proof.
        warnings: Findings that do not stop the build.
    """

    folder: Path
    config: Path
    manifest: Manifest
    schema: Schema
    inputs: Inputs
    metrics: Mapping[str, float]
    parity: Mapping[str, Any]
    warnings: Sequence[Diagnostic]


def make_candidate(
    order: Order,
    plan: Plan,
    emitted: Emitted,
    runs: Runs,
    folder: Path,
    store: Store,
    clock: Clock,
) -> Candidate | BuildResult:
    """Train and prove a version; returns an outcome where there is nothing to publish."""
    number = store.next_version()
    service = folder / "service"
    version = service / "versions" / number
    config = service / "configs" / f"{number}.yaml"
    with clock.step("train") as step:
        write_code(version, emitted)
        inputs = gather_inputs(order, version, emitted, runs.files_read)
        same = store.find_by_run_key(inputs.run_key)
        if same is not None:
            step.result = f"the same inputs as {same.name}"
        else:
            set_up(service, order, inputs)
            write_config(config, order, plan, inputs, number)
            training = train(
                service, config, version, folder / "trained", timeout=_training_timeout(runs)
            )
            step.result = ", ".join(f"{n} {v:.4g}" for n, v in training.metrics.items())
    if same is not None:
        return _unchanged(order, same, clock)
    with clock.step("prove") as step:
        for name in ("pipeline.joblib", "fitted.json"):
            shutil.copyfile(folder / "trained" / name, version / name)
        made = _prove(order, plan, runs, inputs, version, number, service, folder, training.metrics)
        step.result = _said(made.proof)
    if not made.proof.holds:
        return _unproved(order, emitted, made, clock, inputs)
    return Candidate(
        version,
        config,
        made.manifest,
        made.schema,
        inputs,
        runs.recording.metrics,
        made.proof.counts(),
        _warnings(runs),
    )


def _training_timeout(runs: Runs) -> float:
    """Give training ten times as long as the notebook took, and a minute to start."""
    return 60.0 + 10.0 * max(runs.seconds)


def _unchanged(order: Order, same: Path, clock: Clock) -> BuildResult:
    from nb2prod.runtime.loading import read_manifest

    manifest = read_manifest(same)
    remember(order, manifest.version)
    return BuildResult(
        "unchanged",
        service=order.service,
        version=manifest.version,
        run_key=manifest.run_key,
        artifact_digest=manifest.artifact_digest,
        metrics=manifest.metrics,  # type: ignore[arg-type]  # written by this very tool
        seconds=clock.seconds,
    )


@dataclass(frozen=True, slots=True)
class _Proved:
    proof: proving.Proof
    manifest: Manifest
    schema: Schema
    version: Path


def _prove(
    order: Order,
    plan: Plan,
    runs: Runs,
    inputs: Inputs,
    version: Path,
    number: str,
    service: Path,
    folder: Path,
    metrics: Mapping[str, float],
) -> _Proved:
    scored = runs.recording.scored
    assert scored is not None
    raw = joblib.load(runs.raw)  # noqa: TID251 (captured by this very build)
    content = describe(raw, list(plan.target))
    schema = Schema.from_mapping(content)
    captured = proving.Captured(
        runs.raw, runs.scored, scored.classes, scored.is_held_out, scored.identified_by
    )
    sample = order.config.prove == "sample"
    golden = proving.golden_rows(schema, captured, sample=sample)
    notebook_digest = keep_notebook(order.notebook, service, local=_local(order))

    def seal(parity: Mapping[str, Any]) -> Manifest:
        return finish_version(
            version, order, plan, runs, inputs, number, notebook_digest,
            runs.recording.metrics, content, parity, proving.shortened(golden),
        )  # fmt: skip

    seal({})
    comparisons: dict[str, Comparison] = {
        "metrics": proving.compare_metrics(metrics, runs.recording.metrics)
    }
    replayed, blame = proving.replay(version, captured, folder, sample=sample)
    comparisons |= replayed
    comparisons["http"] = proving.over_http(service, number, golden)
    evidence = proving.evidence(comparisons, captured, scored.rows)
    (version / MANIFEST_NAME).unlink()
    manifest = seal(evidence)
    proof = proving.Proof(comparisons, blame, scored.rows, golden, evidence)
    return _Proved(proof, manifest, schema, version)


def _local(order: Order) -> frozenset[str]:
    folder = Path(order.notebook.path).resolve().parent
    return frozenset(
        name for name in imported_modules(order.notebook) if (folder / f"{name}.py").is_file()
    )


def _said(proof: proving.Proof) -> str:
    wrong = [f"{name} {c.mismatches}/{c.rows}" for name, c in proof.comparisons.items() if c.mismatches]
    if wrong:
        return "differs: " + ", ".join(wrong)
    largest = max(c.largest for c in proof.comparisons.values())
    single = proof.comparisons["single"].rows
    return (
        f"{proof.held_out_rows} rows in batch and shuffled, {single} singly and over HTTP: all equal"
        + (f" (largest difference {largest:.1g})" if largest else " to the bit")
    )


def _unproved(
    order: Order, emitted: Emitted, made: _Proved, clock: Clock, inputs: Inputs
) -> BuildResult:
    """Keep an unproved version aside, and say what differs and where."""
    kept = order.service / "unproved" / inputs.run_key.removeprefix("sha256:")[:16]
    if kept.exists():
        shutil.rmtree(kept)
    kept.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(made.version, kept)
    diagnostics = []
    for name, found in made.proof.comparisons.items():
        if found.mismatches:
            diagnostics.append(_difference(name, found, made.proof.blame.get(name), emitted))
    return BuildResult(
        "unproved",
        service=order.service,
        run_key=inputs.run_key,
        metrics=made.manifest.metrics,  # type: ignore[arg-type]  # written by this very tool
        parity=made.proof.counts(),
        diagnostics=diagnostics,
        seconds=clock.seconds,
        evidence=kept,
    )


def _difference(
    name: str, found: Comparison, blame: Mapping[str, Any] | None, emitted: Emitted
) -> Diagnostic:
    cell = line = None
    detail = found.first or ""
    if blame is not None:
        places = emitted.places.get(str(blame["file"]), {})
        before = [n for n in places if n <= blame["line"]]
        if before:
            cell, line = places[max(before)]
        detail += f"; a row alone and in the batch part here at `{blame['name']}`: {blame['difference']}"
    return Diagnostic(
        code="NBC401",
        name=f"{name}-differ",
        severity=Severity.ERROR,
        message=f"{found.mismatches} of {found.rows} rows differ from the notebook ({name}): {detail}",
        hint="this would have been a silently wrong service; rewrite the step for single rows",
        cell=cell,
        line=line,
    )


def _warnings(runs: Runs) -> list[Diagnostic]:
    scored = runs.recording.scored
    found = []
    if scored is not None and not scored.is_held_out:
        found.append(
            Diagnostic(
                code="NBC501",
                name="not-held-out",
                severity=Severity.WARNING,
                message="the scored rows were fitted on, so the metrics say little about new rows",
                hint="split the table and score rows that the model has not seen",
                cell=int(scored.place.partition(":")[0]),
            )
        )
    if not runs.recording.metrics:
        found.append(
            Diagnostic(
                code="NBC502",
                name="no-metrics",
                severity=Severity.WARNING,
                message="no `evaluate` cell binds a number, so there is no metric to compare versions by",
                hint="bind each metric to a name: `accuracy = accuracy_score(y_test, predictions)`",
            )
        )
    return found


def publish(order: Order, made: Candidate, store: Store) -> tuple[str, ...]:
    """Move a proved version into the service; returns the files where the user's edits were kept."""
    place_data(order.service, order, made.inputs)
    keep_notebook(order.notebook, order.service, local=_local(order))
    config = order.service / "configs" / made.config.name
    config.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(made.config, config)
    scaffolded = scaffold(
        order.service, ServiceFacts(made.manifest, made.schema, Path(order.notebook.path).name)
    )
    with store.stage() as staged:
        shutil.copytree(made.folder, staged, dirs_exist_ok=True)
        store.publish(staged, made.manifest.version)
    return scaffolded.conflicts


