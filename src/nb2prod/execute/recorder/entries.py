"""What is known of each place in each context: aggregated, never a list of events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from nb2prod.execute.recorder.exposure import Exposure
from nb2prod.execute.recorder.instrument import Site
from nb2prod.execute.recorder.matching import Positions
from nb2prod.execute.recorder.operation import Operation
from nb2prod.execute.recorder.probe import Finding, probe

_CONTEXTS_A_PLACE = 150

Context: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]
"""Places of the calls that lead to a place, and values of the loops around it."""


@dataclass(slots=True)
class Entry:
    """What is known of one place in one context."""

    fact: dict[str, Any]
    count: int = 1
    is_mixed: bool = False
    operation: Operation | None = None
    recorded: Any = None
    changed: str | None = None
    returns_rows: bool = False
    survivors: Positions | None = None


class Entries:
    """The facts of one run."""

    def __init__(self) -> None:
        self._entries: dict[int, dict[Context, Entry]] = {}

    def note(self, place: int, context: Context, fact: dict[str, Any]) -> Entry:
        """Note what an operation did; the first time in a context decides, later ones must agree."""
        contexts = self._entries.setdefault(place, {})
        entry = contexts.get(context)
        if entry is None:
            entry = Entry(fact)
            if len(contexts) >= _CONTEXTS_A_PLACE:
                # One entry for all that is too much: it says that the place is not followed.
                context = ((), ("...",))
                entry.is_mixed = True
                fact["evidence"] = "it runs in more contexts than the recorder follows"
            contexts[context] = entry
            return entry
        entry.count += 1
        same = all(
            entry.fact.get(part) == fact.get(part) for part in ("relation", "operand", "kind")
        )
        entry.is_mixed = entry.is_mixed or not same
        return entry

    def check(self) -> None:
        """Check every kept operation; run after the last cell."""
        for contexts in self._entries.values():
            for entry in contexts.values():
                self._check(entry)
                if entry.fact.get("verdict") in {"table", "undecided"}:
                    # The worst context decides for the place: the others need no check.
                    break

    def _check(self, entry: Entry) -> None:
        if entry.operation is None or entry.fact["relation"] not in {"kept", "rows"}:
            return
        if entry.is_mixed:
            entry.fact.update(
                verdict="undecided", evidence="it did different things in one context"
            )
            return
        try:
            finding = self._probe(entry)
        except (
            Exception
        ) as error:  # a fault of the check must not end the recording: undecided is refused
            finding = Finding("undecided", f"the check failed: {type(error).__name__}: {error}")
        entry.fact.update(
            verdict=finding.verdict,
            evidence=finding.evidence,
            is_stable_dtype=finding.is_stable_dtype,
            is_filter=finding.is_filter,
        )
        if finding.verdict == "rows":
            entry.fact["relation"] = "rows"
        entry.operation = None

    def _probe(self, entry: Entry) -> Finding:
        """Check the result, and what the operation changed in place; the worse of the two counts."""
        assert entry.operation is not None
        relation = entry.fact["relation"]
        if entry.changed is None or entry.returns_rows:
            found = probe(entry.operation, entry.recorded, relation, None, entry.survivors)
            if entry.changed is None or found.verdict not in {"row", "rows"}:
                return found
        return probe(entry.operation, None, relation, entry.changed, entry.survivors)

    def occurrences(
        self, sites: Sequence[Site], exposure: Exposure, held_out: npt.NDArray[np.bool_]
    ) -> dict[str, list[dict[str, Any]]]:
        """Return what was noted, by place, as JSON values.

        Args:
            sites: The places by number.
            exposure: Which rows they saw.
            held_out: For each raw row, whether it is held out.
        """
        found: dict[str, list[dict[str, Any]]] = {}
        for place, contexts in self._entries.items():
            rows = found.setdefault(sites[place].key, [])
            for (path, values), entry in contexts.items():
                rows.append(
                    {
                        "path": list(path),
                        "loop_values": list(values),
                        "count": entry.count,
                        "fact": {**entry.fact, **exposure.counts(place, path, held_out)},
                        "is_mixed": entry.is_mixed,
                    }
                )
        return found
