"""The audit log: append-only lines in the service's ``state/``, on disk before anything is done."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nb2prod.artifact.disk import explained_faults, sync_folder
from nb2prod.errors import ArtifactFault
from nb2prod.registry.chain import ChainFault, Head, check_head, read_chain
from nb2prod.registry.entry import START, Entry

LOG_NAME = "audit.jsonl"


class AuditLog:
    """The log of one service. Whoever appends holds the registry's lock.

    Attributes:
        path: The file.
    """

    def __init__(self, service: Path) -> None:
        self.path = service / "state" / LOG_NAME

    def entries(self) -> list[Entry]:
        """Return every entry, oldest first.

        Raises:
            ArtifactFault: The log is not as it was written.
        """
        entries, faults = self.checked()
        wrong = [fault for fault in faults if fault.kind != "cut"]
        if wrong:
            raise tampered(self.path, wrong[0])
        return entries

    def checked(self, head: Head | None = None) -> tuple[list[Entry], list[ChainFault]]:
        """Return what can be read and every fault, also against the registry's head."""
        entries, faults = read_chain(self._text())
        beyond = None if head is None else check_head(entries, head)
        return entries, [*faults, *([] if beyond is None else [beyond])]

    def append(
        self,
        action: str,
        *,
        by: str,
        version: str = "",
        reason: str = "",
        facts: Mapping[str, Any] | None = None,
    ) -> Entry:
        """Add an entry; it is on disk when this returns.

        Raises:
            ArtifactFault: The log is not as it was written.
            EnvironmentFault: The file cannot be written.
        """
        entries = self.entries()
        last = entries[-1] if entries else None
        entry = Entry(
            seq=1 if last is None else last.seq + 1,
            time=datetime.now(UTC).isoformat(timespec="milliseconds"),
            action=action,
            by=by,
            version=version,
            reason=reason,
            facts=dict(facts or {}),
            previous=START if last is None else last.digest,
        )
        with explained_faults(self.path):
            self._write(entry.to_line().encode())
        return entry

    def _text(self) -> str:
        try:
            return self.path.read_bytes().decode(errors="replace")
        except FileNotFoundError:
            return ""

    def _write(self, line: bytes) -> None:
        """Append a line in the place of one that was never completed; what cannot be written whole is taken back."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            end = self.path.read_bytes().rfind(b"\n") + 1
            os.ftruncate(descriptor, end)
            try:
                _write_at(descriptor, line, end)
            except BaseException:
                os.ftruncate(descriptor, end)
                raise
        finally:
            os.close(descriptor)
        sync_folder(self.path.parent)


def _write_at(descriptor: int, data: bytes, offset: int) -> None:
    done = 0
    while done < len(data):
        done += os.pwrite(descriptor, data[done:], offset + done)
    os.fsync(descriptor)


def registered_versions(service: Path) -> frozenset[str]:
    """Return every version that the log says was registered, also those whose folders are gone."""
    entries, _ = AuditLog(service).checked()
    return frozenset(entry.version for entry in entries if entry.action == "register")


def tampered(path: Path, fault: ChainFault) -> ArtifactFault:
    """Return the fault of a log that cannot be gone on with."""
    return ArtifactFault(
        f"line {fault.line} of {path}: {fault.message}",
        why="the log says who put which model into production; one that was changed proves nothing",
        hint=f"nb2prod audit verify {path.parent.parent} shows every such line; "
        "restore the file from a backup",
    )
