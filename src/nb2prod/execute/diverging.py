"""Find the calls that two traced runs differ in."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_Event = tuple[tuple[str | None, ...], str | None]


@dataclass(frozen=True, slots=True)
class Diverging:
    """A call that gave something else in a second run, though it took the same.

    Attributes:
        cell: Number of its cell.
        span: Line and column, and those of its end, as the syntax tree counts them.
    """

    cell: int
    span: tuple[int, int, int, int]


def diverging(first: Path, second: Path) -> tuple[Diverging, ...]:
    """Return the calls that differ in two runs although their operands are the same, in the order in which they ran.

    Args:
        first: Trace of one run: places, fingerprints of operands and results.
        second: Trace of the other run.
    """
    one, other = _by_place(first), _by_place(second)
    return tuple(
        _at(place) for place, events in one.items() if _differs(events, other.get(place, ()))
    )


def _by_place(path: Path) -> Mapping[str, Sequence[_Event]]:
    found: dict[str, list[_Event]] = defaultdict(list)
    for place, operands, given in json.loads(path.read_text(encoding="utf-8")):
        found[place].append((tuple(operands), given))
    return found


def _differs(one: Sequence[_Event], other: Sequence[_Event]) -> bool:
    return any(
        mine[0] == theirs[0] and mine[1] != theirs[1]
        for mine, theirs in zip(one, other, strict=False)
    )


def _at(place: str) -> Diverging:
    cell, line, column, end_line, end_column = (int(part) for part in place.split(":")[:5])
    return Diverging(cell, (line, column, end_line, end_column))
