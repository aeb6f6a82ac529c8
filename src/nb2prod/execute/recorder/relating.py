"""Relate a result's rows to the rows of its operands."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from nb2prod.execute.recorder.facts import is_user_call, shape_facts
from nb2prod.execute.recorder.instrument import Site
from nb2prod.execute.recorder.matching import (
    Positions,
    holds_rows_unchanged,
    holds_same_values,
    part_of,
)
from nb2prod.execute.recorder.notes import Note, Pending, marks_of, same_marks
from nb2prod.execute.recorder.operation import Rows
from nb2prod.execute.recorder.rows import (
    Origin,
    RowTable,
    Tracked,
    joined_origin,
    origin,
)
from nb2prod.execute.recorder.splitting import settle_together
from nb2prod.execute.recorder.values import ROW_KINDS, kind_of, take

_PARTS_LIMIT = 1000
"""At most so many groups of one list are followed."""


class Relater:
    """Relate results to operands.

    Args:
        rows: Where the rows of living values come from.
    """

    def __init__(self, rows: RowTable) -> None:
        self._rows = rows

    def relate(self, value: Any, fact: dict[str, Any], pending: Pending, site: Site) -> None:
        """Fill in what happened to the rows, and remember where the result's rows come from."""
        kind = fact["kind"]
        for note in pending.notes:
            if value is not None and note.carries_rows and note.alive() is value:
                fact["relation"], fact["operand"] = "same", note.name
                return
        if kind == "accessor":
            fact["relation"] = "accessor" if pending.has_rows else "none"
            return
        if kind in {"tuple", "list"} and self._relate_elements(value, fact, pending):
            return
        if kind in {"tuple", "list", "dict"}:
            self._follow_parts(value, pending)
        found = _left_over(value, fact, pending) or self._origin(
            value, pending, is_selection=site.kind == "getitem"
        )
        if found is not None:
            name, where = found
            if where.relation == "rows" and is_user_call(site, pending):
                fact["is_same_content"] = _is_unchanged(value, where, name, pending)
            self._rows.add(value, where.positions, where.method)
            lengths = [len(t.positions) for n in pending.notes for t in n.sources if n.name == name]
            if site.name in RENAMING:
                fact["columns_before"] = self._columns_of(pending, name)
            fact.update(
                relation=where.relation,
                operand=name,
                method=where.method,
                is_complete=len(where.positions) in lengths,
            )

    def _columns_of(self, pending: Pending, name: str) -> list[Any] | None:
        operand = next((n.alive() for n in pending.notes if n.name == name), None)
        return list(operand.columns) if isinstance(operand, pd.DataFrame) else None

    def note_predictions(
        self, value: Any, fact: dict[str, Any], pending: Pending, predictions: Any
    ) -> None:
        """Note whether a result is what the model predicted, or holds its operand's values unchanged."""
        if fact["relation"] != "kept" or predictions is None or len(predictions) != len(value):
            return
        operand = next((n.alive() for n in pending.notes if n.name == fact["operand"]), None)
        fact["is_same_content"] = holds_same_values(value, operand)
        fact["is_prediction"] = holds_same_values(value, np.asarray(predictions))

    def _origin(
        self, value: Any, pending: Pending, *, is_selection: bool
    ) -> tuple[str, Origin] | None:
        joined = self._joined(value, pending) or _picked(value, pending)
        if joined is not None:
            return joined
        best: tuple[str, Origin] | None = None
        for name, operand, tracked in self._tracked_operands(pending):
            found = origin(value, operand, tracked, is_selection=is_selection)
            if found is None:
                continue
            if found.relation == "kept":
                return name, found
            best = best or (name, found)
        return best or self._of_gone_table(value, pending)

    def _of_gone_table(self, value: Any, pending: Pending) -> tuple[str, Origin] | None:
        """Relate a result of an accessor such as ``.cat`` or ``zip``, which does not keep its column alive."""
        if not isinstance(value, pd.DataFrame | pd.Series | list):
            return None
        for note in pending.notes:
            for tracked in note.sources if note.kind == "accessor" else ():
                if isinstance(value, list):
                    if len(value) == len(tracked.positions):
                        return note.name, Origin("kept", tracked.positions, "order")
                elif tracked.index is not None and value.index.equals(tracked.index):
                    return note.name, Origin("kept", tracked.positions, tracked.method)
        return None

    def _joined(self, value: Any, pending: Pending) -> tuple[str, Origin] | None:
        """Relate a table to the tables of a list that were put one below the other."""
        for note in pending.notes:
            parts = [(tracked.reference(), tracked) for tracked in note.sources]
            if note.tracked is None and len(parts) > 1 and all(p is not None for p, _ in parts):
                found = joined_origin(value, parts)
                if found is not None:
                    return note.name, found
        return None

    def _tracked_operands(self, pending: Pending) -> list[tuple[str, Any, Tracked]]:
        """List the living tables whose rows the operands carry, those given directly first."""
        notes = sorted(pending.notes, key=lambda note: note.tracked is None)
        found = []
        for note in notes:
            for tracked in note.sources:
                operand = tracked.reference()
                if operand is not None:
                    found.append((note.name, operand, tracked))
        return found

    def _relate_elements(self, value: Any, fact: dict[str, Any], pending: Pending) -> bool:
        kinds = [kind_of(item) for item in value] if len(value) <= 64 else []
        if not any(kind in ROW_KINDS - {"list"} for kind in kinds):
            return False
        elements = []
        found_any = False
        for item, kind in zip(value, kinds, strict=True):
            element: dict[str, Any] = {"relation": "none", "kind": kind}
            found = self._origin(item, pending, is_selection=True) if kind in ROW_KINDS else None
            if found is not None and not _is_part(item, found[1], pending, found[0]):
                found_any = True
                element["relation"] = "unknown"
                self._rows.add(item, found[1].positions, found[1].method)
            elif found is not None:
                found_any = True
                self._rows.add(item, found[1].positions, found[1].method)
                element.update(relation=found[1].relation, operand=found[0], method=found[1].method)
                element.update(shape_facts(item, kind))
            elements.append(element)
        if found_any:
            fact.update(relation="elements", elements=elements)
            settle_together(self._rows, value, elements, pending)
        return found_any

    def _follow_parts(self, value: Any, pending: Pending) -> None:
        """Remember the rows of the groups that ``list(table.groupby(key))`` and the like hand over."""
        tables = [t for note in pending.notes if note.kind == "accessor" for t in note.sources]
        for part in _parts_in(value) if tables else ():
            for tracked in tables:
                offsets = part_of(part, tracked.reference())
                if offsets is not None:
                    self._rows.add(part, tracked.positions[offsets], tracked.method)
                    break

    def note_groups(self, value: Any, fact: dict[str, Any], pending: Pending, site: Site) -> None:
        """Note whether ``transform`` gave the rows of each group one value."""
        grouped: Any = next((n.value for n in pending.notes if n.name == "0"), None)
        if site.name != "transform" or fact["relation"] != "kept" or not hasattr(grouped, "ngroup"):
            return
        groups = pd.DataFrame(value).groupby(grouped.ngroup().to_numpy(), dropna=False)
        fact["is_constant_by_group"] = not (groups.nunique(dropna=False) > 1).any(axis=None)

    def mutations(self, fact: dict[str, Any], pending: Pending, site: Site) -> str | None:
        """Find which operands the call changed in place, and return the first.

        A method of a table that returns nothing was called for its effect, even where no sampled row shows it.
        """
        mutated = {}
        for note in pending.notes:
            value = note.alive() if note.marks is not None else None
            if value is None or note.tracked is None:
                continue
            offsets = note.marks[-1]
            after = marks_of(value, note.kind, offsets)
            if same_marks(note.marks, after) and not _is_for_effect(note, fact, pending, site):
                continue
            before = note.tracked.positions
            tracked = self._rows.find(value)
            if tracked is not None and _is_shuffled(value, note, tracked):
                self._rows.forget(value)
                tracked = None
            is_kept = tracked is not None and np.array_equal(tracked.positions, before)
            mutated[note.name] = "kept" if is_kept else "rows" if tracked is not None else "unknown"
        fact["mutated"] = mutated
        if mutated and fact["relation"] in {"none", "same"}:
            name = next(iter(mutated))
            fact["relation"], fact["operand"] = mutated[name], name
        return next(iter(mutated), None)


def _parts_in(value: Any) -> Iterator[Any]:
    """Yield the tables that a container holds, alone or beside their keys."""
    items = value.values() if isinstance(value, dict) else value
    for item in itertools.islice(items, _PARTS_LIMIT):
        for part in item if isinstance(item, tuple) else (item,):
            if isinstance(part, pd.DataFrame | pd.Series):
                yield part


def _is_shuffled(value: Any, note: Note, tracked: Tracked) -> bool:
    """Tell whether rows lost their labels and their order in one in-place operation, so that none can be followed."""
    before = note.tracked
    if before is None or before.index is None or tracked.method == before.method:
        return False
    assert isinstance(note.sample, Rows)
    now = take(value, note.kind, note.marks[-1])
    then = note.sample.sample
    if isinstance(now, pd.DataFrame):
        shared = [column for column in then.columns if column in now.columns]
        now, then = now[shared], then[shared]
    return not now.reset_index(drop=True).equals(then.reset_index(drop=True))


def _picked(value: Any, pending: Pending) -> tuple[str, Origin] | None:
    """Relate an array to the rows of another that were picked by a condition, by their positions or by a slice."""
    if not isinstance(value, np.ndarray) or not value.ndim:
        return None
    names = {note.name: note for note in pending.notes}
    array, key = names.get("0"), names.get("1") or names.get("k0")
    if array is None or array.tracked is None or array.kind != "array":
        return None
    positions = array.tracked.positions
    if key is None:
        return _sliced(value, names, positions)
    picked = np.asarray(key.alive())
    if picked.ndim != 1 or picked.dtype.kind not in "bi" or len(picked) == 0:
        return None
    if picked.dtype.kind == "b" and len(picked) != len(positions):
        return None
    chosen = positions[picked]
    if len(chosen) != len(value) or np.array_equal(chosen, positions):
        return None
    return array.name, Origin("rows", chosen, "order")


def _sliced(
    value: Any, names: Mapping[str, Note], positions: Positions
) -> tuple[str, Origin] | None:
    """Relate an array to the rows of another that ``array[start:stop]`` takes."""
    bounds = [names.get(f"{part}0") for part in ("lower", "upper", "step")]
    if not any(bounds):
        return None
    chosen = positions[slice(*(None if bound is None else bound.value for bound in bounds))]
    if len(chosen) != len(value) or np.array_equal(chosen, positions):
        return None
    return "0", Origin("rows", chosen, "order")


def _left_over(value: Any, fact: dict[str, Any], pending: Pending) -> tuple[str, Origin] | None:
    """Relate what ``numpy.delete`` leaves of an array's rows."""
    names = {note.name: note for note in pending.notes}
    array, gone = names.get("1"), names.get("2") or names.get("obj")
    if fact["callee"] != "numpy.delete" or array is None or array.tracked is None or gone is None:
        return None
    axis = names.get("3") or names.get("axis")
    if getattr(array.alive(), "ndim", 0) != 1 and (axis is None or axis.value != 0):
        return None
    positions = np.delete(array.tracked.positions, np.asarray(gone.alive()))
    return (
        (array.name, Origin("rows", positions, "order")) if len(positions) == len(value) else None
    )


RENAMING = frozenset({"rename", "set_axis", "add_prefix", "add_suffix"})
"""Methods that give columns other names in their order."""

_EFFECTLESS = ("to_", "info", "plot", "hist", "boxplot")


def _is_for_effect(note: Note, fact: dict[str, Any], pending: Pending, site: Site) -> bool:
    if site.kind != "method" or note.name != "0" or note.kind not in {"frame", "series"}:
        return False
    if any(other.name == "inplace" and other.value is True for other in pending.notes):
        return True
    return fact["kind"] == "none" and not site.name.startswith(_EFFECTLESS)


def _is_unchanged(value: Any, where: Origin, name: str, pending: Pending) -> bool:
    """Tell whether a function of the user's left every row that it kept as it was."""
    note = next(n for n in pending.notes if n.name == name)
    operand = note.alive()
    if note.tracked is None or not isinstance(operand, pd.DataFrame):
        return False
    return holds_rows_unchanged(value, operand, where.positions, note.tracked.positions)


def _is_part(item: Any, where: Origin, pending: Pending, name: str) -> bool:
    """Tell whether one of several results holds an operand's rows unchanged, and nothing computed from them."""
    if where.relation == "rows":
        return True
    note = next(n for n in pending.notes if n.name == name)
    return holds_same_values(item, note.alive())
