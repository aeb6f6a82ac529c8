"""Run and compile a notebook, and keep what was found of each expression instead of building."""

from __future__ import annotations

from pathlib import Path

from nb2prod.build.clock import Clock
from nb2prod.build.explanation.expressions import expressions_of
from nb2prod.build.explanation.fates import statements_of
from nb2prod.build.explanation.frozen import frozen_values
from nb2prod.build.explanation.marks import marks_of, with_functions
from nb2prod.build.explanation.model import Explanation
from nb2prod.build.findings import findings_of, not_told_again
from nb2prod.build.options import BuildOptions
from nb2prod.build.order import Order, take_order
from nb2prod.compile.plan import Refused
from nb2prod.lint import blocking


def explain(notebook: str | Path, options: BuildOptions | None = None) -> Explanation:
    """Run and compile a notebook as a build does, and say what each expression is.

    Args:
        notebook: The notebook's path; the file is left as it is.
        options: How to run it.

    Raises:
        Nb2prodError: As ``build`` does.
    """
    options = options or BuildOptions()
    clock = Clock(options.reporter)
    order = take_order(notebook, options)
    findings = findings_of(order.notebook)
    if blocking(findings):
        return Explanation(order.notebook, "refused", {}, findings)
    found = _compile(order, clock)
    return Explanation(
        order.notebook,
        found.status,
        found.expressions,
        [*not_told_again(findings, found.leaks), *found.diagnostics],
        found.statements,
        found.frozen,
        found.code,
        found.marks,
        found.leaks,
    )


def _compile(order: Order, clock: Clock) -> Explanation:
    # These import pandas and papermill, which a notebook that lint refuses must not wait for.
    from nb2prod.build.drafting import make_draft
    from nb2prod.build.folder import working_folder
    from nb2prod.build.leaking import examined, leak_findings
    from nb2prod.build.running import run
    from nb2prod.build.verdict import remarks

    notebook = order.notebook
    with working_folder() as folder:
        with clock.step("execute") as step:
            runs = run(order, folder, step)
            step.result = f"recorded in {runs.seconds[0]:.1f} s"
        with clock.step("compile"):
            draft = make_draft(order, runs)
        if isinstance(draft, Refused):
            told = expressions_of(notebook, draft.notes, runs.recording)
            return Explanation(notebook, "refused", told, [*runs.differences, *draft.diagnostics])
        leaks = examined(draft, folder, clock)
        notes, states, emitted = draft.plan.notes, draft.plan.states, draft.emitted
        marks = with_functions(marks_of(emitted), emitted, notebook)
        return Explanation(
            notebook,
            "explained",
            expressions_of(notebook, notes, runs.recording, states),
            [*runs.differences, *remarks(draft, leaks), *leak_findings(draft, leaks)],
            statements_of(notebook, emitted.files, marks),
            frozen_values(notebook, notes, states, emitted, runs.recording, leaks.found),
            emitted.files,
            marks,
            leaks.as_json(),
        )
