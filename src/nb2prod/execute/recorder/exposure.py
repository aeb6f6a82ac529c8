"""Remember which rows of the raw table went into each operation, and which came out of it.

Whether a statistic saw held-out rows is known only at the end, when the scored predict has shown which rows are held
out. Until then each place keeps its rows as one bit a row.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from nb2prod.execute.recorder.matching import Positions
from nb2prod.execute.recorder.notes import Pending
from nb2prod.execute.recorder.rows import Tracked

Bits: TypeAlias = npt.NDArray[np.uint8]
"""A set of raw rows: bit ``i`` is row ``i``."""

Where: TypeAlias = tuple[int, tuple[str, ...]]
"""A place, and the calls that lead to it without the values of their loops."""


@dataclass(slots=True)
class _Rows:
    taken: Bits | None = None
    is_guessed: bool = False
    given: Bits | None = None
    is_repeating: bool = False


class Exposure:
    """Rows by place and call path; the rounds of a loop count together."""

    def __init__(self) -> None:
        self._size = 0
        self._cache: dict[int, tuple[Any, Bits]] = {}
        self._rows: dict[Where, _Rows] = {}
        self._held: tuple[npt.NDArray[np.bool_], Bits] | None = None

    def start(self, rows: int) -> None:
        """Begin with a raw table of so many rows."""
        self._size = rows
        self._cache.clear()
        self._rows.clear()

    def note(
        self, place: int, path: Iterable[str], taken: Iterable[Tracked], given: Positions | None
    ) -> None:
        """Note an operation.

        Args:
            place: Number of the place.
            path: Keys of the calls that lead to it.
            taken: What is known of the rows of each operand that has any.
            given: Rows of a result that consists of some rows of an operand, else None.
        """
        if self._size == 0:
            return
        sources = list(taken)
        parts = [tracked.positions for tracked in sources]
        entry = self._rows.setdefault((place, _calls(path)), _Rows())
        entry.is_guessed |= any(tracked.method == "content" for tracked in sources)
        for positions in parts:
            entry.taken = _union(entry.taken, self._bits(positions))
        if given is not None:
            entry.given = _union(entry.given, self._bits(given))
            # A table put together from several holds a row twice where two of them hold it.
            entry.is_repeating |= self._repeats(given) and not any(map(self._repeats, parts))

    def _bits(self, positions: Positions) -> Bits:
        key = id(positions)
        found = self._cache.get(key)
        if found is not None and found[0]() is positions:
            return found[1]
        mask = np.zeros(self._size, dtype=bool)
        mask[positions] = True
        bits = np.packbits(mask)
        reference = weakref.ref(positions, lambda _: self._cache.pop(key, None))
        self._cache[key] = (reference, bits)
        return bits

    def _repeats(self, positions: Positions) -> bool:
        return len(positions) > _count(self._bits(positions))

    def counts(
        self, place: int, path: Iterable[str], held_out: npt.NDArray[np.bool_]
    ) -> Mapping[str, Any]:
        """Return what a place saw, as fields of a fact.

        Args:
            place: Number of the place.
            path: Keys of the calls that lead to it.
            held_out: For each raw row, whether it is held out.
        """
        entry = self._rows.get((place, _calls(path)))
        if entry is None or entry.taken is None or len(held_out) != self._size:
            return {}
        held = self._held_bits(held_out)
        seen_held_out = _count(entry.taken & held)
        # Equal rows are not told apart by content: then only all held-out rows together are sure to be there.
        is_unsure = entry.is_guessed and seen_held_out < _count(held)
        found: dict[str, Any] = {
            "seen": _count(entry.taken),
            "seen_held_out": 0 if is_unsure else seen_held_out,
            "is_repeating": entry.is_repeating,
        }
        if entry.given is not None:
            found |= {"given": _count(entry.given), "given_held_out": _count(entry.given & held)}
        return found

    def _held_bits(self, held_out: npt.NDArray[np.bool_]) -> Bits:
        if self._held is None or self._held[0] is not held_out:
            self._held = (held_out, np.packbits(held_out))
        return self._held[1]


def _calls(path: Iterable[str]) -> tuple[str, ...]:
    return tuple(part.partition("@")[0] for part in path)


def _union(one: Bits | None, other: Bits) -> Bits:
    # Sets are shared between places, so none is ever changed.
    return other if one is None or one is other else one | other


def _count(bits: Bits) -> int:
    return int(np.bitwise_count(bits).sum())


def taken_by(pending: Pending) -> list[Tracked]:
    """Return what is known of the rows of an operation's operands.

    The answers that a fit is given say which rows they are by their labels at best: the features beside them say it
    better.
    """
    is_fit = bool(pending.notes) and pending.notes[0].kind == "estimator"
    return [
        tracked
        for note in pending.notes
        for tracked in note.sources
        if not (is_fit and note.name in {"2", "y"})
    ]
