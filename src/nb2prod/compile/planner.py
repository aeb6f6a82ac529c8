"""Slice the specialised statements into what loads, trains, serves and evaluates."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from nb2prod.compile.answers import Answer, find_answer
from nb2prod.compile.comments import comments_above
from nb2prod.compile.context import Context, Endpoint
from nb2prod.compile.definitions import (
    DEFINITIONS,
    needed_definitions,
    needed_helpers,
    single_imports,
    unknown_names,
    without_constants,
)
from nb2prod.compile.domain import without_checks
from nb2prod.compile.learning import learned_statements
from nb2prod.compile.outside import A_DRAW, is_seeding
from nb2prod.compile.plan import Line, Plan, Refused, ServedAnswer
from nb2prod.compile.program import Step, parameter_names
from nb2prod.compile.reading import called_in, captures_in, is_capture, names_in, state_names
from nb2prod.compile.refusals import HIDDEN_PREDICT, TAKEN_NAME, TARGET_READ, refuse
from nb2prod.compile.renaming import settle_names
from nb2prod.compile.residual import Piece, keeps_labels, reads_others
from nb2prod.compile.slicing import effects_of, needed, separate_copies
from nb2prod.compile.states import State
from nb2prod.compile.support import EMITTED
from nb2prod.diagnostic import Diagnostic
from nb2prod.notebook import Notebook, Role
from nb2prod.notebook.recording import Recording


class Planner:
    """Slice one specialised notebook.

    Args:
        notebook: The notebook.
        recording: What its run did.
        context: What the specialisation found.
        endpoint: The scored predict.
        pieces: Every step with what it becomes, in order.
        target: Raw columns that a request does not have.
    """

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
        refusals = [
            d for i in live for d in self._pieces[i].residual.provisos if isinstance(d, Diagnostic)
        ]
        refusals += self._endpoint.features.refusals
        # A setting of the model that was drawn is part of the stored model; training draws it again.
        refusals += [d for d in self._endpoint.model.taint if not d.message.endswith(A_DRAW)]
        refusals += self._context.unseen_changes
        refusals = refusals or self._target_read() or self._taken_names()
        if refusals:
            return Refused(_distinct(refusals), self._context.notes)
        states = self._used_states(serve)
        first = self._first_evaluation(live)
        evaluate, needs, numbers = self._evaluate(first)
        answer = find_answer(
            self._context, self._endpoint, self._pieces, self._target, frozenset(numbers)
        )
        if isinstance(answer, list):
            return Refused(_distinct(answer), self._context.notes)
        if answer is not None:
            states = self._with_answer(answer, states)
            first = max(first, self._first_after(answer))
            evaluate, needs, _ = self._evaluate(first)
        states, train = self._filled(first, states, needs)
        missing = self._unbound(train, needs)
        if missing:
            return Refused(missing, self._context.notes)
        load = self._load()
        features, model = self._endpoint.features, self._endpoint.model
        nodes: list[ast.AST] = [line.node for line in (*serve, *train, *evaluate, *load)]
        nodes += [features.serve, features.fit, model.fit]
        nodes += [] if answer is None else answer.nodes
        helpers = [
            (trained, self._askable_helper(served))
            for trained, served in needed_helpers(self._context.helpers, nodes)
        ]
        nodes += [helper for pair in helpers for helper in pair]
        states = settle_names(states, nodes)
        steps = [piece.step for piece in self._pieces]
        definitions = needed_definitions(steps, nodes, self._context.local_functions)
        if unknown := unknown_names(definitions, steps, self._parameters):
            return Refused(unknown, self._context.notes)
        serve, train, evaluate = (
            without_constants(lines, definitions) for lines in (serve, train, evaluate)
        )
        return Plan(
            raw_name=self._recording.raw_names[0],
            load=load,
            train=train,
            serve=serve,
            evaluate=evaluate,
            features=features.serve,
            evaluated=features.fit,
            labels=self._labels(),
            model=model.fit,
            answer=None if answer is None else self._served_answer(answer),
            evaluate_needs=sorted(needs - set(self._parameters)),
            metrics=self._metrics(),
            parameters=self._parameters,
            definitions=[self._line(s.node, s) for s in definitions],
            imports=single_imports(steps),
            helpers=helpers,
            states=states,
            target=self._target,
            notes=self._context.notes,
            warnings=[
                *(d for n, d in self._context.filters if n < self._first_split()),
                *(() if answer is None else answer.warnings),
            ],
            learned=learned_statements(train, [features.fit, model.fit], self._context.mutators),
            feature_columns=features.columns,
            target_columns=self._target_columns(),
        )

    def _target_columns(self) -> list[Any]:
        target = set(self._target)
        return [c for c, raw in self._context.origins.items() if raw and raw <= target]

    def _first_split(self) -> int:
        """Return the step of the split: what it leaves out is no filter."""
        return next(
            (i for i, p in enumerate(self._pieces) if Role.SPLIT in p.step.roles),
            len(self._pieces),
        )

    def _unbound(self, train: Sequence[Line], needs: set[str]) -> list[Diagnostic]:
        """Return a refusal where the model, or what is scored, is first made in the evaluation itself."""
        bound = {*self._parameters, *self._recording.raw_names}
        for line in train:
            bound |= effects_of(line.node).binds
        wanted = names_in(self._endpoint.model.fit) | names_in(self._endpoint.features.fit) | needs
        missing = sorted((wanted & self._values()) - bound)
        if not missing:
            return []
        step = self._pieces[self._endpoint.step].step
        listed = ", ".join(f"`{name}`" for name in missing)
        return [refuse(HIDDEN_PREDICT, step.cell, step.node, detail=f"{listed} is made there too")]

    def _taken_names(self) -> list[Diagnostic]:
        """Return a refusal where the notebook binds a name that emitted code needs for itself."""
        found = []
        for piece in self._pieces:
            node = piece.step.node
            bound = effects_of(node).binds | {getattr(node, "name", "")}
            for name in sorted(bound & EMITTED):
                detail = f"`{name}`"
                found.append(refuse(TAKEN_NAME, piece.step.cell, node, detail=detail, subject=name))
        return found

    def _target_read(self) -> list[Diagnostic]:
        """Return a refusal for each feature that is made from the target."""
        found = []
        step = self._pieces[self._endpoint.step].step
        for column in self._endpoint.features.columns or ():
            raw = self._context.origins.get(column, frozenset()) & set(self._target)
            if raw and column not in self._context.inexact:
                why = f"feature `{column}` is made from `{min(map(str, raw))}`"
                found.append(
                    refuse(TARGET_READ, step.cell, step.node, detail=why, subject=str(column))
                )
        return found

    def _with_answer(self, answer: Answer, states: Sequence[State]) -> list[State]:
        """Return the entries of the fitted state that serving reads, those of the answer among them."""
        used = {state.name for state in states} | state_names(answer.nodes)
        return [state for state in self._context.states.states if state.name in used]

    def _first_after(self, answer: Answer) -> int:
        """Return the first step after training: what the answer has frozen, training computes."""
        used = state_names(answer.nodes)
        filling = [
            number
            for number, piece in enumerate(self._pieces)
            if any(captures_in(s) & used for s in piece.residual.fit)
        ]
        return max(filling, default=-1) + 1

    def _is_definition(self, piece: Piece) -> bool:
        """Tell whether a step goes to the top of a module: not a function that reads values of the run."""
        node = piece.step.node
        if isinstance(node, ast.FunctionDef) and node.name in self._context.local_functions:
            return False
        return isinstance(node, DEFINITIONS)

    def _serve(self) -> tuple[list[Line], list[int]]:
        """Slice the serving code; returns it and the steps that it came from."""
        found: list[tuple[int, ast.stmt]] = []
        for number, piece in enumerate(self._pieces[: self._endpoint.step]):
            if not piece.step.is_load and not self._is_definition(piece):
                found += [(number, s) for s in self._askable(number, piece.residual.serve)]
        statements = [s for _, s in found]
        roots = names_in(self._endpoint.features.serve)
        kept, _ = needed(statements, roots, self._context.mutators)
        clean = separate_copies([statements[i] for i in kept], self._context.mutators)
        steps = [found[i][0] for i in kept]
        lines = [self._line(s, self._pieces[n].step) for s, n in zip(clean, steps, strict=True)]
        aliases = self._raw_aliases(roots, lines)
        return [*aliases, *lines], sorted(set(steps))

    def _askable(self, number: int, statements: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
        """Leave out the checks that a request cannot be asked, since it has no target."""
        target = frozenset(self._target)
        for statement in statements:
            made, notes = without_checks(statement, target)
            self._context.filters += [(number, note) for note in notes]
            if made is not None:
                yield made

    def _askable_helper(self, helper: ast.FunctionDef) -> ast.FunctionDef:
        found = [s for statement in helper.body for s in self._askable(0, [statement])]
        helper.body = found or [ast.Pass()]
        return helper

    def _raw_aliases(self, roots: set[str], lines: Sequence[Line]) -> list[Line]:
        """Bind further names of the raw table, where ``load`` gave it several."""
        first, *others = self._recording.raw_names
        _, before = needed([line.node for line in lines], roots, self._context.mutators)
        step = next(p.step for p in self._pieces if p.step.is_load)
        return [
            self._line(
                ast.Assign([ast.Name(name, ast.Store())], ast.Name(first, ast.Load()), lineno=1),
                step,
            )
            for name in others
            if name in before
        ]

    def _served_answer(self, answer: Answer) -> ServedAnswer:
        lines = [self._line(s, self._pieces[number].step) for number, s in answer.statements]
        last = self._pieces[answer.candidate.number].step
        lines.append(self._line(ast.Return(answer.code), last, with_comments=False))
        return ServedAnswer(answer.candidate.compared.key, lines, answer.renames_classes)

    def _line(self, node: ast.stmt, step: Step, *, with_comments: bool = True) -> Line:
        comments = comments_above(step.code, step.node) if with_comments else ()
        return Line(node, step.cell.number, step.node.lineno, comments)

    def _used_states(self, serve: Sequence[Line]) -> list[State]:
        nodes: list[ast.AST] = [line.node for line in serve]
        nodes.append(self._endpoint.features.serve)
        used = state_names(nodes)
        for trained, served in needed_helpers(self._context.helpers, nodes):
            used |= state_names([served, trained])
        return [state for state in self._context.states.states if state.name in used]

    def _first_evaluation(self, live: Sequence[int]) -> int:
        """Return the first step that belongs to ``evaluate``: after the last one that serving needs."""
        evaluating = [i for i, p in enumerate(self._pieces) if p.step.is_evaluate]
        first = min([*evaluating, self._endpoint.step])
        return min(max([first, *(i + 1 for i in live)]), self._endpoint.step)

    def _evaluate(self, first: int) -> tuple[list[Line], set[str], list[int]]:
        """Slice the evaluation; returns it, what it takes from training, and its steps."""
        every = enumerate(self._pieces)
        pieces = [(i, p) for i, p in every if i >= first and not self._is_definition(p)]
        roots = {name.partition(".")[0] for name in self._recording.metrics}
        kept, before = needed([p.step.node for _, p in pieces], roots, self._context.mutators)
        found = [pieces[i] for i in kept]
        lines = [self._line(piece.step.node, piece.step) for _, piece in found]
        return lines, before & self._values(), [number for number, _ in found]

    def _values(self) -> set[str]:
        """Return the names that training binds to values, as opposed to imports and definitions."""
        names: set[str] = set(self._parameters)
        for piece in self._pieces:
            if not self._is_definition(piece):
                names |= effects_of(piece.step.node).binds
        return names

    def _filled(
        self, first: int, states: list[State], needs: set[str]
    ) -> tuple[list[State], list[Line]]:
        """Return the training code, and the entries of the fitted state that it or serving reads."""
        while True:
            train = self._train(first, states, needs)
            used = {state.name for state in states} | state_names([line.node for line in train])
            read = [state for state in self._context.states.states if state.name in used]
            if len(read) == len(states):
                return states, train
            states = read

    def _train(self, first: int, states: Sequence[State], needs: set[str]) -> list[Line]:
        used = {state.name for state in states}
        lines: list[Line] = []
        forced: set[int] = set()
        for piece in self._pieces[:first]:
            if piece.step.is_load or self._is_definition(piece):
                continue
            if piece.residual.is_looking and not self._draws(piece):
                continue
            code = self._training_code(piece, used)
            for position, node in enumerate(code):
                is_kept = is_seeding(piece.step.node) or self._draws(piece)
                if captures_in(node) & used or is_kept:
                    forced.add(len(lines))
                lines.append(self._line(node, piece.step, with_comments=position == 0))
        for piece in self._pieces[first : self._endpoint.step + 1]:
            for node in piece.residual.fit:
                if is_capture(node) and captures_in(node) & used:
                    forced.add(len(lines))
                    lines.append(self._line(node, piece.step, with_comments=False))
        roots = needs | names_in(self._endpoint.features.fit) | names_in(self._endpoint.model.fit)
        if (labels := self._labels()) is not None:
            roots |= names_in(labels)
        kept, _ = needed(
            [line.node for line in lines], roots, self._context.mutators, frozenset(forced)
        )
        return [lines[i] for i in kept]

    def _training_code(self, piece: Piece, used: set[str]) -> list[ast.stmt]:
        """Return a step's training code: with its captures where they are used, else as it was written."""
        filled = (
            set().union(*(captures_in(s) for s in piece.residual.fit))
            if piece.residual.fit
            else set()
        )
        helped = called_in(piece.residual.fit) & {h[0].name for h in self._context.helpers}
        if filled & used or any(self._helper_fills(name) & used for name in helped):
            return [
                piece.step.node if reads_others(s, used) else s
                for s in piece.residual.fit
                if not is_capture(s) or captures_in(s) & used
            ]
        if state_names(piece.residual.fit) & used and not filled:
            return piece.residual.fit
        return [piece.step.node, *(s for s in piece.residual.fit if keeps_labels(s))]

    def _helper_fills(self, name: str) -> set[str]:
        """Return the entries of the fitted state that a helper fills, itself or through others."""
        own = [trained for trained, _ in self._context.helpers if trained.name == name]
        called = needed_helpers(self._context.helpers, own)
        return set().union(*(captures_in(h) for h in (*own, *(trained for trained, _ in called))))

    def _draws(self, piece: Piece) -> bool:
        """Tell whether a step draws from a global random generator, so that dropping it would shift the others."""
        cell = piece.step.cell.number
        first, last = piece.step.node.lineno, piece.step.node.end_lineno or piece.step.node.lineno
        for place, occurrences in self._recording.occurrences.items():
            parts = place.split(":")
            is_here = int(parts[0]) == cell and first <= int(parts[1]) <= last
            if is_here and any(o.fact.draws for o in occurrences):
                return True
        return False

    def _labels(self) -> ast.expr | None:
        """Return the labels of the evaluated rows: kept under a name, or in the index of what is evaluated."""
        scored, features = self._recording.scored, self._endpoint.features
        if scored is None or scored.identified_by == "content":
            return None
        if features.has_own_labels:
            return ast.Attribute(features.fit, "index", ast.Load())
        return features.labels if isinstance(features.labels, ast.Name) else None

    def _load(self) -> list[Line]:
        pieces = [p for p in self._pieces if p.step.is_load and not self._is_definition(p)]
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


def _distinct(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    return list(dict.fromkeys(diagnostics))
