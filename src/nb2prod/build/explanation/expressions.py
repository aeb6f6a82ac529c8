"""From the compiler's notes to what is told of each expression."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from nb2prod.build.explanation.model import Explained
from nb2prod.build.explanation.places import Expressions, Spot
from nb2prod.compile.context import Note
from nb2prod.compile.states import State
from nb2prod.notebook import Notebook
from nb2prod.notebook.recording import Recording

_AGGREGATE, _FROZEN = "aggregate", "frozen"
_ENTRY = "fitted."


def expressions_of(
    notebook: Notebook,
    notes: Iterable[Note],
    recording: Recording,
    states: Sequence[State] | None = None,
) -> dict[int, list[Explained]]:
    """Sort notes by place; what several call paths found alike is told once.

    Args:
        notebook: The notebook.
        notes: What the compiler noted.
        recording: What the run did.
        states: The entries that the fitted state really has; None where it was not settled.
    """
    places = Expressions(notebook, recording)
    cells: dict[int, dict[Explained, None]] = {}
    for note in notes:
        found: Explained | None = _explained(note, places)
        if note.kind == _FROZEN or note.detail.startswith(_ENTRY):
            found = _settled(note, places, states)
        if found is not None:
            cells.setdefault(note.cell, {})[found] = None
    return {number: _joined(found) for number, found in sorted(cells.items())}


def _explained(note: Note, places: Expressions) -> Explained:
    end_line, end_column = places.end(_spot(note))
    column = places.column(note.cell, note.line, note.column - 1)
    return Explained(note.line, column, note.text, note.kind, note.detail, end_line, end_column)


def _spot(note: Note) -> Spot:
    return note.cell, note.line, note.column, note.text


def _settled(note: Note, places: Expressions, states: Sequence[State] | None) -> Explained | None:
    """Name the entry as the emitted code does, with its value; None for a name that nothing serves."""
    found = _explained(note, places)
    value = places.value(_spot(note))
    name = note.detail if states is None else _entry(note, states)
    if name:
        shows_value = note.kind == _FROZEN and value
        return replace(found, detail=f"{name} = {value}" if shows_value else name)
    if note.kind != _FROZEN:
        return replace(found, detail="")
    return replace(found, kind=_AGGREGATE, detail=value) if value else None


def _entry(note: Note, states: Sequence[State]) -> str:
    for state in states:
        is_there = (state.cell, state.line, state.text) == (note.cell, note.line, note.text)
        # An estimator is fitted in one place, and frozen where serving first needs it.
        is_fitted_here = note.kind != _FROZEN and f"{_ENTRY}{state.wanted}" == note.detail
        if is_there or is_fitted_here:
            return f"{_ENTRY}{state.name}"
    return ""


def _joined(found: Iterable[Explained]) -> list[Explained]:
    """Leave out aggregates that only lead to a frozen value; outer expressions come first."""
    everything = list(found)
    frozen = [each for each in everything if each.kind == _FROZEN]
    told = [
        each
        for each in everything
        if each.kind != _AGGREGATE or not any(_leads_to(each, other) for other in frozen)
    ]
    return sorted(told, key=lambda each: (each.line, each.column, -len(each.text)))


def _leads_to(inner: Explained, outer: Explained) -> bool:
    return (
        (outer.line, outer.column) <= (inner.line, inner.column)
        and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)
        and inner.text in outer.text
    )
