"""The fitted state: each entry with its value, where it comes from and where it goes."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from nb2prod.build.explanation.marks import marks_of, source_of, stretches
from nb2prod.build.explanation.model import CodePlace, FrozenValue
from nb2prod.build.explanation.places import Expressions
from nb2prod.compile.context import Note
from nb2prod.compile.emit import Emitted
from nb2prod.compile.states import State
from nb2prod.notebook import Notebook
from nb2prod.notebook.recording import Recording

_OWNERS = frozenset({"fitted", "fitted_of_training"})
_SPLIT, _CATEGORIES = "split", "categories"


def frozen_values(
    notebook: Notebook,
    notes: Iterable[Note],
    states: Sequence[State],
    emitted: Emitted,
    recording: Recording,
) -> list[FrozenValue]:
    """Describe the fitted state of a compiled notebook.

    Args:
        notebook: The notebook.
        notes: What the compiler noted of its expressions.
        states: The entries of the fitted state.
        emitted: The emitted code.
        recording: What the run did.
    """
    places = Expressions(notebook, recording)
    notes = list(notes)
    splits = sorted((note.cell, note.line) for note in notes if note.kind == _SPLIT)
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
        if binding is not None and not binding.is_estimator:
            sources = [(binding.cell, binding.line)]
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
                _split_after(sources, splits),
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


def _split_after(
    sources: Sequence[tuple[int, int]], splits: Sequence[tuple[int, int]]
) -> int | None:
    """Return the cell of the first split, where that runs after all places that a value comes from.

    Only what the training function itself fills has a place; of what a helper fills it is not known when it runs.
    """
    if not sources or not splits or max(sources) >= splits[0]:
        return None
    return splits[0][0]
