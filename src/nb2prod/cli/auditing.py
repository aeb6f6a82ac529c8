"""Check an audit log and show what was found."""

from collections.abc import Iterator
from pathlib import Path

from nb2prod.cli.answering import answer, answering
from nb2prod.promote.auditing import Audit, verify_audit
from nb2prod.service.finding import find_service


def run_verify(service: Path, form: str, *, offline: bool) -> int:
    """Check the log of a service, show it, and return the exit code.

    Raises:
        Nb2prodError: It cannot be checked.
    """
    with answering(form):
        audit = verify_audit(find_service(service), offline=offline)
    answer(form, audit.as_json(), _lines(audit, str(service)))
    return 0 if audit.is_whole else 1


def _lines(audit: Audit, service: str) -> Iterator[str]:
    for fault in audit.faults:
        yield f"  {fault.kind:<10} line {fault.line}: {fault.message}"
    for note in audit.notes:
        yield f"  note       {note}"
    entries = f"{len(audit.entries)} entries"
    if audit.is_whole:
        yield f"whole: the audit log of {service} is as it was written ({entries})"
        return
    yield f"changed: the audit log of {service} is not as it was written ({entries} can be read)"
    yield "Next: restore state/audit.jsonl from a backup; promotions wait for it"
