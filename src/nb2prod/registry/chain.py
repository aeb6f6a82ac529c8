"""Check a chain of entries, and the head that the registry remembers of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from nb2prod.registry.entry import START, Entry, UnreadableEntry, parse_entry

FaultKind = Literal["edited", "removed", "reordered", "cut", "lost", "rewritten"]


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry that was known when the registry was last written.

    Attributes:
        seq: Its position; 0 before the first.
        digest: Its digest.
    """

    seq: int = 0
    digest: str = START

    def to_text(self) -> str:
        """Return the form in which it is a tag of the registered model."""
        return f"{self.seq} {self.digest}"

    @classmethod
    def from_text(cls, text: str) -> Head:
        """Read the tag.

        Raises:
            ValueError: It is none.
        """
        seq, digest = text.split(" ")
        return cls(int(seq), digest)


@dataclass(frozen=True, slots=True)
class ChainFault:
    """Something that is not as it was written.

    Attributes:
        kind: What was done, as far as it can be told.
        line: 1-based line of the file.
        message: What was found.
    """

    kind: FaultKind
    line: int
    message: str


def read_chain(text: str) -> tuple[list[Entry], list[ChainFault]]:
    """Return the entries of a log that can be read, and every fault of its chain."""
    lines = text.split("\n")
    rest = lines.pop()
    numbered: list[tuple[int, Entry]] = []
    faults: list[ChainFault] = []
    for number, line in enumerate(lines, 1):
        try:
            numbered.append((number, parse_entry(line)))
        except UnreadableEntry as error:
            faults.append(ChainFault("edited", number, f"the line {error}"))
    if rest:
        what = "the last line was never completed: whoever wrote it was ended"
        faults.append(ChainFault("cut", len(lines) + 1, what))
    unreadable = {fault.line for fault in faults}
    faults += _breaks(numbered, unreadable)
    return [entry for _, entry in numbered], sorted(faults, key=lambda fault: fault.line)


def _breaks(numbered: Sequence[tuple[int, Entry]], unreadable: set[int]) -> list[ChainFault]:
    found = []
    start = (0, Entry(0, "", "", "", ""))
    for (before, last), (number, entry) in pairwise([start, *numbered]):
        expected = START if last.seq == 0 else last.digest
        if entry.seq <= last.seq:
            message = f"entry {entry.seq} stands after entry {last.seq}"
            found.append(ChainFault("reordered", number, message))
        elif entry.seq > last.seq + 1:
            if not unreadable & set(range(before + 1, number)):
                message = f"entries {last.seq + 1} to {entry.seq - 1} are missing"
                found.append(ChainFault("removed", number, message))
        elif entry.previous != expected:
            message = f"entry {entry.seq} is not chained to the entry before it"
            found.append(ChainFault("edited", number, message))
    return found


def check_head(entries: Sequence[Entry], head: Head) -> ChainFault | None:
    """Compare a log with the head that the registry remembers.

    A log that goes on beyond the head is no fault: an action that was ended between the two is finished by the next.
    """
    if head.seq == 0:
        return None
    found = next((entry for entry in entries if entry.seq == head.seq), None)
    if found is not None and found.digest == head.digest:
        return None
    line = len(entries) + 1
    if found is not None:
        message = f"entry {head.seq} is another one than the registry remembers"
        return ChainFault("rewritten", found.seq, message)
    last = entries[-1].seq if entries else 0
    if last > head.seq:
        return None  # The entry is missing within the log, which the chain tells.
    missing = f"entries {last + 1} to {head.seq}" if head.seq > last + 1 else f"entry {head.seq}"
    return ChainFault("lost", line, f"the log ends early: the registry remembers {missing}")
