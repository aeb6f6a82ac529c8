"""Find the answer that the notebook means: what it makes of predictions and scores in the truth's own terms."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from nb2prod.compile.candidates import Candidate, asked_of
from nb2prod.compile.context import Context, Endpoint
from nb2prod.compile.domain import mark_of
from nb2prod.compile.refusals import ANOTHER_PREDICT, SEVERAL_ANSWERS, refuse
from nb2prod.compile.residual import Piece
from nb2prod.compile.slicing import effects_of, needed
from nb2prod.compile.spec import Bind
from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.notebook.slots import slots_of
from nb2prod.notebook.trees import copied

_Node = TypeVar("_Node", ast.expr, ast.stmt)

MODEL, ROWS = "nb2prod_model", "nb2prod_rows"
"""Names of the model and of the rows that it is asked for, while code is made."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the notebook makes of its model's predictions.

    Attributes:
        candidate: Where it is compared with the truth.
        statements: Serving statements that lead to it, each with its step.
        code: The answer.
        renames_classes: Whether it is made from predicted classes alone, so that each class has an answer.
        warnings: Says that it is one of several.
    """

    candidate: Candidate
    statements: Sequence[tuple[int, ast.stmt]]
    code: ast.expr
    renames_classes: bool
    warnings: Sequence[Diagnostic] = ()

    @property
    def nodes(self) -> list[ast.AST]:
        """All its code."""
        return [*(statement for _, statement in self.statements), self.code]


def find_answer(
    context: Context,
    endpoint: Endpoint,
    pieces: Sequence[Piece],
    target: Sequence[Any],
    evaluated: frozenset[int],
) -> Answer | list[Diagnostic] | None:
    """Return the answer, None where it is the model's own, or refusals where it cannot be served.

    Args:
        context: What the specialisation found.
        endpoint: The scored predict.
        pieces: Every step with what it becomes.
        target: Raw columns that a request does not have.
        evaluated: Steps that the metrics are computed by.
    """
    judged = [(c, _is_answer(c, context, frozenset(target))) for c in context.candidates]
    answers = [candidate for candidate, is_answer in judged if is_answer]
    chosen = max(answers, key=lambda c: _rank(c, context, target, evaluated), default=None)
    is_code = chosen is not None and chosen.is_plain and chosen.spec.bind is Bind.ROWS
    if chosen is not None and chosen.is_changed and is_code:
        made = _sliced(chosen, context, endpoint, pieces)
        rank = _rank(chosen, context, target, evaluated)[:-1]
        equals = [c for c in answers if _rank(c, context, target, evaluated)[:-1] == rank]
        if isinstance(made, Answer) and len({c.spec.changes for c in equals}) > 1:
            step = pieces[chosen.number].step
            said = refuse(SEVERAL_ANSWERS, step.cell, step.node)
            return replace(made, warnings=[said._replace(severity=Severity.WARNING)])
        return made
    explained = {c for one, is_answer in judged if is_answer is not None for c in one.spec.changes}
    if chosen is not None and chosen.is_changed:
        return list(chosen.spec.changes) or [chosen.refusal]
    if chosen is not None and _scores_another(context, endpoint, pieces, evaluated):
        step = pieces[chosen.number].step
        return [refuse(ANOTHER_PREDICT, step.cell, step.node)]
    found = [
        change
        for number, change in context.changes
        if number in evaluated and change not in explained
    ]
    return list(dict.fromkeys(found)) or None


def _is_answer(candidate: Candidate, context: Context, target: frozenset[Any]) -> bool | None:
    """Tell whether something compared is an answer in the truth's terms; None where those are not known.

    What is not: the truth itself, a score of a class, and what only a metric's own scale makes of both sides.
    """
    compared, scored = candidate.compared, context.recording.scored
    if not candidate.spec.from_predict or set(compared.raw) & target:
        return False
    is_classifier = scored is not None and scored.classes is not None
    if is_classifier and not compared.is_label:
        return False
    if _meets_raw(candidate, context, target) or candidate.has_fitted_terms:
        return True
    return False if context.recording.target_matches else None


def _meets_raw(candidate: Candidate, context: Context, target: Iterable[Any]) -> bool:
    """Tell whether something is compared with the raw target."""
    compared = candidate.compared
    beside = context.compared[compared.place, compared.path]
    return any(set(beside[other].raw) & set(target) for other in compared.others)


def _rank(
    candidate: Candidate, context: Context, target: Sequence[Any], evaluated: frozenset[int]
) -> tuple[bool, bool, bool, bool, int]:
    """Order answers: those of metrics first, in the raw target's terms, and changed ones before the model's own."""
    return (
        candidate.number in evaluated,
        _meets_raw(candidate, context, target),
        candidate.is_plain,
        candidate.is_changed,
        candidate.number,
    )


def _sliced(
    candidate: Candidate, context: Context, endpoint: Endpoint, pieces: Sequence[Piece]
) -> Answer | list[Diagnostic]:
    """Slice the serving code from predictions to the answer; refuse what needs more than those."""
    asked = _Asked(endpoint, _last_change(candidate, endpoint, pieces))
    statements: list[tuple[int, ast.stmt]] = []
    # What is compared within a block may be made there, too.
    is_block = isinstance(pieces[candidate.number].step.node, ast.With)
    for number, piece in enumerate(pieces[: candidate.number + is_block]):
        if not piece.step.is_load:
            serve = (s for s in piece.residual.serve if mark_of(s) is None)
            statements += [(number, asked.put(s, number)) for s in serve]
    code: ast.expr = asked.put(candidate.code, candidate.number)
    kept, before = needed([s for _, s in statements], _names_in([code]), context.mutators)
    made = [statements[i] for i in kept]
    methods = _methods([*(s for _, s in made), code])
    used = sorted({number for number, _ in made})
    refusals = [p for n in used for p in pieces[n].residual.provisos if isinstance(p, Diagnostic)]
    refusals += candidate.spec.refusals
    needs_rows = bool(before & set(context.recording.raw_names))
    if refusals or needs_rows or not methods or not candidate.compared.is_scored:
        return refusals or list(candidate.spec.changes) or [candidate.refusal]
    scored = context.recording.scored
    is_classifier = scored is not None and scored.classes is not None
    is_renamed = is_classifier and methods == {"predict"}
    return Answer(candidate, made, code, renames_classes=is_renamed)


def _scores_another(
    context: Context, endpoint: Endpoint, pieces: Sequence[Piece], evaluated: frozenset[int]
) -> bool:
    """Tell whether all that metrics are computed of was predicted by other models for certain."""
    scored = context.recording.scored
    found = [c for c in context.candidates if c.spec.from_predict]
    found = [c for c in found if c.number in evaluated] or found
    asks_itself = scored is not None and scored.method == "score"
    return not asks_itself and all(_is_of_another(c, endpoint, pieces) for c in found)


def _is_of_another(candidate: Candidate, endpoint: Endpoint, pieces: Sequence[Piece]) -> bool:
    if not candidate.is_plain or candidate.spec.bind is not Bind.ROWS:
        return False
    statements = [s for piece in pieces[: candidate.number] for s in piece.residual.serve]
    kept, _ = needed(statements, _names_in([candidate.code]))
    nodes: list[ast.AST] = [candidate.code, *(statements[i] for i in kept)]
    every = (asked_of(part) for node in nodes for part in ast.walk(node))
    models = {asked.model for asked in every if asked is not None}
    return bool(models) and endpoint.asked.model not in models


def _last_change(candidate: Candidate, endpoint: Endpoint, pieces: Sequence[Piece]) -> int | None:
    """Return the last step that binds or changes the name of what the model is asked; None where that has none."""
    rows = endpoint.features.serve
    if not isinstance(rows, ast.Name):
        return None
    effects = [effects_of(piece.step.node) for piece in pieces[: candidate.number]]
    changing = [i for i, e in enumerate(effects) if rows.id in e.binds | e.changes]
    last = max(changing, default=-1)
    return last if last < endpoint.step else None


def _methods(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the methods of the model that code calls."""
    return {
        n.attr
        for node in nodes
        for n in ast.walk(node)
        if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and n.value.id == MODEL
    }


def _names_in(nodes: Iterable[ast.AST]) -> set[str]:
    return {n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name)}


class _Asked(ast.NodeTransformer):
    """Put the model and its rows in place of what the notebook calls them.

    Args:
        endpoint: The scored predict.
        last: The step from which on the rows have one name, or None.
    """

    def __init__(self, endpoint: Endpoint, last: int | None) -> None:
        self._endpoint = endpoint
        self._last = last
        rows = endpoint.features.serve
        self._name = rows.id if isinstance(rows, ast.Name) else None
        self._is_after = False

    def put(self, node: _Node, number: int) -> _Node:
        """Return a copy of one step's code."""
        self._is_after = self._last is not None and number > self._last
        made: _Node = self.visit(copied(node))
        return made

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Ask for the rows, and where it is the same model ask that."""
        asked, own = asked_of(node), self._endpoint.asked
        self.generic_visit(node)
        if asked is None or asked.rows != own.rows:
            return node
        for slot in list(slots_of(node)):
            if slot.name == asked.operand:
                slot.put(ast.Name(ROWS, ast.Load()))
            elif slot.name == "0" and asked.model == own.model:
                slot.put(ast.Name(MODEL, ast.Load()))
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Rename the rows."""
        is_rows = self._is_after and node.id == self._name and isinstance(node.ctx, ast.Load)
        return ast.Name(ROWS, ast.Load()) if is_rows else node
