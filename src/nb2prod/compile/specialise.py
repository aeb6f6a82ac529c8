"""Specialise a recorded notebook into a plan, or say why it cannot be served."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from nb2prod.compile.context import Context
from nb2prod.compile.facts import Facts
from nb2prod.compile.inlining import inlined
from nb2prod.compile.native import native_training
from nb2prod.compile.plan import Plan, Refused
from nb2prod.compile.planner import Planner
from nb2prod.compile.predictions import by_place
from nb2prod.compile.program import Step, parameter_names, read_into, steps_of
from nb2prod.compile.refusals import (
    AFTER_PREDICT,
    DRAWS_OUTSIDE,
    HIDDEN_PREDICT,
    NO_PREDICT,
    NO_ROOT,
    NO_TARGET,
    SEVERAL_ROOTS,
    UNFOLLOWED_CELL,
    Reason,
    refuse,
)
from nb2prod.compile.residual import Piece, Residual
from nb2prod.compile.scope import Scope
from nb2prod.compile.slicing import effects_of
from nb2prod.compile.spec import Bind, Spec, frozen
from nb2prod.compile.statements import Statements
from nb2prod.diagnostic import Diagnostic
from nb2prod.notebook import Cell, Notebook, Role
from nb2prod.notebook.recording import Recording


def specialise(
    notebook: Notebook, recording: Recording, target: Sequence[str] | None = None
) -> Plan | Refused:
    """Compile a notebook.

    Args:
        notebook: The notebook.
        recording: What its run did.
        target: Raw columns that a request does not have, where the user names them.

    Returns:
        The plan, or the refusals with their places.
    """
    if recording.raw_place is not None:
        name = read_into(list(steps_of(notebook)), recording.raw_place)
        recording = replace(recording, raw_names=() if name is None else (name,))
    if refusals := _unfit(notebook, recording):
        return Refused(refusals)
    steps = list(steps_of(notebook, recording.raw_place, recording.rewritten))
    made = _planned(notebook, recording, steps, target)
    if isinstance(made, Refused) and recording.scored and _is_inside(made):
        apart = inlined(steps, recording.scored.path)
        again = made if apart is None else _planned(notebook, recording, apart, target)
        made = (
            made if isinstance(again, Refused) and not _is_inside(made, HIDDEN_PREDICT) else again
        )
    return made


def _is_inside(refused: Refused, *reasons: Reason) -> bool:
    """Tell whether a notebook is refused for what the function that holds the scored predict does."""
    codes = {reason.code for reason in reasons or (HIDDEN_PREDICT, AFTER_PREDICT)}
    return any(diagnostic.code in codes for diagnostic in refused.diagnostics)


def _planned(
    notebook: Notebook, recording: Recording, steps: Sequence[Step], target: Sequence[str] | None
) -> Plan | Refused:
    context, pieces = _walk(notebook, recording, steps)
    if context.endpoint is None:
        return Refused([context.hidden_endpoint or _no_predict(notebook, recording)], context.notes)
    columns = _target(recording, context, target)
    if not columns and _needs_target(recording):
        return Refused([refuse(NO_TARGET, _last(notebook, Role.TRAIN))], context.notes)
    return Planner(notebook, recording, context, context.endpoint, pieces, columns).plan()


def _unfit(notebook: Notebook, recording: Recording) -> list[Diagnostic]:
    found = [
        refuse(UNFOLLOWED_CELL, notebook.cell(number), detail=why)
        for number, why in recording.unrecorded.items()
    ]
    found += _draws_outside(notebook, recording)
    load = _last(notebook, Role.LOAD)
    if recording.raw_rows == 0 or not recording.raw_names:
        several = len(recording.raw_names) > 1
        detail = ", ".join(f"`{name}`" for name in recording.raw_names) if several else ""
        found.append(refuse(SEVERAL_ROOTS if several else NO_ROOT, load, detail=detail))
    return found


def _draws_outside(notebook: Notebook, recording: Recording) -> list[Diagnostic]:
    """Return a refusal for each untagged cell whose draws shift those of a later tagged cell."""
    tagged = [n for n in recording.drawing_cells if notebook.cell(n).roles]
    last = max(tagged, default=0)
    untagged = [n for n in recording.drawing_cells if not notebook.cell(n).roles and n < last]
    return [refuse(DRAWS_OUTSIDE, notebook.cell(number)) for number in untagged]


def _no_predict(notebook: Notebook, recording: Recording) -> Diagnostic:
    native = native_training(notebook, recording)
    if native is not None:
        return native
    return refuse(NO_PREDICT, _last(notebook, Role.EVALUATE) or _last(notebook, Role.TRAIN))


def _last(notebook: Notebook, role: Role) -> Cell | None:
    cells = notebook.with_role(role)
    return cells[-1] if cells else None


def _walk(
    notebook: Notebook, recording: Recording, steps: Sequence[Step]
) -> tuple[Context, list[Piece]]:
    """Specialise every step in order."""
    context = Context(recording, Facts(recording))
    context.compared = by_place(recording.compared)
    context.cells = {cell.number: cell for cell in notebook.cells}
    scope = Scope()
    for name in parameter_names(notebook):
        scope.names[name] = frozen(ast.Name(name, ast.Load()))
    context.origins = {column: frozenset({column}) for column in recording.raw_columns}
    statements = Statements(context)
    pieces: list[Piece] = []
    last_load = max((i for i, s in enumerate(steps) if s.is_load), default=-1)
    for number, step in enumerate(steps):
        context.step, context.cell, context.number = step, step.cell.number, number
        scope.path = step.path
        made = statements.residual(step.node, scope)
        if step.is_train_only:
            made = _trained_only(step, made, scope)
        pieces.append(Piece(step, made))
        if number == last_load:
            _bind_raw(recording, scope)
    return context, pieces


def _bind_raw(recording: Recording, scope: Scope) -> None:
    """Bind the raw table: from here on its rows are the request's."""
    for name in recording.raw_names:
        load = ast.Name(name, ast.Load())
        scope.bind(
            name,
            Spec(
                Bind.ROWS,
                load,
                load,
                "frame",
                raw=frozenset(recording.raw_columns),
                columns=tuple(recording.raw_columns),
                labels=ast.Attribute(load, "index", ast.Load()),
                has_own_labels=True,
            ),
        )


def _trained_only(step: Step, made: Residual, scope: Scope) -> Residual:
    """Leave a training-only step out of serving; names that it binds anew stand for the rows that they came from."""
    names = effects_of(step.node)
    kept = [
        s
        for s in made.serve
        if isinstance(s, ast.Assign) and isinstance(s.value, ast.Name) and s.targets
    ]
    unbound = names.binds - {t.id for s in kept for t in s.targets if isinstance(t, ast.Name)}
    needs_rows = [n for n in unbound if (found := scope.find(n)) is not None and found[0].is_rows]
    provisos = made.provisos if kept or needs_rows else ()
    return Residual(made.fit, list(kept), provisos if kept else ())


def _needs_target(recording: Recording) -> bool:
    """Tell whether the model learns a target: scikit-learn's own may be fitted without, others may hide it."""
    scored = recording.scored
    is_known = scored is not None and scored.model_type.startswith("sklearn.")
    return not is_known or scored is None or scored.has_target


def _target(recording: Recording, context: Context, named: Sequence[str] | None) -> tuple[Any, ...]:
    if named:
        return tuple(named)
    found = context.target
    everything = frozenset(recording.raw_columns)
    if found is not None and 0 < len(found) <= 3 and found < everything:
        return tuple(column for column in recording.raw_columns if column in found)
    if len(recording.target_matches) == 1:
        return tuple(recording.target_matches)
    return ()
