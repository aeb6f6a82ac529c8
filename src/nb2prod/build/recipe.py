"""The whole way from a notebook to a version: lint, execute, compile, train, prove, gate, package, report, register."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from nb2prod.artifact.store import Store
from nb2prod.build.clock import Clock
from nb2prod.build.findings import findings_of, not_told_again
from nb2prod.build.options import BuildOptions
from nb2prod.build.order import Order, take_order
from nb2prod.build.result import STATUS_BY_VERDICT, BuildResult
from nb2prod.build.settling import judged
from nb2prod.build.unchanged import find_unchanged
from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint import blocking


def build(notebook: str | Path, options: BuildOptions | None = None) -> BuildResult:
    """Build a service from a tagged notebook, or say why not.

    Args:
        notebook: The notebook's path; the file is left as it is.
        options: How to build.

    Returns:
        The outcome: built, unchanged, refused, unproved, or kept with gates that it did not pass. Findings about the
        notebook are part of it and never raised.

    Raises:
        NotebookFault: If the file is no notebook.
        UsageError: If a setting, a name or a parameter cannot be taken.
        ExecutionFailed: If a cell raises or does not end, or what was made from the notebook does not run.
        EnvironmentFault: If the machine lacks something: a package, space, a permission.
        ArtifactFault: If the service's folder was tampered with.
    """
    options = options or BuildOptions()
    clock = Clock(options.reporter)
    order = take_order(notebook, options)
    with clock.step("lint") as step:
        findings = findings_of(order.notebook)
        step.result = _counted(findings)
    if _stops(findings, strict=order.config.strict):
        result = BuildResult("refused")
    else:
        found = find_unchanged(order)
        result = _make(order, clock) if found is None else judged(order, found, clock)
    diagnostics = [*not_told_again(findings, result.leaks), *result.diagnostics]
    return replace(result, diagnostics=diagnostics, seconds=clock.seconds)


def _make(order: Order, clock: Clock) -> BuildResult:
    """Take the notebook the rest of the way, in a temporary folder until the last step."""
    # These import pandas, papermill and scikit-learn, which a refused or unchanged build must not wait for.
    from nb2prod.build.candidate import Candidate, keep_copy, make_candidate
    from nb2prod.build.draft import Draft
    from nb2prod.build.drafting import make_draft
    from nb2prod.build.folder import working_folder
    from nb2prod.build.gating import judge_candidate
    from nb2prod.build.leaking import examined, leak_findings
    from nb2prod.build.publishing import publish, restore
    from nb2prod.build.registering import register
    from nb2prod.build.running import run
    from nb2prod.build.telling import tell
    from nb2prod.build.verdict import remarks

    with working_folder() as folder:
        with clock.step("execute") as step:
            runs = run(order, folder, step)
            step.result = f"recorded in {runs.seconds[0]:.1f} s, plain in {runs.seconds[1]:.1f} s"
        if _stops(runs.differences, strict=order.config.strict):
            return BuildResult("refused", diagnostics=runs.differences)
        with clock.step("compile") as step:
            draft = make_draft(order, runs)
            step.result = draft.said() if isinstance(draft, Draft) else "refused"
        if not isinstance(draft, Draft):
            return BuildResult("refused", diagnostics=[*runs.differences, *draft.diagnostics])
        leaks = examined(draft, folder, clock)  # step "leaks", where there are any
        notes = [*runs.differences, *remarks(draft, leaks), *leak_findings(draft, leaks)]
        if _stops(notes, strict=order.config.strict):
            return BuildResult("refused", diagnostics=notes, leaks=leaks.as_json())
        store = Store(order.service)
        with store.locked(waiting=clock.waiting):
            made = make_candidate(draft, leaks, store, folder, clock)  # steps "train" and "prove"
            if not isinstance(made, Candidate):
                conflicts = restore(order, store)
                diagnostics = [*notes, *made.diagnostics]
                told = leaks.as_json()
                settled = replace(made, diagnostics=diagnostics, conflicts=conflicts, leaks=told)
                return judged(order, settled, clock, is_known=False)
            with clock.step("gate") as step:
                judgement = judge_candidate(
                    order.service, made.workshop.version, order.config.gates
                )
                step.result = judgement.said()
            with clock.step("package") as step:
                beside = partial(keep_copy, draft, order.service)
                conflicts = publish(draft.subject, made, judgement, store, beside)
                step.result = f"{order.service}/versions/{made.manifest.version}"
            with clock.step("report") as step:
                version = made.manifest.version
                step.result = tell(order.service, version, clock, order.folder, runs.executed)
            with clock.step("register") as step:
                files = {"executed.ipynb": runs.executed}
                step.result = register(order, made.manifest.version, files)
        return BuildResult(
            STATUS_BY_VERDICT[judgement.verdict],
            service=order.service,
            version=made.manifest.version,
            run_key=made.manifest.run_key,
            artifact_digest=made.manifest.artifact_digest,
            metrics=draft.captured.metrics,
            parity=made.proof.counts(),
            diagnostics=notes,
            gates=[result.as_json() for result in judgement.results],
            conflicts=conflicts,
            leaks=leaks.as_json(),
        )


def _stops(findings: Sequence[Diagnostic], *, strict: bool) -> bool:
    """Tell whether findings stop a build: lint's blocking ones, compile errors, and warnings if asked for."""
    if any(f.code.startswith("NBC") and f.severity is Severity.ERROR for f in findings):
        return True
    if strict and any(f.severity is Severity.WARNING for f in findings):
        return True
    return bool(blocking(findings))


def _counted(findings: Sequence[Diagnostic]) -> str:
    counts = [
        (severity, sum(f.severity is severity for f in findings))
        for severity in (Severity.ERROR, Severity.WARNING)
    ]
    said = [f"{n} {severity}{'s' if n != 1 else ''}" for severity, n in counts if n]
    return ", ".join(said) or "clean"
