"""Find every statistic and fit that saw held-out rows and that the features or the model depend on."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from nb2prod.compile.leaking.deciding import Deciding, Decision
from nb2prod.compile.leaking.kinds import called_name, kind_of_leak
from nb2prod.compile.leaking.leak import Kind, Leak
from nb2prod.compile.leaking.spots import Spot, Spots, Statement
from nb2prod.compile.plan import Plan
from nb2prod.notebook import Notebook
from nb2prod.notebook.recording import Occurrence, Recording, ScoredPredict

_SELECTORS = frozenset({"drop", "pop"})


def find_leaks(notebook: Notebook, recording: Recording, plan: Plan) -> list[Leak]:
    """Return the leaks of a compiled notebook, in the order of their places.

    Rows decide: what the recording saw go in, against the rows that are held out for the scored predict.

    Args:
        notebook: The notebook.
        recording: What its run did.
        plan: What it was compiled to.
    """
    scored = recording.scored
    if scored is None:
        return []
    finder = _Finder(notebook, recording, plan)
    found = finder.find() if scored.held_out_rows else []
    return [*found, *finder.answers(scored)]


class _Finder:
    def __init__(self, notebook: Notebook, recording: Recording, plan: Plan) -> None:
        self._recording = recording
        self._plan = plan
        self._spots = Spots(notebook, recording.rewritten)
        statements = [
            (where[0], node)
            for where, node in self._spots.statements.items()
            if where in plan.learned or isinstance(node, ast.FunctionDef | ast.ClassDef)
        ]
        self._targets = [*plan.target, *plan.target_columns]
        self._learned = [s for s in statements if not isinstance(s[1], ast.ClassDef)]
        self._deciding = Deciding(recording, self._learned)
        self._is_shared = recording.scored is not None and recording.scored.shared_rows > 0

    def find(self) -> list[Leak]:
        found: dict[tuple[object, ...], Leak] = {}
        for key, occurrences in self._recording.occurrences.items():
            spot = self._spots.get(key)
            for one in occurrences if spot is not None else ():
                leak = self._leak(key, spot, one) if spot is not None else None
                if leak is not None:
                    identity = (leak.key, leak.kind)
                    found[identity] = _joined(found.get(identity), leak)
        leaks = sorted(found.values(), key=lambda leak: (leak.cell, leak.line, leak.column))
        return _without_consequences(leaks)

    def _leak(self, key: str, spot: Spot, one: Occurrence) -> Leak | None:
        if one.fact.seen_held_out == 0 or self._is_own_function(spot):
            return None
        kind = kind_of_leak(spot.node, one.fact, self._targets)
        if kind is None or (kind is Kind.RESAMPLED and not self._is_shared):
            return None
        called_from = self._called_from(spot, one)
        statement = called_from if spot.is_in_function else spot.statement
        if statement not in self._plan.learned or self._is_unused_column(spot):
            return None
        if kind is Kind.CHOICE and statement not in self._plan.learned.whole:
            return None
        if kind in {Kind.STATISTIC, Kind.TARGET, Kind.OWN}:
            decision = self._deciding.decision(spot)
            if decision is Decision.SPLIT:
                return None
            kind = Kind.ROWS if decision is Decision.FILTER else kind
        line, column, end_line, end_column = self._spots.place(spot)
        return Leak(
            kind,
            spot.cell,
            line,
            column,
            end_line,
            end_column,
            ast.unparse(spot.node),
            one.fact.seen,
            one.fact.seen_held_out,
            () if called_from is None else (called_from,),
            key,
        )

    def answers(self, scored: ScoredPredict) -> list[Leak]:
        """Return the features that say the answer, at the place of the fit."""
        spot = self._spots.get(scored.fit_place or "")
        if spot is None or scored.fit_place is None:
            return []
        key = scored.fit_place
        place = self._spots.place(spot)
        return [
            Leak(Kind.ANSWER, spot.cell, *place, name, 0, 0, (), key) for name in scored.giveaways
        ]

    def _is_own_function(self, spot: Spot) -> bool:
        """Tell whether a function from a cell is called: what it does stands in its own statements."""
        match spot.node:
            case ast.Call(func=ast.Name(id=name)):
                return name in self._spots.functions
            case ast.Call(func=ast.Attribute(), args=[ast.Name(id=name), *_]):
                return name in self._spots.functions
        return False

    def _called_from(self, spot: Spot, one: Occurrence) -> Statement | None:
        if not spot.is_in_function or not one.path:
            return None
        caller = self._spots.get(one.path[0].partition("@")[0])
        return caller.statement if caller is not None else None

    def _is_unused_column(self, spot: Spot) -> bool:
        """Tell whether a column that is made here is taken away again, and mentioned nowhere else."""
        statement = self._spots.statements[spot.statement]
        features = self._plan.feature_columns
        match statement:
            case ast.Assign(targets=[ast.Subscript(slice=ast.Constant(value=str() as column))]):
                if features is None or column in features:
                    return False
                others = [s for _, s in self._learned if s is not statement]
                mentions = [found for other in others for found in _mentions(other, column)]
                return bool(mentions) and not any(mentions)
        return False


def _mentions(statement: ast.stmt, column: str) -> Iterator[bool]:
    """Yield for each mention of a column whether it may be a use: to leave the column out is none."""
    leaving_out = {
        id(n)
        for call in ast.walk(statement)
        if isinstance(call, ast.Call) and called_name(call) in _SELECTORS
        for argument in (*call.args, *(k.value for k in call.keywords))
        for n in ast.walk(argument)
    }
    for n in ast.walk(statement):
        if isinstance(n, ast.Attribute) and n.attr == column:
            yield True
        elif isinstance(n, ast.Constant) and n.value == column:
            yield not isinstance(statement, ast.Delete) and id(n) not in leaving_out


def _without_consequences(leaks: Sequence[Leak]) -> list[Leak]:
    """Leave out what follows from another leak.

    Rows that were multiplied are fitted on and scored, of course; what an own class computes is part of its fit.
    """
    fits = {(leak.cell, leak.line) for leak in leaks if leak.kind is Kind.FIT}
    found = [leak for leak in leaks if not fits & set(leak.called_from)]
    if any(leak.kind is Kind.RESAMPLED for leak in found):
        return [leak for leak in found if not _is_last_fit(leak, found)]
    return found


def _joined(known: Leak | None, leak: Leak) -> Leak:
    """Join what one place did on several call paths."""
    if known is None:
        return leak
    called_from = sorted({*known.called_from, *leak.called_from})
    return replace(
        max(known, leak, key=lambda one: one.held_out_rows), called_from=tuple(called_from)
    )


def _is_last_fit(leak: Leak, leaks: Iterable[Leak]) -> bool:
    fits = [one for one in leaks if one.kind is Kind.FIT]
    return bool(fits) and leak is fits[-1]
