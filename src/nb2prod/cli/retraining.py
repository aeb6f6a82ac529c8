"""Run a retraining for the command line: show its steps, what is new in the data, and what it came to."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from nb2prod.cli.steps import Steps
from nb2prod.errors import Nb2prodError
from nb2prod.promote.outcome import Outcome
from nb2prod.retrain.options import RetrainOptions
from nb2prod.retrain.recipe import retrain
from nb2prod.retrain.result import RetrainResult, fault_as_json
from nb2prod.retrain.validation import Validation


def run_retrain(service: Path, options: RetrainOptions, steps: Steps, *, as_json: bool) -> int:
    """Retrain, show the outcome, and return the exit code.

    With JSON one object is written to standard output, whatever happens; text goes to standard error.

    Raises:
        Nb2prodError: If a fault ended it; its text is for the caller to show.
        KeyboardInterrupt: If somebody stopped it.
    """
    try:
        result = retrain(service, options)
    except Nb2prodError as fault:
        _print_json(fault_as_json(fault, steps.seconds), as_json=as_json)
        raise
    except KeyboardInterrupt:
        _print_json({"status": "interrupted"}, as_json=as_json)
        raise
    for line in _lines(result, str(service)):
        steps.line(line)
    _print_json(result.as_json(), as_json=as_json)
    return result.exit_code


def _print_json(content: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(content, ensure_ascii=False, allow_nan=False))


def _lines(result: RetrainResult, service: str) -> Iterator[str]:
    if result.validation is not None:
        yield from _news(result.validation)
    yield ""
    if result.status in {"built", "unchanged"}:
        yield from _success(result)
    elif result.version is None:
        what = "was not trained" if result.status == "refused" else "is not what was trained"
        yield f"{result.status}: {service} {result.trained_from} {what} on these data:"
        yield from (f"  {reason}" for reason in result.reasons)
        if result.evidence is not None:
            yield f"  evidence  {result.evidence}"
        yield "What serves is as it was."
        yield "Next: mend the data, or build the notebook again on them"
    else:
        yield f"{result.status}: {service} {result.version} is proved and kept, and cannot be promoted:"
        yield from _stopping_gates(result)
        yield "What serves is as it was."
        yield f"Next: nb2prod gate {service} {result.version}"


def _news(validation: Validation) -> Iterator[str]:
    for found in validation.findings:
        yield f"    {found.weight.value:<8} {found.message}"


def _success(result: RetrainResult) -> Iterator[str]:
    metrics = ", ".join(_metric(result, name) for name in result.metrics)
    said = f"  ({metrics})" if metrics else ""
    yield f"{result.status}: {result.service} {result.version}{said}"
    yield f"  from      {result.trained_from}"
    yield f"  digest    {result.artifact_digest}"
    for conflict in result.conflicts:
        yield f"  kept      your edit of {conflict}; the new text is in {conflict}.new"
    if result.promotion is None and result.status == "unchanged":
        yield f"Next: nb2prod versions {result.service}"
    elif result.promotion is None:
        yield f"Next: nb2prod compare {result.service} {result.trained_from} {result.version}"
    if result.promotion is not None:
        yield from _promotion(result.promotion)


def _promotion(outcome: Outcome) -> Iterator[str]:
    yield f"  {outcome.alias:<9} {outcome.status}, after {outcome.before or 'nothing'}"
    yield from (f"            {reason}" for reason in outcome.reasons)
    if outcome.hint is not None:
        yield f"Next: {outcome.hint}"


def _metric(result: RetrainResult, name: str) -> str:
    now, before = result.metrics[name], result.before.get(name)
    was = f", was {_number(before)}" if before is not None and result.status == "built" else ""
    return f"{name} {_number(now)}{was}"


def _number(value: object) -> str:
    return format(value, ".4g") if isinstance(value, int | float) else str(value)


def _stopping_gates(result: RetrainResult) -> Iterator[str]:
    for gate in result.gates:
        if gate["verdict"] in {"fail", "inconclusive"} and not gate["waived"]:
            yield f"  {gate['verdict']:<12} {gate['gate']}: {gate['message']}"
