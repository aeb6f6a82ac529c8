"""Check the audit log against itself, against the registry, and against the files that it names."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from nb2prod.registry.address import address_of
from nb2prod.registry.audit import AuditLog
from nb2prod.registry.chain import ChainFault
from nb2prod.registry.entry import Entry
from nb2prod.registry.server import ALIASES, Server, open_server


@dataclass(frozen=True, slots=True)
class Audit:
    """What a check of the log found.

    Attributes:
        entries: Entries that can be read.
        faults: What was changed, or is missing.
        notes: What is worth knowing and no fault: an action that the next command finishes, a clock that went back.
    """

    entries: tuple[Entry, ...]
    faults: tuple[ChainFault, ...]
    notes: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing was changed."""
        return not self.faults

    def as_json(self) -> dict[str, Any]:
        """Return what the command prints with ``--format json``."""
        return {
            "status": "whole" if self.is_whole else "changed",
            "entries": len(self.entries),
            "head": self.entries[-1].digest if self.entries else None,
            "faults": [
                {"kind": fault.kind, "line": fault.line, "message": fault.message}
                for fault in self.faults
            ],
            "notes": list(self.notes),
        }


def verify_audit(service: Path, *, offline: bool = False) -> Audit:
    """Check the log of a service; nothing is changed or finished by it.

    Args:
        service: The service's folder.
        offline: Check only the chain itself, without asking the registry for its head.

    Raises:
        EnvironmentFault: The registry cannot be reached.
    """
    log = AuditLog(service)
    database = address_of(service).database
    is_gone = database is not None and not database.exists()
    server = None if offline or is_gone else open_server(service)
    head = None if server is None else server.head()
    entries, faults = log.checked(head)
    cut = [fault.message for fault in faults if fault.kind == "cut"]
    notes = [*cut, *_clock(entries)]
    if is_gone and entries and not offline:
        notes.append(f"{database} is gone, so a lost end of the log cannot be told")
    if server is not None and head is not None:
        if entries and entries[-1].seq > head.seq:
            notes.append("the last action was not finished; the next command finishes it")
        else:
            notes += _moved_elsewhere(entries, server)
    wrong = tuple(fault for fault in faults if fault.kind != "cut")
    return Audit(tuple(entries), wrong, tuple(notes))


def _clock(entries: list[Entry]) -> list[str]:
    return [
        f"entry {after.seq} is dated before entry {before.seq}: the clock was set back"
        for before, after in pairwise(entries)
        if after.time < before.time
    ]


def _moved_elsewhere(entries: list[Entry], server: Server) -> list[str]:
    """Say where an alias is not what the log says: somebody moved it past nb2prod."""
    noted = {entry.alias: entry.facts.get("after") for entry in entries if entry.alias}
    found = server.aliases()
    return [
        f"`{alias}` is at {found.get(alias) or 'no version'} in the registry, and the log last put it "
        f"at {noted.get(alias) or 'none'}: it was moved in another way"
        for alias in ALIASES
        if found.get(alias) != noted.get(alias)
    ]
