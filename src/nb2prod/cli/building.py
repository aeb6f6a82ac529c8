"""Run a build for the command line: show its steps, its outcome, and whatever ended it."""

import json
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import click

from nb2prod.build import BuildOptions, BuildResult, build
from nb2prod.build.result import failed
from nb2prod.cli.steps import Steps
from nb2prod.cli.terminal import is_coloured
from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.errors import Nb2prodError
from nb2prod.lint.reports import diagnostic_text
from nb2prod.notebook import read
from nb2prod.track.choosing import run_of
from nb2prod.track.record import RunRecord

_COLOURS = {
    "built": "32",
    "unchanged": "32",
    "refused": "31",
    "unproved": "31",
    "gate_failed": "31",
    "inconclusive": "33",
}


def chosen_run(notebook: Path, identifier: str, *, as_json: bool) -> RunRecord:
    """Return the run that a build takes its parameters from.

    Raises:
        UsageError: There is no such run, or it was one of other code.
    """
    try:
        return run_of(read(str(notebook)), identifier)
    except Nb2prodError as fault:
        _print_json(failed(fault), as_json=as_json)
        raise


def run_build(notebook: Path, options: BuildOptions, steps: Steps, *, as_json: bool) -> int:
    """Build, show the outcome, and return the exit code.

    With JSON one object is written to standard output, whatever happens; text goes to standard error.

    Raises:
        Nb2prodError: If a fault ended the build; its text is for the caller to show.
        KeyboardInterrupt: If somebody stopped it.
    """
    try:
        result = build(notebook, options)
        _show(notebook, result, steps)
    except Nb2prodError as fault:
        _print_json(failed(fault, steps.seconds), as_json=as_json)
        raise
    except KeyboardInterrupt:
        _print_json(BuildResult("interrupted", seconds=steps.seconds), as_json=as_json)
        raise
    except Exception as error:
        sys.stderr.write(traceback.format_exc())
        own = _own_fault(error)
        _print_json(failed(own, steps.seconds), as_json=as_json)
        raise own from error
    _print_json(result, as_json=as_json)
    return result.exit_code


def _print_json(result: BuildResult, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(result.as_json(), ensure_ascii=False, allow_nan=False))


def _own_fault(error: Exception) -> Nb2prodError:
    return Nb2prodError(
        f"nb2prod itself failed: {type(error).__name__}: {error}",
        why="this is a fault of nb2prod, not of the notebook; nothing was published",
        hint="please report it with the lines above",
    )


def _show(notebook: Path, result: BuildResult, steps: Steps) -> None:
    shown = [found for found in result.diagnostics if _is_shown(found)]
    colours = is_coloured(steps.stream)
    if shown:
        source = read(str(notebook))
        for found in shown:
            steps.line()
            steps.line(diagnostic_text(found, source, is_coloured=colours))
    steps.line()
    head, *rest = _summary(notebook, result)
    status, _, text = head.partition(":")
    mark = f"\x1b[1;{_COLOURS[result.status]}m{status}\x1b[0m" if colours else status
    steps.line(f"{mark}:{text}")
    for line in rest:
        steps.line(line)


def _is_shown(found: Diagnostic) -> bool:
    """Leave out what lint says of the saved session only; what the build itself notes is always shown."""
    return found.severity is not Severity.INFO or found.code.startswith("NBC")


def _summary(notebook: Path, result: BuildResult) -> Iterator[str]:
    if result.status == "refused":
        errors = sum(found.severity is Severity.ERROR for found in result.diagnostics)
        reasons = f"{errors} error{'s' if errors != 1 else ''}" if errors else "warnings (--strict)"
        yield f"refused: {notebook} was not built because of {reasons}; nothing was written."
        yield f"Next: mend the cells above, then nb2prod build {notebook}"
    elif result.status == "unproved":
        yield f"unproved: {notebook} compiles, but does not give what the notebook gave."
        yield f"  evidence  {result.evidence}"
        yield "Nothing was published; versions that were there before stay as they are."
        yield f"Next: nb2prod explain {notebook}"
    elif result.status in {"gate_failed", "inconclusive"}:
        yield from _not_passed(result)
    else:
        yield from _success(result)


def _success(result: BuildResult) -> Iterator[str]:
    metrics = ", ".join(_metric(name, value) for name, value in result.metrics.items())
    said = f"  ({metrics})" if metrics else ""
    yield f"{result.status}: {result.service} {result.version}{said}"
    yield f"  version   {result.service}/versions/{result.version}"
    yield f"  digest    {result.artifact_digest}"
    for conflict in result.conflicts:
        yield f"  kept      your edit of {conflict}; the new text is in {conflict}.new"
    yield f"Next: nb2prod serve {result.service}"


def _not_passed(result: BuildResult) -> Iterator[str]:
    where = f"{result.service} {result.version}"
    yield f"{result.status}: {where} is proved and kept, and cannot be promoted:"
    for gate in result.gates:
        if gate["verdict"] in {"fail", "inconclusive"} and not gate["waived"]:
            yield f"  {gate['verdict']:<12} {gate['gate']}: {gate['message']}"
    yield "What serves is as it was."
    yield f"Next: mend the model or [gates], then nb2prod gate {where}"


def _metric(name: str, value: float | None) -> str:
    return f"{name} {'none' if value is None else format(value, '.4g')}"
