"""Look up what the recording says of a place, over all loop values of one call path."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from nb2prod.notebook.recording import Fact, Occurrence, Recording, place_key

_WORST_FIRST = ("table", "undecided", "unprobed", "rebuilt", "rows", "columns", "row")


class Facts:
    """The recording, by cell and node."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._paths: dict[str, dict[tuple[str, ...], list[Occurrence]]] = {}

    def at(
        self, cell: int, node: ast.expr | ast.stmt, path: Sequence[str], suffix: str = ""
    ) -> Fact | None:
        """Return what the operation at ``node`` did on one call path, or None where it never ran there.

        Several loop values are merged: they must have done the same to the rows, and the worst verdict counts.
        """
        key = place_key(cell, node) + suffix
        if key not in self._paths:
            by_path: dict[tuple[str, ...], list[Occurrence]] = {}
            for occurrence in self._recording.occurrences.get(key, ()):
                plain = tuple(part.partition("@")[0] for part in occurrence.path)
                by_path.setdefault(plain, []).append(occurrence)
            self._paths[key] = by_path
        found = self._paths[key].get(tuple(path))
        return _merge(found) if found else None

    def truths(self, cell: int, node: ast.expr | ast.stmt, path: Sequence[str]) -> frozenset[bool]:
        """Return the outcomes of the condition at ``node``."""
        key = place_key(cell, node)
        self.at(cell, node, path)
        found = self._paths[key].get(tuple(path), [])
        return frozenset(truth for o in found for truth in o.fact.truth)


def _merge(occurrences: Sequence[Occurrence]) -> Fact:
    first = occurrences[0].fact
    if any(o.is_mixed for o in occurrences):
        return replace(first, relation="unknown", evidence="it did different things in one context")
    if any(o.fact.relation != first.relation for o in occurrences):
        return replace(
            first, relation="unknown", evidence="it did different things for different loop values"
        )
    worst = min(occurrences, key=lambda o: _WORST_FIRST.index(o.fact.verdict))
    return replace(
        worst.fact,
        is_stable_dtype=all(o.fact.is_stable_dtype for o in occurrences),
        is_complete=all(o.fact.is_complete for o in occurrences),
        dtype=first.dtype if all(o.fact.dtype == first.dtype for o in occurrences) else None,
        columns=first.columns if len(occurrences) == 1 else None,
    )
