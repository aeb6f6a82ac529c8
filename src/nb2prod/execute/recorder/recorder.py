"""Note what each operation of the tagged cells does to the rows, aggregated by place."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nb2prod.execute.recorder import operation as operations
from nb2prod.execute.recorder.alike import Alike, quietly
from nb2prod.execute.recorder.answering import Answering
from nb2prod.execute.recorder.entries import Context, Entries, Entry
from nb2prod.execute.recorder.exposure import Exposure, taken_by
from nb2prod.execute.recorder.facts import is_user_call, plain_fact
from nb2prod.execute.recorder.instrument import Site
from nb2prod.execute.recorder.notes import Note, Pending, random_marks
from nb2prod.execute.recorder.noting import Noter
from nb2prod.execute.recorder.operation import Operation
from nb2prod.execute.recorder.parting import Partings
from nb2prod.execute.recorder.relating import Relater
from nb2prod.execute.recorder.rows import RowTable
from nb2prod.execute.recorder.scoring import Scoring
from nb2prod.execute.recorder.storing import of_other_rows, renamed
from nb2prod.execute.recorder.values import ROW_KINDS, is_from_cell, is_of_pandas, kind_of, take

CALL_BUDGET = 2000
"""Calls without data after which a function runs its plain body."""
TABLES = 8
"""So many tables that a loop runs over are told apart."""
PART_BUDGET = 500
"""Calls after which a function that is handed parts of a table, such as its groups, runs its plain body."""

_QUIET = frozenset({int, float, str, bool, bytes, type(None)})
_OPEN_KINDS = frozenset({"setitem", "setattr"})


class Recorder:
    """Listen to instrumented code.

    Args:
        namespace: The user's globals, for operations that are run again.
    """

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.sites: list[Site] = [Site("", "cell", "", (), 0, None)]
        self.rows = RowTable()
        self.scoring = Scoring()
        self.answering = Answering()
        self.exposure = Exposure()
        self.partings = Partings()
        self.alike = Alike(self.rows, namespace)
        self.has_rows = self.alike.has_rows
        self.is_filled = self.alike.compare
        self.quietly = quietly
        self.unrecorded: dict[int, str] = {}
        self.cell = 0
        self.roles: tuple[str, ...] = ()
        self.on_source: Callable[[pd.DataFrame, str], None] | None = None
        self._namespace = namespace
        self._entries = Entries()
        self._noter = Noter(self.rows)
        self._relater = Relater(self.rows)
        self._pending: dict[tuple[int, int], Pending] = {}
        self._calls: dict[int, list[int]] = {}
        self._loop_values: dict[int, str] = {}
        self._table_rounds: dict[int, int] = {}
        self._function_calls: dict[int, int] = {}
        self._functions_with_rows: set[int] = set()
        self._is_busy = False

    def register(self, site: Site) -> int:
        """Give a site its number."""
        self.sites.append(site)
        return len(self.sites) - 1

    def set_root(self, frame: pd.DataFrame, wanted: Any) -> None:
        """Take a frame as the raw table; ``wanted`` are the rows that samples should hold."""
        self._noter.wanted = wanted
        self.rows.add(frame, np.arange(len(frame), dtype=np.int64), "label")
        self.exposure.start(len(frame))

    def end_cell(self) -> None:
        """Forget what an exception left half noted."""
        self.rows.end_pipes()
        self._pending.clear()
        self._calls.clear()

    # What the hooks call

    def is_plain(self, function: int) -> bool:
        """Tell whether a function has used up its budget of calls without rows."""
        if self._is_busy:
            return True
        calls = self._function_calls.get(function, 0) + 1
        self._function_calls[function] = calls
        if calls > PART_BUDGET and self.rows.expects_parts:
            return True
        return calls > CALL_BUDGET and function not in self._functions_with_rows

    def test(self, value: Any, place: int) -> None:
        """Note the outcome of a condition."""
        if self._is_busy:
            return
        outcome = bool(value) if isinstance(value, bool | np.bool_ | int | str | list) else None
        context = self._context(self.sites[place], sys._getframe(2))
        entry = self._entries.note(place, context, {"relation": "none", "kind": "condition"})
        if outcome is not None and outcome not in entry.fact.setdefault("truth", []):
            entry.fact["truth"].append(outcome)

    def loop_value(self, value: Any, place: int) -> None:
        """Note the value that a loop goes on with."""
        if self._is_busy:
            return
        key = _loop_key(value)
        if isinstance(value, pd.DataFrame | pd.Series) and self.rows.find(value) is not None:
            # Tables have no short text: a few are told apart by their round.
            round_ = self._table_rounds[place] = self._table_rounds.get(place, 0) + 1
            key = json.dumps(f"<table {round_}>") if round_ <= TABLES else key
        self._loop_values[place] = key

    def operand(self, value: Any, place: int, index: Any, frame_depth: int) -> None:
        """Note an operand before the operation runs."""
        if self._is_busy:
            return
        frame = id(sys._getframe(frame_depth))
        site = self.sites[place]
        opens = index == ("value" if site.kind in _OPEN_KINDS else "0")
        pending = self._pending.get((frame, place))
        if pending is None or opens:
            pending = self._pending[(frame, place)] = Pending()
            self._table_rounds.pop(place, None)
            if site.kind in {"call", "method"}:
                stack = self._calls.setdefault(frame, [])
                if place in stack:
                    del stack[stack.index(place) :]
                stack.append(place)
        if type(value) in _QUIET:
            pending.notes.append(Note(index, "scalar", value))
            if pending.is_pipe and index == "axis" and value in {1, "columns"}:
                # The function is handed rows, each with the columns as labels.
                self.rows.end_pipe()
                pending.is_pipe = False
            return
        self._guarded(self._note, value, site, pending, index)

    def last_operand(self, value: Any, place: int, index: Any, frame_depth: int) -> None:
        """Note the last operand of a store, and conclude it: it has no result."""
        if self._is_busy:
            return
        self.operand(value, place, index, frame_depth + 1)
        frame = sys._getframe(frame_depth)
        pending = self._pending.pop((id(frame), place), None)
        if pending is not None and pending.has_rows:
            self._guarded(self._conclude_store, place, pending, frame)

    def result(self, value: Any, place: int, frame_depth: int) -> Any:
        """Note the result of an operation, and return it."""
        if self._is_busy:
            return value
        frame = sys._getframe(frame_depth)
        pending = self._pending.pop((id(frame), place), None)
        site = self.sites[place]
        if site.kind in {"call", "method"}:
            stack = self._calls.get(id(frame))
            if stack and place in stack:
                del stack[stack.index(place) :]
        if pending is not None:
            if pending.is_pipe:
                self.rows.end_pipe()
            self._guarded(self._conclude, value, place, pending, frame)
        return value

    # Inside

    def _guarded(self, function: Any, *arguments: Any) -> None:
        self._is_busy = True
        try:
            function(*arguments)
        except Exception as error:  # a fault of the recorder must never reach the notebook
            self.unrecorded.setdefault(
                self.cell, f"the recorder failed: {type(error).__name__}: {error}"
            )
        finally:
            self._is_busy = False

    def _note(self, value: Any, site: Site, pending: Pending, index: str) -> None:
        note = self._noter.note(value, site, index)
        if index in {"1", "X"} and note.kind in ROW_KINDS and site.kind == "method":
            self.scoring.before(value, note.tracked, site, pending.notes, self.roles)
        pending.notes.append(note)
        if note.kind == "callable" and site.kind == "method" and not pending.is_pipe:
            self._expect_parts(pending, note)
        if note.carries_rows:
            pending.has_rows = True
            if pending.state is None:
                pending.state = random_marks()

    def _expect_parts(self, pending: Pending, function: Note) -> None:
        """Expect a function of the user's to be handed the table, its columns or its groups."""
        given = pending.notes[0].sources
        if given and is_from_cell(function.value):
            self.rows.pipe(given[0])
            pending.is_pipe = True

    def _conclude(self, value: Any, place: int, pending: Pending, frame: Any) -> None:
        site = self.sites[place]
        is_estimator = any(n.name == "0" and n.kind == "estimator" for n in pending.notes)
        if self.on_source is not None and isinstance(value, pd.DataFrame) and site.function == 0:
            self.on_source(value, site.key)
        if not pending.has_rows and not is_estimator:
            if site.kind in {"call", "method"} or isinstance(value, pd.DataFrame | pd.Series):
                self._entries.note(
                    place, self._context(site, frame), plain_fact(value, pending, site)
                )
            return
        self._functions_with_rows.add(site.function)
        fact = plain_fact(value, pending, site)
        fact["draws"] = pending.state is not None and pending.state != random_marks()
        self._relater.relate(value, fact, pending, site)
        self._relater.note_groups(value, fact, pending, site)
        if fact["kind"] in ROW_KINDS:
            self._relater.note_predictions(value, fact, pending, self.scoring.last_predictions)
        changed = self._relater.mutations(fact, pending, site)
        context = self._context(site, frame)
        entry = self._entries.note(place, context, fact)
        if "evaluate" in self.roles and self.scoring.scored:
            self.answering.note(site, pending, context[0], is_empty=value is None)
        self._expose(value, place, pending, context, fact)
        self.partings.note(value, site, self.rows)
        self.scoring.after(value, site, pending.notes, context[0])
        if fact["relation"] in {"kept", "rows", "accessor"} or changed or is_of_pandas(value):
            self._keep_operation(value, entry, site, pending, changed)

    def _expose(
        self, value: Any, place: int, pending: Pending, context: Context, fact: dict[str, Any]
    ) -> None:
        gives = self.rows.find(value) if fact["relation"] == "rows" and value is not None else None
        given = gives.positions if gives is not None else None
        self.exposure.note(place, context[0], taken_by(pending), given)

    def _keep_operation(
        self, value: Any, entry: Entry, site: Site, pending: Pending, changed: str | None
    ) -> None:
        made = self._operation(site, pending)
        if made is None:
            return
        if entry.fact["relation"] == "accessor" or is_of_pandas(value):
            sources = tuple(t for note in pending.notes for t in note.sources)
            self._noter.remember_accessor(value, made, sources)
            return
        if is_user_call(site, pending) or entry.count > 1:
            return
        entry.operation = made
        entry.changed = changed
        entry.returns_rows = entry.fact["kind"] != "none"
        if entry.fact["relation"] == "kept":
            entry.recorded = self._recorded_rows(value, made)
        result = value if changed is None else _changed_operand(pending, changed)
        tracked = self.rows.find(result) if result is not None else None
        entry.survivors = tracked.positions if tracked is not None else None

    def _recorded_rows(self, value: Any, made: Operation) -> Any:
        """Take the result's rows that belong to the rows which all operands' samples have in common."""
        tracked = self.rows.find(value)
        if tracked is None:
            return None
        samples = list(operations.rows_in(made))
        common = samples[0].positions
        for rows in samples[1:]:
            common = common[np.isin(common, rows.positions)]
        _, first = np.unique(common, return_index=True)
        common = common[np.sort(first)]
        where = pd.Index(tracked.positions)
        if not where.is_unique:
            return None
        offsets = where.get_indexer(pd.Index(common))
        return None if (offsets < 0).any() else take(value, kind_of(value), offsets)

    def _conclude_store(self, place: int, pending: Pending, frame: Any) -> None:
        site = self.sites[place]
        self._functions_with_rows.add(site.function)
        fact = plain_fact(None, pending, site)
        receiver = next((n for n in pending.notes if n.name == "0"), None)
        if receiver is None or not (receiver.carries_rows or self._receives(receiver, pending)):
            fact["relation"] = "unknown" if receiver is not None else "none"
            self._entries.note(place, self._context(site, frame), fact)
            return
        fact["relation"], fact["operand"], fact["mutated"] = "kept", "0", {"0": "kept"}
        misaligned = [
            n.name
            for n in pending.notes
            if n.kind in {"array", "list", "extension"}
            and n.tracked is not None
            and receiver.tracked is not None
            and not np.array_equal(n.tracked.positions, receiver.tracked.positions)
        ] + of_other_rows(pending, receiver)
        if self._writes_through_view(receiver):
            fact["relation"], fact["is_through_view"] = "unknown", True
            fact["evidence"] = "it writes through a view of another array"
        if misaligned:
            fact["relation"] = "unknown"
            fact["evidence"] = (
                "an array with other rows, or in another order, is stored into the table"
            )
        if site.kind == "setattr" and site.name == "columns":
            fact.update(renamed(receiver, pending))
        entry = self._entries.note(place, self._context(site, frame), fact)
        if entry.operation is None and entry.count == 1:
            entry.operation = self._operation(site, pending)
            entry.changed = f"{operations.BASE}0" if receiver.kind == "accessor" else "0"

    def _writes_through_view(self, receiver: Note) -> bool:
        """Tell whether a store changes the rows of another living array as well."""
        array = receiver.alive()
        if not isinstance(array, np.ndarray) or array.base is None:
            return False
        others = (other for other in self.rows.arrays() if other is not array)
        return any(np.may_share_memory(array, other) for other in others)

    def _receives(self, receiver: Note, pending: Pending) -> bool:
        """Tell whether an empty table is given its first column, and follow its rows from then on."""
        table = receiver.alive()
        column = next((n.tracked for n in pending.notes if n.name == "value"), None)
        if not isinstance(table, pd.DataFrame) or len(table) or column is None:
            return False
        self.rows.adopt(table, column)
        return column.index is not None

    def _operation(self, site: Site, pending: Pending) -> Operation | None:
        if site.template is None:
            return None
        operands = {
            note.name: note.sample if note.sample is not None else operations.Fixed(note.value)
            for note in pending.notes
        }
        return Operation(site.template, operands, self._namespace)

    def _context(self, site: Site, frame: Any) -> Context:
        values = tuple(self._loop_values.get(loop, "null") for loop in site.loops)
        if site.function == 0:
            return (), values
        path: list[str] = []
        caller = frame.f_back
        while caller is not None:
            stack = self._calls.get(id(caller))
            if stack:
                called = self.sites[stack[-1]]
                inner = "".join(f"@{self._loop_values.get(loop)}" for loop in called.loops)
                # A function may be handed groups as tables first and then column by column.
                handed = self._pending.get((id(caller), stack[-1]))
                if handed is not None and handed.is_pipe:
                    inner += f"@{self.rows.handed_kind}"
                path.append(called.key + inner)
                if called.function == 0:
                    break
            caller = caller.f_back
        return tuple(reversed(path)), values

    # At the end

    def conclude(self) -> None:
        """Check every kept operation; run after the last cell."""
        self._is_busy = True
        try:
            self._entries.check()
        finally:
            self._is_busy = False

    def occurrences(self, held_out: npt.NDArray[np.bool_]) -> dict[str, list[dict[str, Any]]]:
        """Return what was noted, by place, as JSON values.

        Args:
            held_out: For each raw row, whether it is held out.
        """
        return self._entries.occurrences(self.sites, self.exposure, held_out)


def _changed_operand(pending: Pending, name: str) -> Any:
    return next((note.alive() for note in pending.notes if note.name == name), None)


def _loop_key(value: Any) -> str:
    try:
        return json.dumps(value)
    except (TypeError, ValueError):
        return json.dumps(f"<{type(value).__name__}>")
