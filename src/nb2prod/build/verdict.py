"""What a proof and the runs mean for the user: findings with their places."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from nb2prod.artifact.disk import copy_tree, explained_faults
from nb2prod.build.differing import unsteady_model
from nb2prod.build.draft import Draft, Workshop
from nb2prod.build.leaking import Leaks
from nb2prod.build.result import BuildResult
from nb2prod.build.running import options_of
from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.prove.equality import Comparison
from nb2prod.prove.proof import Proof
from nb2prod.runtime.digests import PREFIX
from nb2prod.runtime.verifying import read_manifest


def unproved(draft: Draft, workshop: Workshop, proof: Proof, run_key: str) -> BuildResult:
    """Keep an unproved version aside for inspection, and say what differs and where."""
    service = draft.order.service
    kept = keep_aside(service, workshop.version, run_key)
    return BuildResult(
        "unproved",
        service=service,
        run_key=run_key,
        artifact_digest=read_manifest(kept).artifact_digest,
        metrics=draft.captured.metrics,
        parity=proof.counts(),
        diagnostics=[*_unsteady(draft, workshop, proof), *differences(draft, proof)],
        evidence=kept,
    )


def _unsteady(draft: Draft, workshop: Workshop, proof: Proof) -> list[Diagnostic]:
    """Look for chance where the same features got other answers: then the notebook is to blame, and not a step."""
    features, answers = proof.comparisons.get("features"), proof.comparisons.get("batch")
    if features is None or answers is None or features.mismatches or not answers.mismatches:
        return []
    metrics = list(draft.captured.metrics)
    return unsteady_model(draft.order, workshop.service, options_of(draft.order), metrics)


def keep_aside(service: Path, version: Path, run_key: str) -> Path:
    """Keep an unproved version for inspection, and return where.

    Raises:
        EnvironmentFault: The service's folder cannot be written.
    """
    kept = service / "unproved" / run_key.removeprefix(PREFIX)[:16]
    with explained_faults(kept):
        _keep(version, kept)
    return kept


def _keep(version: Path, kept: Path) -> None:
    part = kept.with_name(f"{kept.name}.part")
    for old in (part, kept):
        if old.exists():
            shutil.rmtree(old)
    copy_tree(version, part)
    part.rename(kept)


def differences(draft: Draft, proof: Proof) -> list[Diagnostic]:
    """Return one finding for each kind of proof that does not hold, at the statement to blame."""
    return [
        _difference(draft, name, found, proof.blame.get(name))
        for name, found in proof.comparisons.items()
        if found.mismatches
    ]


def _difference(
    draft: Draft, name: str, found: Comparison, blame: Mapping[str, object] | None
) -> Diagnostic:
    what = "metrics" if name == "metrics" else "rows"
    message = f"{found.mismatches} of {found.rows} {what} differ from the notebook ({name})"
    if found.first:
        message += f": {found.first}"
    cell = line = None
    if blame is not None:
        cell, line = notebook_place(draft, str(blame["file"]), int(str(blame["line"])))
        what_differs = f" in `{blame['name']}`: {blame['difference']}" if blame["name"] else ""
        message += f"; a row alone and beside others part here{what_differs}"
    return Diagnostic(
        code="NBC401",
        name=f"{name}-differ",
        severity=Severity.ERROR,
        message=f"{message}. The service would have been silently wrong",
        hint="write the step so that each row is computed from that row and fitted values alone",
        cell=cell,
        cell_id=None if cell is None else draft.order.notebook.cell(cell).id,
        line=line,
        column=None if line is None else 1,
    )


def notebook_place(draft: Draft, file: str, line: int) -> tuple[int | None, int | None]:
    """Return cell and line that a line of an emitted module came from."""
    places = draft.emitted.places.get(file, {})
    before = [number for number in places if number <= line]
    return places[max(before)] if before else (None, None)


def remarks(draft: Draft, leaks: Leaks) -> list[Diagnostic]:
    """Return findings that do not stop a build: what the metrics can be trusted for.

    Args:
        draft: The compiled notebook.
        leaks: What saw held-out rows; where the model itself did, that says it.
    """
    found = [*draft.plan.warnings]
    scored = draft.runs.recording.scored
    if scored is not None and not scored.is_held_out and not leaks.has_fitted_rows:
        cell = int(scored.place.partition(":")[0])
        found.append(
            Diagnostic(
                code="NBC501",
                name="not-held-out",
                severity=Severity.WARNING,
                message="the scored rows were fitted on, so the metrics say little about new rows",
                hint="split the table and score rows that the model has not seen",
                cell=cell,
                cell_id=draft.order.notebook.cell(cell).id,
            )
        )
    if not draft.runs.recording.metrics:
        found.append(
            Diagnostic(
                code="NBC502",
                name="no-metrics",
                severity=Severity.WARNING,
                message="no `evaluate` cell binds a number, "
                "so there is no metric to compare versions by",
                hint="bind each metric to a name: `accuracy = accuracy_score(y_test, predictions)`",
            )
        )
    return found
