"""The fitted state: each entry with its value, where it comes from and where it goes."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from nb2prod.build.explanation.marks import marks_of, source_of, stretches
from nb2prod.build.explanation.model import CodePlace, FrozenValue
from nb2prod.build.explanation.places import Binding, Expressions
from nb2prod.compile.context import Note
from nb2prod.compile.emit import Emitted
from nb2prod.compile.leaking.leak import Leak
from nb2prod.compile.states import State
from nb2prod.notebook import Notebook
from nb2prod.notebook.recording import Recording

_OWNERS = frozenset({"fitted", "fitted_of_training"})
_CATEGORIES = "categories"


def frozen_values(
    notebook: Notebook,
    notes: Iterable[Note],
    states: Sequence[State],
    emitted: Emitted,
    recording: Recording,
    leaks: Sequence[Leak],
) -> list[FrozenValue]:
    """Describe the fitted state of a compiled notebook.

    Args:
        notebook: The notebook.
        notes: What the compiler noted of its expressions.
        states: The entries of the fitted state.
        emitted: The emitted code.
        recording: What the run did.
        leaks: What saw held-out rows.
    """
    places = Expressions(notebook, recording)
    notes = list(notes)
    trained = stretches(emitted.files["train.py"], marks_of(emitted)["train.py"])
    filled = _entries(emitted, "train.py", is_stored=True)
    used = _entries(emitted, "features.py", is_stored=False)
    found = []
    for state in states:
        stored = tuple(place for name, place in filled if name == state.name)
        read = tuple(dict.fromkeys(place for name, place in used if name == state.name))
        sources = [at for one in stored if (at := source_of(one.line, trained)) is not None]
        # A name is stored where serving first needs it, which may be long after it was computed.
        binding = places.binding(state.text, max(sources)) if sources else None
        leak = _leak_of(state, binding, leaks)
        value = _value(state, notes, places)
        found.append(
            FrozenValue(
                state.name,
                state.keys,
                state.text,
                state.cell,
                state.line,
                value or (binding.value if binding is not None else ""),
                stored,
                read,
                leak.rows if leak is not None else 0,
                leak.held_out_rows if leak is not None else 0,
            )
        )
    return found


def _entries(emitted: Emitted, file: str, *, is_stored: bool) -> list[tuple[str, CodePlace]]:
    """Return the entries that a module fills or reads, with the lines."""
    tree = ast.parse(emitted.files.get(file, ""))
    targets = {
        id(target.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Subscript)
    }
    return [
        (node.attr, CodePlace(file, node.lineno))
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in _OWNERS
        and is_stored == (isinstance(node.ctx, ast.Store) or id(node) in targets)
    ]


def _value(state: State, notes: Sequence[Note], places: Expressions) -> str:
    for note in notes:
        if (note.cell, note.line, note.text) == (state.cell, state.line, state.text):
            if note.kind == _CATEGORIES:
                return "the categories and columns that training had"
            value = places.value((note.cell, note.line, note.column, note.text))
            if value:
                return value
    return ""


def _leak_of(state: State, binding: Binding | None, leaks: Sequence[Leak]) -> Leak | None:
    """Return the leak that an entry holds: in its own expression, or where its name was bound or fitted."""
    for leak in leaks:
        if leak.is_mild:
            continue
        is_inside = (leak.cell, leak.line) == (state.cell, state.line) and leak.text in state.text
        is_fit = leak.text.startswith(f"{state.text}.fit")
        is_bound = binding is not None and (leak.cell, leak.line) == (binding.cell, binding.line)
        if is_inside or is_fit or is_bound:
            return leak
    return None
