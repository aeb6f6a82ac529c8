"""What the parts of the compiler share while they walk through the notebook."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from nb2prod.compile.candidates import Asked, Candidate
from nb2prod.compile.facts import Facts
from nb2prod.compile.program import Step
from nb2prod.compile.refusals import ROWS_DROPPED, Reason, refuse
from nb2prod.compile.scope import Scope
from nb2prod.compile.spec import Bind, Spec
from nb2prod.compile.states import State, StateNames, capture, reference, suggest
from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.notebook import Cell, Role
from nb2prod.notebook.recording import Compared, Fact, Recording, place_key
from nb2prod.notebook.slots import slots_of
from nb2prod.notebook.trees import copied


@dataclass(frozen=True, slots=True)
class Note:
    """What an expression is, for ``nb2prod explain``."""

    cell: int
    line: int
    column: int
    text: str
    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The scored predict: what its argument is at serving, and whose predict it is.

    Attributes:
        features: The argument.
        model: The estimator in the training script.
        step: Number of the step that holds the call.
        asked: What tells other predicts of the same model or rows.
    """

    features: Spec
    model: Spec
    step: int
    asked: Asked


@dataclass(slots=True)
class Context:
    """State of one compilation."""

    recording: Recording
    facts: Facts
    states: StateNames = field(default_factory=StateNames)
    notes: list[Note] = field(default_factory=list)
    helpers: list[tuple[ast.FunctionDef, ast.FunctionDef]] = field(default_factory=list)
    origins: dict[Any, frozenset[Any]] = field(default_factory=dict)
    target: frozenset[Any] | None = None
    endpoint: Endpoint | None = None
    hidden_endpoint: Diagnostic | None = None
    step: Step | None = None
    statement: ast.stmt | None = None
    fitted_in: dict[str, ast.stmt] = field(default_factory=dict)
    number: int = 0
    cells: dict[int, Cell] = field(default_factory=dict)
    has_predictions: bool = False
    compared: Mapping[tuple[str, tuple[str, ...]], Mapping[str, Compared]] = field(
        default_factory=dict
    )
    changes: list[tuple[int, Diagnostic]] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    target_terms: str | int | None = None
    filters: list[tuple[int, Diagnostic]] = field(default_factory=list)
    unseen_changes: list[Diagnostic] = field(default_factory=list)
    inexact: set[Any] = field(default_factory=set)
    constants: set[Any] = field(default_factory=set)
    local_functions: set[str] = field(default_factory=set)
    mutators: set[str] = field(default_factory=set)
    definition_cells: dict[int, int] = field(default_factory=dict)
    closures: dict[int, Scope] = field(default_factory=dict)
    cell: int = 0
    named: dict[tuple[int, str, int], State] = field(default_factory=dict)

    def fact(self, node: ast.expr | ast.stmt, scope: Scope, suffix: str = "") -> Fact | None:
        """Return the recorded fact of a node on the scope's call path."""
        return self.facts.at(self.cell, node, scope.path, suffix)

    def refuse(
        self, reason: Reason, node: ast.expr | ast.stmt, detail: str = "", hint: str | None = None
    ) -> Diagnostic:
        """Make a refusal at a node of the current cell."""
        assert self.step is not None
        return refuse(reason, self.step.cell, node, detail=detail, hint=hint)

    @property
    def is_reference(self) -> bool:
        """Tell whether the current cell reads a look-up table that goes into the artifact."""
        return self.step is not None and Role.REFERENCE in self.step.roles

    def note(self, node: ast.expr | ast.stmt, kind: str, detail: str = "") -> None:
        """Remember what an expression is."""
        self.notes.append(
            Note(self.cell, node.lineno, node.col_offset + 1, ast.unparse(node), kind, detail)
        )

    def rows_dropped(self, node: ast.expr) -> Diagnostic:
        """Say that training drops rows here, and that a request cannot be asked whether it is like them."""
        assert self.step is not None
        made = refuse(ROWS_DROPPED, self.step.cell, node)
        return made._replace(severity=Severity.INFO)

    def note_filter(self, node: ast.expr) -> None:
        """Remember that training drops rows here, and that a request cannot be asked."""
        self.filters.append((self.number, self.rows_dropped(node)))

    def place(self, node: ast.expr | ast.stmt) -> str:
        """Return the recording's key of a node of the current cell."""
        return place_key(self.cell, node)

    def freeze(self, spec: Spec, node: ast.expr, scope: Scope, hint: str = "") -> Spec:
        """Turn a frozen value into an entry of the fitted state.

        The training script computes the entry before the statement; from there on both scripts read it.
        """
        made = scope.freezer(spec, node) if scope.freezer is not None else None
        if made is not None:
            return made
        if isinstance(node, ast.Name):
            return self._freeze_name(spec, node, scope)
        wanted = scope.prefix + (hint or suggest(node))
        state = self.states.add(node, scope.keys, self.cell, wanted)
        self.note(node, "frozen", f"fitted.{state.name}")
        made = Spec(Bind.STATIC, reference(state), reference(state), spec.kind, provisos=spec.taint)
        if self._is_fitted_here(node):
            scope.after.append(capture(state, copied(spec.fit)))
            return replace(made, fit=spec.fit)
        scope.before.append(capture(state, spec.fit))
        return made

    def _is_fitted_here(self, node: ast.expr) -> bool:
        """Tell whether a value is read from what its own statement fits: before that there is nothing to read."""
        names = (part.id for part in ast.walk(node) if isinstance(part, ast.Name))
        fitting = (self.fitted_in.get(name) for name in names)
        return any(one is not None and one is self.statement for one in fitting)

    def _freeze_name(self, spec: Spec, node: ast.Name, scope: Scope) -> Spec:
        found = scope.find(node.id)
        owner = found[1] if found is not None else scope
        version = owner.versions.get(node.id, 0)
        identity = (owner.serial, node.id, version)
        if identity not in self.named:
            varying = [i for i, loop in enumerate(owner.loops) if node.id in loop.changes]
            depth = varying[-1] + 1 if varying else 0
            keys = (
                *owner.outer_keys,
                *(variable for loop in owner.loops[:depth] for variable in loop.variables),
            )
            state = self.states.add(node, keys, self.cell, owner.prefix + node.id)
            where = owner.loops[depth].before if depth < len(owner.loops) else owner.before
            where.append(capture(state, copied(spec.fit)))
            self.named[identity] = state
            self.note(node, "frozen", f"fitted.{state.name}")
        code = reference(self.named[identity])
        return Spec(Bind.STATIC, code, code, spec.kind, provisos=spec.taint)

    def raw_of(self, columns: Iterable[Any]) -> frozenset[Any]:
        """Return the raw columns that some columns derive from."""
        return frozenset(raw for c in columns for raw in self.origins.get(c, frozenset()))


def with_slots(node: ast.AST, codes: Mapping[str, ast.expr]) -> Any:
    """Copy a node with other code in the slots of its operands."""
    made = copied(node)
    for slot in list(slots_of(made)):
        if slot.name in codes:
            slot.put(codes[slot.name])
    return made
