"""List versions, and what was done with them."""

from collections.abc import Iterator
from pathlib import Path

from nb2prod.cli.answering import answer, answering
from nb2prod.promote.listing import VersionLine, list_versions
from nb2prod.registry.audit import AuditLog
from nb2prod.registry.entry import Entry
from nb2prod.service.finding import find_service


def run_versions(service: Path, form: str) -> int:
    """List the versions of a service.

    Raises:
        Nb2prodError: There is no such service.
    """
    with answering(form):
        folder = find_service(service)
        found = list_versions(folder)
    content = {"service": folder.name, "versions": [line.as_json() for line in found]}
    answer(form, content, _version_lines(found))
    return 0


def run_history(service: Path, form: str) -> int:
    """Show the audit log of a service.

    Raises:
        Nb2prodError: There is no such service, or its log was changed.
    """
    with answering(form):
        folder = find_service(service)
        entries = AuditLog(folder).entries()
    content = {"service": folder.name, "entries": [entry.as_json() for entry in entries]}
    answer(form, content, _entry_lines(entries))
    return 0


def _version_lines(found: list[VersionLine]) -> Iterator[str]:
    for line in found:
        aliases = ", ".join(line.aliases)
        metrics = ", ".join(f"{name} {_number(value)}" for name, value in line.metrics.items())
        said = line.fault or metrics
        yield f"  {line.version:<5} {aliases:<20} gates {line.gates or '-':<13} {said}".rstrip()


def _number(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, int | float) else str(value)


def _entry_lines(entries: list[Entry]) -> Iterator[str]:
    for entry in entries:
        moved = ""
        if entry.alias:
            moved = f"{entry.alias}: {entry.facts.get('before') or 'nothing'} -> {entry.version}"
        said = moved or " ".join(filter(None, (entry.version, entry.facts.get("verdict"))))
        reason = f"  ({entry.reason})" if entry.reason else ""
        yield f"  {entry.seq:>4}  {entry.time[:19]}Z  {entry.action:<9} {said}  by {entry.by}{reason}"
