"""What a promotion or a rollback came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from nb2prod.registry.entry import Entry
from nb2prod.registry.server import Alias

Status = Literal["promoted", "rolled_back", "unchanged", "approved", "refused"]

EXIT_CODES: Mapping[Status, int] = {
    "promoted": 0,
    "rolled_back": 0,
    "unchanged": 0,
    "approved": 1,
    "refused": 1,
}
"""Exit code by status; ``approved`` means that more people must ask before the version moves."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened to an alias.

    Attributes:
        status: What happened.
        service: Name of the service.
        alias: The alias.
        version: The version that was asked for.
        before: The version that the alias pointed at before, or None.
        reasons: Why it was refused, or what is still missing.
        hint: The next step, or None.
        entry: The line of the audit log, or None where nothing was written.
    """

    status: Status
    service: str
    alias: Alias
    version: str
    before: str | None
    reasons: tuple[str, ...] = ()
    hint: str | None = None
    entry: Entry | None = None

    @property
    def exit_code(self) -> int:
        """Return the exit code of the command."""
        return EXIT_CODES[self.status]

    def as_json(self) -> dict[str, Any]:
        """Return what the command prints with ``--format json``."""
        return {
            "status": self.status,
            "service": self.service,
            "alias": self.alias,
            "version": self.version,
            "before": self.before,
            "reasons": list(self.reasons),
            "hint": self.hint,
            "entry": None if self.entry is None else self.entry.as_json(),
        }
