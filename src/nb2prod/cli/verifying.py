"""Make a version again and show how it compares."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from nb2prod.cli.answering import answer, answering
from nb2prod.prove.remaking.outcome import Verification
from nb2prod.prove.remaking.verify import verify
from nb2prod.service.finding import find_service, find_version

_MOST_DIFFERENCES = 12


def run_verify(service: Path, version: str | None, form: str, *, here: bool) -> int:
    """Make a version again, show how it compares, and return the exit code.

    Raises:
        Nb2prodError: It cannot be made here.
    """
    with answering(form):
        folder = find_service(service)
        name = find_version(folder, version)
        found = verify(folder, name, here=here, tell=_tell)
    answer(form, found.as_json(), verification_lines(found, str(service)))
    return found.exit_code


def _tell(text: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"{text} …", err=True)


def verification_lines(found: Verification, service: str) -> Iterator[str]:
    """Return the outcome as text: what was compared, why it differs, and what it comes to."""
    for check in found.checks:
        yield f"  {'same' if check.is_same else 'differs':<9} {check.name:<18} {check.said}"
    for one in found.differences[:_MOST_DIFFERENCES]:
        where = f" ({one.place})" if one.place else ""
        yield f"            {one.area.value}: {one.subject}{where}: {one.said}"
    if len(found.differences) > _MOST_DIFFERENCES:
        yield f"            … and {len(found.differences) - _MOST_DIFFERENCES} more; --format json has them all"
    word = "note" if found.status == "same" else "cause"
    for cause in found.causes:
        yield f"  {word:<9} {cause.kind:<18} {cause.said}"
    for note in found.notes:
        yield f"  note      {note}"
    yield ""
    yield f"{found.status}: {service} {found.version}, {_meaning(found)}"


def _meaning(found: Verification) -> str:
    where = "a fresh environment from its lock" if found.is_fresh else "this environment"
    if found.status == "same":
        return f"made again in {where}, has the same bits"
    if found.status == "equal":
        return (
            f"made again in {where}, gives the same within the tolerance; equal bits are promised for the same "
            "lock, Python and kind of machine only"
        )
    return f"made again in {where}, is another model"
