"""One line of the audit log: who did what to which version, chained to the line before it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nb2prod.runtime.digests import digest_text

START = "sha256:" + "0" * 64
"""What the first line is chained to."""

ENTRY_FORMAT = 1
"""Format of a line; raise it when a key changes its meaning. Old lines keep the number that they were written with."""


class UnreadableEntry(ValueError):
    """A line is not an entry: it was cut, or edited into something else."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened.

    Attributes:
        seq: Position in the log, from 1.
        time: When, in UTC, by the clock of the machine; the order of lines is ``seq``, never this.
        action: ``register``, ``gate``, ``approve``, ``promote``, ``rollback`` or ``resume``.
        by: Who, as they named themselves.
        version: ``v1``, ``v2`` and so on; empty where the entry is about the log.
        reason: Why, in the words of whoever did it; empty where none was given.
        facts: What else belongs to it: the alias with its old and new version, digests of the evidence.
        previous: Digest of the line before it.
    """

    seq: int
    time: str
    action: str
    by: str
    version: str
    reason: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    previous: str = START

    @property
    def digest(self) -> str:
        """Return the digest that the next line is chained to."""
        return digest_text(_compact(self._content()))

    @property
    def alias(self) -> str | None:
        """Return the alias that the entry moves, or None."""
        alias = self.facts.get("alias")
        return alias if self.action in {"promote", "rollback"} and isinstance(alias, str) else None

    def to_line(self) -> str:
        """Return the line, newline at its end."""
        return _compact({**self._content(), "digest": self.digest}) + "\n"

    def as_json(self) -> dict[str, Any]:
        """Return what the commands print."""
        return {**self._content(), "digest": self.digest}

    def _content(self) -> dict[str, Any]:
        return {
            "format": ENTRY_FORMAT,
            "seq": self.seq,
            "time": self.time,
            "action": self.action,
            "by": self.by,
            "version": self.version,
            "reason": self.reason,
            "facts": dict(self.facts),
            "previous": self.previous,
        }


def parse_entry(line: str) -> Entry:
    """Read a line and check its own digest.

    Raises:
        UnreadableEntry: The line is no entry, or is not as it was written.
    """
    try:
        content = json.loads(line)
        claimed = content.pop("digest")
        is_known = content.pop("format") == ENTRY_FORMAT
        entry = Entry(**content)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UnreadableEntry("is no entry of an audit log") from error
    if not is_known:
        raise UnreadableEntry(f"is not of format {ENTRY_FORMAT}")
    # The text itself is compared too: JSON leaves room for edits that parse to the same values.
    if entry.digest != claimed or entry.to_line() != f"{line}\n":
        raise UnreadableEntry("is not as it was written")
    return entry


def _compact(content: Mapping[str, Any]) -> str:
    return json.dumps(
        content, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
