"""How the fitted state changed, entry by entry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nb2prod.report.change import ABSENT, Area, Difference, difference
from nb2prod.report.snapshot import Entry


def statistic_differences(before: Sequence[Entry], after: Sequence[Entry]) -> Iterator[Difference]:
    """Yield the entries that changed, with the place of the notebook's expression.

    Entries are paired by name; what is left on both sides is paired by its expression, since an entry's name follows
    from what else is frozen.

    Args:
        before: Entries of the first version.
        after: Entries of the second.
    """
    for old, new in _pairs(before, after):
        entry = new or old
        assert entry is not None
        subject = entry.name
        if old is not None and new is not None and old.name != new.name:
            subject = f"{old.name}, now {new.name}"
        found = difference(
            Area.STATISTICS,
            subject,
            ABSENT if old is None else old.value,
            ABSENT if new is None else new.value,
            place=(entry.cell, entry.line, entry.expression),
        )
        if found is not None:
            yield found


def _pairs(
    before: Sequence[Entry], after: Sequence[Entry]
) -> Iterator[tuple[Entry | None, Entry | None]]:
    old = {one.name: one for one in before}
    new = {one.name: one for one in after}
    gone = [one for one in before if one.name not in new]
    for entry in after:
        match = old.get(entry.name)
        if match is None:
            alike = [
                one for one in gone if _origin(one) is not None and _origin(one) == _origin(entry)
            ]
            match = alike[0] if len(alike) == 1 else None
            gone = [one for one in gone if one is not match]
        yield match, entry
    for entry in gone:
        yield entry, None


def _origin(entry: Entry) -> tuple[str, str] | None:
    """Return the expression of an entry, and the part of its value that it holds; None where it has no expression."""
    return (entry.expression, entry.name.partition(".")[2]) if entry.expression else None
