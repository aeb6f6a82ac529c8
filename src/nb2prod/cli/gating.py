"""Judge a version and show what the gates said."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from nb2prod.build.gating import gate_version
from nb2prod.cli.answering import answer, answering
from nb2prod.config import load_config
from nb2prod.config.loading import OWN_FILE
from nb2prod.gates.judging import Judgement
from nb2prod.gates.verdict import GateResult, Verdict
from nb2prod.service.finding import find_service, find_version

_WIDTH = 12


def run_gate(service: Path, version: str | None, form: str) -> int:
    """Judge a version, show it, and return the exit code.

    Raises:
        Nb2prodError: It cannot be judged.
    """
    with answering(form):
        folder = find_service(service)
        name = find_version(folder, version)
        config = load_config(folder / OWN_FILE)
        judgement = gate_version(folder, name, config, today=datetime.now(UTC).date())
    answer(form, judgement.as_json(), gate_lines(judgement, str(service)))
    return 0 if judgement.verdict is Verdict.PASS else 1


def gate_lines(judgement: Judgement, service: str) -> Iterator[str]:
    """Return the gates as text, one line each, and what they come to."""
    for result in judgement.results:
        yield _line(result)
    against = f" against {judgement.champion}" if judgement.champion else ""
    yield ""
    yield f"{judgement.verdict.value}: {service} {judgement.version}{against}"
    if judgement.verdict is Verdict.PASS:
        yield f"Next: nb2prod promote {service} {judgement.version} --to production --by NAME"


def _line(result: GateResult) -> str:
    rows = "" if result.n is None else f" (n = {result.n})"
    waived = ""
    if result.waived is not None:
        waived = f"; waived by {result.waived['by']} until {result.waived['until']}: "
        waived += result.waived["reason"]
    word = result.verdict.value if result.waived is None else "waived"
    return f"  {word:<{_WIDTH}} {result.gate:<24} {result.message}{rows}{waived}"
