"""The whole way from a notebook to a version: lint, execute, compile, train, prove, package."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from nb2prod.artifact.store import Store
from nb2prod.build.candidate import Candidate, make_candidate, publish
from nb2prod.build.clock import Clock
from nb2prod.build.options import BuildOptions
from nb2prod.build.order import Order, take_order
from nb2prod.build.result import BuildResult
from nb2prod.build.unchanged import find_unchanged, remember
from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint import blocking, lint
from nb2prod.lint.gathering import gather


def build(notebook: str | Path, options: BuildOptions | None = None) -> BuildResult:
    """Build a service from a tagged notebook, or say why not.

    Args:
        notebook: The notebook's path; the file is left as it is.
        options: How to build.

    Returns:
        The outcome; findings of the user's notebook are part of it and never raised.

    Raises:
        Nb2prodError: If the file is no notebook, a setting is wrong, a cell raises, or the machine lacks something.
    """
    options = options or BuildOptions()
    clock = Clock(options.reporter)
    order = take_order(notebook, options)
    with clock.step("lint") as step:
        findings = lint(order.notebook, gather(order.notebook), requires_roles=True)
        stopping = _stopping(findings, strict=order.config.strict)
        step.result = _counted(findings)
    if stopping:
        return BuildResult("refused", diagnostics=findings, seconds=clock.seconds)
    known = find_unchanged(order)
    if known is not None:
        return BuildResult(
            "unchanged",
            service=order.service,
            version=known.version,
            run_key=known.run_key,
            artifact_digest=known.artifact_digest,
            metrics=known.metrics,  # type: ignore[arg-type]  # written by this very tool
            diagnostics=findings,
            seconds=clock.seconds,
        )
    with tempfile.TemporaryDirectory(prefix="nb2prod-build-") as folder:
        return _make(order, findings, Path(folder), clock)


def _make(
    order: Order, findings: Sequence[Diagnostic], folder: Path, clock: Clock
) -> BuildResult:
    # These import pandas, papermill and scikit-learn, which a refused or unchanged build must not wait for.
    from nb2prod.build.running import run
    from nb2prod.compile.emit import emit
    from nb2prod.compile.plan import Refused
    from nb2prod.compile.specialise import specialise

    with clock.step("execute") as step:
        runs = run(order, folder)
        step.result = f"recorded in {runs.seconds[0]:.1f} s, plain in {runs.seconds[1]:.1f} s"
    findings = [*findings, *runs.differences]
    if _stopping(runs.differences, strict=order.config.strict):
        return BuildResult("refused", diagnostics=findings, seconds=clock.seconds)
    with clock.step("compile") as step:
        plan = specialise(order.notebook, runs.recording, order.config.target)
        if not isinstance(plan, Refused):
            emitted = emit(plan, Path(order.notebook.path).name)
            step.result = f"{len(plan.serve)} statements serve, {len(plan.states)} values frozen"
    if isinstance(plan, Refused):
        return BuildResult(
            "refused", diagnostics=[*findings, *plan.diagnostics], seconds=clock.seconds
        )
    store = Store(order.service)
    with store.locked():
        made = make_candidate(order, plan, emitted, runs, folder, store, clock)
        if isinstance(made, BuildResult):
            return replace(made, diagnostics=[*findings, *made.diagnostics])
        return _finish(order, made, findings, store, clock)


def _finish(
    order: Order, made: Candidate, findings: Sequence[Diagnostic], store: Store, clock: Clock
) -> BuildResult:
    with clock.step("package") as step:
        conflicts = publish(order, made, store)
        remember(order, made.manifest.version)
        step.result = f"{order.service}/versions/{made.manifest.version}"
    return BuildResult(
        "built",
        service=order.service,
        version=made.manifest.version,
        run_key=made.manifest.run_key,
        artifact_digest=made.manifest.artifact_digest,
        metrics=made.metrics,
        parity=made.parity,
        diagnostics=[*findings, *made.warnings],
        seconds=clock.seconds,
        conflicts=conflicts,
    )


def _stopping(findings: Sequence[Diagnostic], *, strict: bool) -> bool:
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
    said = [f"{number} {severity}{'s' if number != 1 else ''}" for severity, number in counts if number]
    return ", ".join(said) or "clean"
