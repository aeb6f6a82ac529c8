"""Specialise a recorded notebook into a plan, or say why it cannot be served."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nb2prod.compile.comments import comments_above
from nb2prod.compile.context import Context, Endpoint
from nb2prod.compile.facts import Facts
from nb2prod.compile.plan import Line, Plan, Refused
from nb2prod.compile.program import Step, parameter_names, steps_of
from nb2prod.compile.refusals import (
    NO_PREDICT,
    NO_ROOT,
    NO_TARGET,
    SEVERAL_ROOTS,
    UNFOLLOWED_CELL,
    refuse,
)
from nb2prod.compile.residual import Residual
from nb2prod.compile.scope import Scope
from nb2prod.compile.slicing import effects_of, needed, separate_copies
from nb2prod.compile.spec import Bind, Spec, frozen
from nb2prod.compile.statements import Statements
from nb2prod.compile.states import STATE, State
from nb2prod.diagnostic import Diagnostic
from nb2prod.notebook import Notebook, Role
from nb2prod.notebook.recording import Recording

_DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)


@dataclass(slots=True)
class Piece:
    """A step with what it becomes."""

    step: Step
    residual: Residual


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
    if refusals := _unfit(notebook, recording):
        return Refused(refusals)
    context = Context(recording, Facts(recording))
    context.cells = {cell.number: cell for cell in notebook.cells}
    pieces = _walk(notebook, recording, context)
    if context.endpoint is None:
        return Refused([_no_predict(notebook)], context.notes)
    columns = _target(recording, context, target)
    if not columns:
        return Refused([refuse(NO_TARGET, _last(notebook, Role.TRAIN))], context.notes)
    return _Planner(notebook, recording, context, context.endpoint, pieces, columns).plan()


def _unfit(notebook: Notebook, recording: Recording) -> list[Diagnostic]:
    found = [
        refuse(UNFOLLOWED_CELL, notebook.cell(number), detail=why)
        for number, why in recording.unrecorded.items()
    ]
    load = _last(notebook, Role.LOAD)
    if recording.raw_rows == 0:
        several = len(recording.raw_names) > 1
        detail = ", ".join(f"`{name}`" for name in recording.raw_names) if several else ""
        found.append(refuse(SEVERAL_ROOTS if several else NO_ROOT, load, detail=detail))
    elif recording.scored is None:
        found.append(_no_predict(notebook))
    return found


def _no_predict(notebook: Notebook) -> Diagnostic:
    return refuse(NO_PREDICT, _last(notebook, Role.EVALUATE) or _last(notebook, Role.TRAIN))


def _last(notebook: Notebook, role: Role) -> Any:
    cells = notebook.with_role(role)
    return cells[-1] if cells else None


def _walk(notebook: Notebook, recording: Recording, context: Context) -> list[Piece]:
    scope = Scope()
    for name in parameter_names(notebook):
        scope.names[name] = frozen(ast.Name(name, ast.Load()))
    context.origins = {column: frozenset({column}) for column in recording.raw_columns}
    statements = Statements(context)
    pieces: list[Piece] = []
    steps = list(steps_of(notebook))
    last_load = max((i for i, s in enumerate(steps) if s.is_load), default=-1)
    for number, step in enumerate(steps):
        context.step, context.cell, context.number = step, step.cell.number, number
        made = statements.residual(step.node, scope)
        if step.is_train_only:
            made = _trained_only(step, made, scope)
        pieces.append(Piece(step, made))
        if number == last_load:
            _bind_raw(recording, scope)
    return pieces


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
    refusals = made.refusals if kept or needs_rows else ()
    return Residual(made.fit, list(kept), refusals if kept else ())


def _target(
    recording: Recording, context: Context, named: Sequence[str] | None
) -> tuple[Any, ...]:
    if named:
        return tuple(named)
    found = context.target
    everything = frozenset(recording.raw_columns)
    if found is not None and 0 < len(found) <= 3 and found < everything:
        return tuple(column for column in recording.raw_columns if column in found)
    if len(recording.target_matches) == 1:
        return tuple(recording.target_matches)
    return ()


class _Planner:
    def __init__(
        self,
        notebook: Notebook,
        recording: Recording,
        context: Context,
        endpoint: Endpoint,
        pieces: Sequence[Piece],
        target: tuple[Any, ...],
    ) -> None:
        self._notebook = notebook
        self._recording = recording
        self._context = context
        self._endpoint = endpoint
        self._pieces = pieces
        self._target = target
        self._parameters = parameter_names(notebook)

    def plan(self) -> Plan | Refused:
        """Slice the pieces, and refuse where serving needs what cannot be served."""
        serve, live = self._serve()
        refusals = [d for i in live for d in self._pieces[i].residual.refusals]
        refusals += self._endpoint.features.refusals
        if refusals:
            return Refused(_distinct(refusals), self._context.notes)
        states = self._used_states(serve)
        first = self._first_evaluation(live)
        evaluate, needs = self._evaluate(first)
        train = self._train(first, states, needs)
        every = [*serve, *train, *evaluate, *self._load()]
        return Plan(
            raw_name=self._recording.raw_names[0],
            load=self._load(),
            train=train,
            serve=serve,
            evaluate=evaluate,
            features=self._endpoint.features.serve,
            evaluated=self._endpoint.features.fit,
            labels=self._labels(),
            model=self._endpoint.model.fit,
            evaluate_needs=sorted(needs - set(self._parameters)),
            metrics=self._metrics(),
            parameters=self._parameters,
            definitions=self._definitions(every),
            imports=self._imports(),
            helpers=self._helpers(every),
            states=states,
            target=self._target,
            notes=self._context.notes,
        )

    def _serve(self) -> tuple[list[Line], list[int]]:
        """Slice the serving code; returns it and the steps that it came from."""
        found: list[tuple[int, ast.stmt]] = []
        for number, piece in enumerate(self._pieces[: self._endpoint.step + 1]):
            if not piece.step.is_load and not isinstance(piece.step.node, _DEFINITIONS):
                found += [(number, s) for s in piece.residual.serve]
        statements = [s for _, s in found]
        roots = _names_in(self._endpoint.features.serve)
        kept, _ = needed(statements, roots, self._context.mutators)
        clean = separate_copies([statements[i] for i in kept], self._context.mutators)
        steps = [found[i][0] for i in kept]
        lines = [self._line(s, self._pieces[n].step) for s, n in zip(clean, steps, strict=True)]
        aliases = self._raw_aliases(roots, lines)
        return [*aliases, *lines], sorted(set(steps))

    def _raw_aliases(self, roots: set[str], lines: Sequence[Line]) -> list[Line]:
        """Bind further names of the raw table, where ``load`` gave it several."""
        first, *others = self._recording.raw_names
        _, before = needed([line.node for line in lines], roots, self._context.mutators)
        step = next(p.step for p in self._pieces if p.step.is_load)
        return [
            self._line(
                ast.Assign([ast.Name(name, ast.Store())], ast.Name(first, ast.Load()), lineno=1), step
            )
            for name in others
            if name in before
        ]

    def _line(self, node: ast.stmt, step: Step, *, with_comments: bool = True) -> Line:
        comments = comments_above(step.code, step.node) if with_comments else ()
        return Line(node, step.cell.number, step.node.lineno, comments)

    def _used_states(self, serve: Sequence[Line]) -> list[State]:
        nodes: list[ast.AST] = [line.node for line in serve]
        nodes.append(self._endpoint.features.serve)
        used = _state_names(nodes)
        by_name = {state.name: state for state in self._context.states.states}
        waiting = _called(nodes)
        for trained, served in self._context.helpers:
            if served.name in waiting:
                used |= _state_names([served, trained])
        return [by_name[name] for name in sorted(used) if name in by_name]

    def _first_evaluation(self, live: Sequence[int]) -> int:
        """Return the first step that belongs to ``evaluate``: after the last one that serving needs."""
        evaluating = [i for i, p in enumerate(self._pieces) if p.step.is_evaluate]
        first = min([*evaluating, self._endpoint.step])
        return min(max([first, *(i + 1 for i in live)]), self._endpoint.step)

    def _evaluate(self, first: int) -> tuple[list[Line], set[str]]:
        pieces = [
            p for p in self._pieces[first:] if not isinstance(p.step.node, _DEFINITIONS)
        ]
        roots = {name.partition(".")[0] for name in self._recording.metrics}
        kept, before = needed([p.step.node for p in pieces], roots, self._context.mutators)
        lines = [self._line(pieces[i].step.node, pieces[i].step) for i in kept]
        return lines, before & self._values()

    def _values(self) -> set[str]:
        """Return the names that training binds to values, as opposed to imports and definitions."""
        names: set[str] = set(self._parameters)
        for piece in self._pieces:
            if not isinstance(piece.step.node, _DEFINITIONS):
                names |= effects_of(piece.step.node).binds
        return names

    def _train(self, first: int, states: Sequence[State], needs: set[str]) -> list[Line]:
        used = {state.name for state in states}
        lines: list[Line] = []
        forced: set[int] = set()
        for number, piece in enumerate(self._pieces[:first]):
            if piece.step.is_load or isinstance(piece.step.node, _DEFINITIONS):
                continue
            code = self._training_code(piece, used)
            for position, node in enumerate(code):
                if _captures(node) & used or self._draws(piece):
                    forced.add(len(lines))
                lines.append(self._line(node, piece.step, with_comments=position == 0))
        for piece in self._pieces[first : self._endpoint.step + 1]:
            for node in piece.residual.fit:
                if _is_capture(node) and _captures(node) & used:
                    forced.add(len(lines))
                    lines.append(self._line(node, piece.step, with_comments=False))
        roots = needs | _names_in(self._endpoint.features.fit) | _names_in(self._endpoint.model.fit)
        if self._endpoint.features.labels is not None:
            roots |= _names_in(self._endpoint.features.labels)
        kept, _ = needed(
            [line.node for line in lines], roots, self._context.mutators, frozenset(forced)
        )
        return [lines[i] for i in kept]

    def _training_code(self, piece: Piece, used: set[str]) -> list[ast.stmt]:
        """Return a step's training code: with its captures where they are used, else as it was written."""
        filled = set().union(*(_captures(s) for s in piece.residual.fit)) if piece.residual.fit else set()
        helped = _called(piece.residual.fit) & {h[0].name for h in self._context.helpers}
        if filled & used or any(self._helper_fills(name) & used for name in helped):
            return [
                s for s in piece.residual.fit if not _is_capture(s) or _captures(s) & used
            ]
        if _state_names(piece.residual.fit) & used and not filled:
            return piece.residual.fit
        return [piece.step.node]

    def _helper_fills(self, name: str) -> set[str]:
        return set().union(
            *(_captures(h[0]) for h in self._context.helpers if h[0].name == name)
        )

    def _draws(self, piece: Piece) -> bool:
        """Tell whether a step draws from a global random generator, so that dropping it would shift the others."""
        cell = piece.step.cell.number
        first, last = piece.step.node.lineno, piece.step.node.end_lineno or piece.step.node.lineno
        for place, occurrences in self._recording.occurrences.items():
            parts = place.split(":")
            if int(parts[0]) == cell and first <= int(parts[1]) <= last:
                if any(o.fact.draws for o in occurrences):
                    return True
        return False

    def _labels(self) -> ast.expr | None:
        scored = self._recording.scored
        if scored is None or scored.identified_by == "content":
            return None
        labels = self._endpoint.features.labels
        return labels if not isinstance(labels, ast.Constant) else None

    def _load(self) -> list[Line]:
        pieces = [
            p
            for p in self._pieces
            if p.step.is_load and not isinstance(p.step.node, _DEFINITIONS)
        ]
        kept, _ = needed([p.step.node for p in pieces], [self._recording.raw_names[0]])
        return [self._line(pieces[i].step.node, pieces[i].step) for i in kept]

    def _metrics(self) -> dict[str, ast.expr]:
        found: dict[str, ast.expr] = {}
        for name in self._recording.metrics:
            root, _, key = name.partition(".")
            code: ast.expr = ast.Name(root, ast.Load())
            if key:
                code = ast.Subscript(code, ast.Constant(key), ast.Load())
            found[name] = code
        return found

    def _definitions(self, lines: Sequence[Line]) -> list[Line]:
        """Return the functions, classes and constants of cells that the code needs, transitively."""
        known: dict[str, Piece] = {}
        for piece in self._pieces:
            node = piece.step.node
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                known[node.name] = piece
            elif piece.step.is_prelude and isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        known[target.id] = piece
        nodes: list[ast.AST] = [line.node for line in lines]
        nodes += [h for pair in self._context.helpers for h in pair]
        nodes += [self._endpoint.features.serve, self._endpoint.model.fit]
        wanted: dict[int, Piece] = {}
        waiting = list(nodes)
        while waiting:
            for name in _names_in(waiting.pop()):
                piece = known.get(name)
                if piece is not None and id(piece) not in wanted:
                    wanted[id(piece)] = piece
                    waiting.append(piece.step.node)
        return [self._line(p.step.node, p.step) for p in self._pieces if id(p) in wanted]

    def _imports(self) -> Mapping[str, ast.stmt]:
        found: dict[str, ast.stmt] = {}
        for piece in self._pieces:
            node = piece.step.node
            if isinstance(node, ast.Import | ast.ImportFrom):
                for alias in node.names:
                    single = (
                        ast.Import([alias])
                        if isinstance(node, ast.Import)
                        else ast.ImportFrom(node.module, [alias], node.level)
                    )
                    name = alias.asname or alias.name.partition(".")[0]
                    found[name] = ast.copy_location(single, node)
        return found

    def _helpers(
        self, lines: Sequence[Line]
    ) -> list[tuple[ast.FunctionDef, ast.FunctionDef]]:
        called = _called([line.node for line in lines])
        kept = []
        for pair in reversed(self._context.helpers):
            if pair[0].name in called:
                kept.append(pair)
                called |= _called(pair)
        return kept[::-1]


def _distinct(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    return list(dict.fromkeys(diagnostics))


def _names_in(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} - {STATE}


def _called(nodes: Iterable[ast.AST]) -> set[str]:
    return {
        n.func.id
        for node in nodes
        for n in ast.walk(node)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
    }


def _state_names(nodes: Iterable[ast.AST]) -> set[str]:
    return {
        n.attr
        for node in nodes
        for n in ast.walk(node)
        if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and n.value.id == STATE
    }


def _captures(node: ast.AST) -> set[str]:
    """Return the entries of the fitted state that a statement fills, at any depth."""
    found = set()
    for n in ast.walk(node):
        if isinstance(n, ast.Assign):
            for target in n.targets:
                owner = target.value if isinstance(target, ast.Subscript) else target
                if isinstance(owner, ast.Attribute) and isinstance(owner.value, ast.Name):
                    if owner.value.id == STATE:
                        found.add(owner.attr)
    return found


def _is_capture(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and bool(_captures(node))
