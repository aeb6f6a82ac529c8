"""Note what each operation of the tagged cells does to the rows, aggregated by place."""

from __future__ import annotations

import ast
import json
import random
import sys
import weakref
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from nb2prod.execute.recorder import operation as operations
from nb2prod.execute.recorder.instrument import Site
from nb2prod.execute.recorder.operation import Operand, Operation
from nb2prod.execute.recorder.probe import probe
from nb2prod.execute.recorder.rows import Origin, RowTable, Tracked, origin
from nb2prod.execute.recorder.scoring import Scoring
from nb2prod.execute.recorder.values import (
    ROW_KINDS,
    callee_name,
    is_from_cell,
    kind_of,
    row_count,
    short_text,
    take,
)

CALL_BUDGET = 2000
"""Calls without data after which a function runs its plain body."""

_CONTEXTS_A_PLACE = 400
_QUIET = frozenset({int, float, str, bool, bytes, type(None)})
_OPEN_KINDS = frozenset({"setitem", "setattr"})


@dataclass(slots=True)
class _Note:
    """One operand as it was before the operation."""

    name: str
    kind: str
    value: Any = None
    reference: Any = None
    tracked: Tracked | None = None
    sample: Operand | None = None
    marks: Any = None
    sources: tuple[Tracked, ...] = ()
    length: int | None = None

    def alive(self) -> Any:
        return self.value if self.reference is None else self.reference()

    @property
    def carries_rows(self) -> bool:
        if self.tracked is not None:
            return True
        return self.sample is not None and any(True for _ in operations.rows_in(self.sample))


@dataclass(slots=True)
class _Entry:
    """What is known of one place in one context."""

    fact: dict[str, Any]
    count: int = 1
    is_mixed: bool = False
    operation: Operation | None = None
    recorded: Any = None
    changed: str | None = None


@dataclass(slots=True)
class _Pending:
    notes: list[_Note] = field(default_factory=list)
    has_rows: bool = False
    state: Any = None


class Recorder:
    """Listen to instrumented code.

    Args:
        namespace: The user's globals, for operations that are run again.
    """

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.sites: list[Site] = [Site("", "cell", "", (), 0, None)]
        self.rows = RowTable()
        self.scoring = Scoring()
        self.unrecorded: dict[int, str] = {}
        self.cell = 0
        self.roles: tuple[str, ...] = ()
        self._namespace = namespace
        self._entries: dict[int, dict[tuple[tuple[str, ...], tuple[str, ...]], _Entry]] = {}
        self._pending: dict[tuple[int, int], _Pending] = {}
        self._calls: dict[int, list[int]] = {}
        self._loop_values: dict[int, str] = {}
        self._function_calls: dict[int, int] = {}
        self._functions_with_rows: set[int] = set()
        self._recipes: dict[int, tuple[Any, Operation, tuple[Tracked, ...]]] = {}
        self._wanted = np.empty(0, dtype=np.int64)
        self._is_busy = False

    def register(self, site: Site) -> int:
        """Give a site its number."""
        self.sites.append(site)
        return len(self.sites) - 1

    def set_root(self, frame: pd.DataFrame, wanted: Any) -> None:
        """Take a frame as the raw table; ``wanted`` are the rows that samples should hold."""
        self._wanted = wanted
        self.rows.add(frame, np.arange(len(frame), dtype=np.int64), "label")

    def end_cell(self) -> None:
        """Forget what an exception left half noted."""
        self._pending.clear()
        self._calls.clear()

    # What the hooks call

    def is_plain(self, function: int) -> bool:
        """Tell whether a function has used up its budget of calls without rows."""
        if self._is_busy:
            return True
        calls = self._function_calls.get(function, 0) + 1
        self._function_calls[function] = calls
        return calls > CALL_BUDGET and function not in self._functions_with_rows

    def test(self, value: Any, place: int) -> None:
        """Note the outcome of a condition."""
        if self._is_busy:
            return
        outcome = bool(value) if isinstance(value, bool | np.bool_ | int | str | list) else None
        entry = self._entry(place, sys._getframe(2), {"relation": "none", "kind": "condition"})
        if outcome is not None and outcome not in entry.fact.setdefault("truth", []):
            entry.fact["truth"].append(outcome)

    def loop_value(self, value: Any, place: int) -> None:
        """Note the value that a loop goes on with."""
        if not self._is_busy:
            self._loop_values[place] = _loop_key(value)

    def operand(self, value: Any, place: int, index: Any, frame_depth: int) -> None:
        """Note an operand before the operation runs."""
        if self._is_busy:
            return
        frame = id(sys._getframe(frame_depth))
        site = self.sites[place]
        opens = index == ("value" if site.kind in _OPEN_KINDS else "0")
        pending = self._pending.get((frame, place))
        if pending is None or opens:
            pending = self._pending[(frame, place)] = _Pending()
            if site.kind in {"call", "method"}:
                stack = self._calls.setdefault(frame, [])
                if place in stack:
                    del stack[stack.index(place) :]
                stack.append(place)
        if type(value) in _QUIET:
            pending.notes.append(_Note(index, "scalar", value))
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

    def result(self, value: Any, place: int, frame_depth: int) -> None:
        """Note the result of an operation."""
        if self._is_busy:
            return
        frame = sys._getframe(frame_depth)
        pending = self._pending.pop((id(frame), place), None)
        site = self.sites[place]
        if site.kind in {"call", "method"}:
            stack = self._calls.get(id(frame))
            if stack and place in stack:
                del stack[stack.index(place) :]
        if pending is not None:
            self._guarded(self._conclude, value, place, pending, frame)

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

    def _note(self, value: Any, site: Site, pending: _Pending, index: str) -> None:
        kind = kind_of(value)
        note = _Note(index, kind)
        if kind in ROW_KINDS:
            note.tracked = self.rows.find(value)
            note.length = row_count(value, kind)
        if note.tracked is not None:
            self._note_rows(value, note, site)
        elif kind in {"list", "tuple", "dict"} and self._holds_rows(value):
            note.sample, note.sources = self._container(value)
        elif kind == "accessor":
            note.value = None if _counts_references(site) else value
            recipe = self._recipes.get(id(value))
            if recipe is not None and recipe[0]() is value:
                note.sample, note.sources = recipe[1], recipe[2]
            else:
                note.sample = operations.Unknown(f"a {type(value).__name__}")
        elif kind in {"frame", "series"}:
            note.reference = weakref.ref(value)
            note.sample = operations.fixed(value, kind)
        else:
            note.value = value
            note.sample = operations.fixed(value, kind)
        if index == "1" and kind in ROW_KINDS and site.kind == "method":
            self.scoring.before(value, kind, note.tracked, site, pending.notes, self.roles)
        pending.has_rows = pending.has_rows or note.carries_rows
        if note.carries_rows and pending.state is None:
            pending.state = _random_marks()
        pending.notes.append(note)

    def _note_rows(self, value: Any, note: _Note, site: Site) -> None:
        tracked = note.tracked
        assert tracked is not None
        note.sources = (tracked,)
        if note.kind == "list":
            note.value = value
        elif _counts_references(site):
            note.reference = weakref.ref(value)
        else:
            note.value = value
        offsets = operations.sample_offsets(tracked.positions, self._wanted)
        sample = take(value, note.kind, offsets)
        note.sample = operations.Rows(sample, note.kind, tracked.positions[offsets])
        if site.kind in {"method", "call"}:
            note.marks = _marks(value, note.kind, offsets)

    def _holds_rows(self, value: Any) -> bool:
        items = value.values() if isinstance(value, dict) else value
        if len(items) > 256:
            return False
        return any(
            kind_of(item) in ROW_KINDS and self.rows.find(item) is not None for item in items
        )

    def _container(self, value: Any) -> tuple[Operand, tuple[Tracked, ...]]:
        items = list(value.values()) if isinstance(value, dict) else list(value)
        made: list[Operand] = []
        sources: list[Tracked] = []
        for item in items:
            kind = kind_of(item)
            tracked = self.rows.find(item) if kind in ROW_KINDS else None
            if tracked is None:
                made.append(operations.fixed(item, kind))
                continue
            sources.append(tracked)
            offsets = operations.sample_offsets(tracked.positions, self._wanted)
            made.append(operations.Rows(take(item, kind, offsets), kind, tracked.positions[offsets]))
        keys = tuple(value) if isinstance(value, dict) else None
        return operations.Container(keys, tuple(made), isinstance(value, tuple)), tuple(sources)

    def _conclude(self, value: Any, place: int, pending: _Pending, frame: Any) -> None:
        site = self.sites[place]
        is_estimator = any(n.name == "0" and n.kind == "estimator" for n in pending.notes)
        if not pending.has_rows and not is_estimator:
            if site.kind in {"call", "method"}:
                self._entry(place, frame, _plain_fact(value, pending, site))
            return
        self._functions_with_rows.add(site.function)
        fact = _plain_fact(value, pending, site)
        fact["draws"] = pending.state is not None and pending.state != _random_marks()
        self._relate(value, fact, pending, site)
        changed = self._mutations(fact, pending)
        entry = self._entry(place, frame, fact)
        path, _ = self._context(site, frame)
        self.scoring.after(value, site, pending.notes, path, is_estimator)
        if fact["relation"] in {"kept", "rows", "accessor"} or changed:
            self._keep_operation(value, entry, site, pending, changed)

    def _keep_operation(
        self, value: Any, entry: _Entry, site: Site, pending: _Pending, changed: str | None
    ) -> None:
        made = self._operation(site, pending)
        if made is None:
            return
        if entry.fact["relation"] == "accessor":
            try:
                reference = weakref.ref(value, lambda _, key=id(value): self._recipes.pop(key, None))
            except TypeError:
                return
            sources = tuple(t for note in pending.notes for t in note.sources)
            self._recipes[id(value)] = (reference, made, sources)
            return
        if _is_user_call(site, pending) or entry.count > 1:
            return
        entry.operation = made
        entry.changed = changed
        if entry.fact["relation"] == "kept":
            entry.recorded = self._recorded_rows(value, made)

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
        offsets = where.get_indexer(common)
        return None if (offsets < 0).any() else take(value, kind_of(value), offsets)

    def _conclude_store(self, place: int, pending: _Pending, frame: Any) -> None:
        site = self.sites[place]
        self._functions_with_rows.add(site.function)
        fact = _plain_fact(None, pending, site)
        receiver = next((n for n in pending.notes if n.name == "0"), None)
        if receiver is None or not receiver.carries_rows:
            fact["relation"] = "unknown" if receiver is not None else "none"
            self._entry(place, frame, fact)
            return
        fact["relation"], fact["operand"], fact["mutated"] = "kept", "0", {"0": "kept"}
        misaligned = [
            n.name
            for n in pending.notes
            if n.kind in {"array", "list", "extension"}
            and n.tracked is not None
            and receiver.tracked is not None
            and not np.array_equal(n.tracked.positions, receiver.tracked.positions)
        ]
        if misaligned:
            fact["relation"] = "unknown"
            fact["evidence"] = "an array with other rows, or in another order, is stored into the table"
        entry = self._entry(place, frame, fact)
        if entry.operation is None and entry.count == 1:
            entry.operation = self._operation(site, pending)
            entry.changed = f"{operations.BASE}0" if receiver.kind == "accessor" else "0"

    def _operation(self, site: Site, pending: _Pending) -> Operation | None:
        if site.template is None:
            return None
        operands = {
            note.name: note.sample if note.sample is not None else operations.Fixed(note.value)
            for note in pending.notes
        }
        return Operation(site.template, operands, self._namespace)

    def _relate(self, value: Any, fact: dict[str, Any], pending: _Pending, site: Site) -> None:
        kind = fact["kind"]
        for note in pending.notes:
            if value is not None and note.carries_rows and note.alive() is value:
                fact["relation"], fact["operand"] = "same", note.name
                return
        if kind == "accessor":
            fact["relation"] = "accessor" if pending.has_rows else "none"
            return
        if kind in {"tuple", "list"} and self._relate_elements(value, fact, pending, site):
            return
        found = self._origin(value, pending, site.kind == "getitem")
        if found is not None:
            name, where = found
            self.rows.add(value, where.positions, where.method)
            lengths = [len(t.positions) for n in pending.notes for t in n.sources if n.name == name]
            fact.update(
                relation=where.relation,
                operand=name,
                method=where.method,
                is_complete=len(where.positions) in lengths,
            )

    def _origin(
        self, value: Any, pending: _Pending, is_selection: bool
    ) -> tuple[str, Origin] | None:
        best: tuple[str, Origin] | None = None
        for name, operand, tracked in self._tracked_operands(pending):
            found = origin(value, operand, tracked, is_selection=is_selection)
            if found is None:
                continue
            if found.relation == "kept":
                return name, found
            best = best or (name, found)
        return best

    def _tracked_operands(self, pending: _Pending) -> list[tuple[str, Any, Tracked]]:
        """List the living tables whose rows the operands carry, those given directly first."""
        notes = sorted(pending.notes, key=lambda note: note.tracked is None)
        found = []
        for note in notes:
            for tracked in note.sources:
                operand = tracked.reference()
                if operand is not None:
                    found.append((note.name, operand, tracked))
        return found

    def _relate_elements(
        self, value: Any, fact: dict[str, Any], pending: _Pending, site: Site
    ) -> bool:
        kinds = [kind_of(item) for item in value] if len(value) <= 64 else []
        if not any(kind in ROW_KINDS - {"list"} for kind in kinds):
            return False
        elements = []
        found_any = False
        for item, kind in zip(value, kinds, strict=True):
            element: dict[str, Any] = {"relation": "none", "kind": kind}
            found = self._origin(item, pending, True) if kind in ROW_KINDS else None
            if found is not None:
                found_any = True
                self.rows.add(item, found[1].positions, found[1].method)
                element.update(
                    relation=found[1].relation, operand=found[0], method=found[1].method
                )
                element.update(_shape_facts(item, kind))
            elements.append(element)
        if found_any:
            fact.update(relation="elements", elements=elements)
        return found_any

    def _mutations(self, fact: dict[str, Any], pending: _Pending) -> str | None:
        """Find which operands the call changed in place, and return the first."""
        mutated = {}
        for note in pending.notes:
            value = note.alive() if note.marks is not None else None
            if value is None or note.tracked is None:
                continue
            offsets = note.marks[-1]
            after = _marks(value, note.kind, offsets)
            if _same_marks(note.marks, after):
                continue
            before = note.tracked.positions
            tracked = self.rows.find(value)
            is_kept = tracked is not None and np.array_equal(tracked.positions, before)
            mutated[note.name] = "kept" if is_kept else "rows" if tracked is not None else "unknown"
        fact["mutated"] = mutated
        if mutated and fact["relation"] == "none":
            name = next(iter(mutated))
            fact["relation"], fact["operand"] = mutated[name], name
        return next(iter(mutated), None)

    def _entry(self, place: int, frame: Any, fact: dict[str, Any]) -> _Entry:
        site = self.sites[place]
        context = self._context(site, frame)
        contexts = self._entries.setdefault(place, {})
        entry = contexts.get(context)
        if entry is None:
            entry = _Entry(fact)
            if len(contexts) >= _CONTEXTS_A_PLACE:
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

    def _context(self, site: Site, frame: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
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
            for contexts in self._entries.values():
                for entry in contexts.values():
                    self._check(entry)
        finally:
            self._is_busy = False

    def _check(self, entry: _Entry) -> None:
        if entry.operation is None or entry.fact["relation"] not in {"kept", "rows"}:
            return
        if entry.is_mixed:
            entry.fact.update(verdict="undecided", evidence="it did different things in one context")
            return
        finding = probe(entry.operation, entry.recorded, entry.fact["relation"], entry.changed)
        entry.fact.update(
            verdict=finding.verdict,
            evidence=finding.evidence,
            is_stable_dtype=finding.is_stable_dtype,
        )
        entry.operation = None

    def occurrences(self) -> dict[str, list[dict[str, Any]]]:
        """Return what was noted, by place, as JSON values."""
        found: dict[str, list[dict[str, Any]]] = {}
        for place, contexts in self._entries.items():
            rows = found.setdefault(self.sites[place].key, [])
            for (path, values), entry in contexts.items():
                rows.append(
                    {
                        "path": list(path),
                        "loop_values": list(values),
                        "count": entry.count,
                        "fact": entry.fact,
                        "is_mixed": entry.is_mixed,
                    }
                )
        return found


def _counts_references(site: Site) -> bool:
    """Tell whether pandas counts references to the receiver, to warn of chained assignment: then hold none."""
    if site.kind in {"setitem", "setattr", "delitem", "augmented"} or site.name == "update":
        return True
    call = site.template
    return isinstance(call, ast.Call) and any(k.arg in {"inplace", None} for k in call.keywords)


def _plain_fact(value: Any, pending: _Pending, site: Site) -> dict[str, Any]:
    kind = kind_of(value)
    fact: dict[str, Any] = {
        "relation": "none",
        "kind": kind,
        "operand": None,
        "operands": {
            note.name: note.kind + ("+rows" if note.carries_rows else "") for note in pending.notes
        },
        "callee": _callee(pending, site),
        "mutated": {},
        "lengths": {note.name: note.length for note in pending.notes if note.length is not None},
        "text": short_text(value),
        **_shape_facts(value, kind),
    }
    return fact


def _shape_facts(value: Any, kind: str) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if kind == "frame" and len(value.columns) <= 2000:
        facts["columns"] = [_json_name(c) for c in value.columns]
    if kind in {"series", "array", "index"}:
        facts["dtype"] = str(value.dtype)
    if kind == "series" and (value.name is None or isinstance(value.name, str | int)):
        facts["columns"] = [value.name]
    return facts


def _json_name(name: Any) -> Any:
    return name if isinstance(name, str | int | float | bool) or name is None else str(name)


def _callee(pending: _Pending, site: Site) -> str | None:
    first = next((n for n in pending.notes if n.name == "0"), None)
    if first is None:
        return None
    if site.kind == "call":
        return callee_name(first.value) if first.value is not None else None
    if site.kind == "method" and first.kind in {"module", "class"}:
        return callee_name(getattr(first.value, site.name, None))
    if site.kind == "method" and first.kind == "estimator":
        return f"{type(first.value).__module__}.{type(first.value).__qualname__}.{site.name}"
    return None


def _is_user_call(site: Site, pending: _Pending) -> bool:
    first = next((n for n in pending.notes if n.name == "0"), None)
    if first is None or first.value is None:
        return False
    if first.kind == "estimator":
        return True
    return site.kind == "call" and is_from_cell(first.value)


def _loop_key(value: Any) -> str:
    try:
        return json.dumps(value)
    except (TypeError, ValueError):
        return json.dumps(f"<{type(value).__name__}>")


def _marks(value: Any, kind: str, offsets: Any) -> tuple[Any, ...]:
    """Take what tells that a table was changed in place, without keeping the table."""
    if kind in {"frame", "series"}:
        columns = id(value.columns) if kind == "frame" else None
        return (id(value._mgr), id(value.index), columns, len(value), None, offsets)
    if kind == "array":
        return (None, None, None, len(value), value[offsets].copy(), offsets)
    return (None, None, None, None, None, offsets)


def _same_marks(before: tuple[Any, ...], after: tuple[Any, ...]) -> bool:
    if before[:4] != after[:4]:
        return False
    if before[4] is None:
        return True
    return bool(np.array_equal(np.asarray(before[4], dtype=str), np.asarray(after[4], dtype=str)))


def _random_marks() -> tuple[Any, ...]:
    state = np.random.get_state(legacy=False)["state"]
    return (state["pos"], int(state["key"][0]), hash(random.getstate()[1][-1]))
