"""Calls that are not judged by one recorded fact: estimators, stored categories and functions from cells."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol

from nb2prod.compile.context import Context, Endpoint, with_slots
from nb2prod.compile.refusals import HIDDEN_PREDICT, UNDECIDED, UNRECORDED, UNSUPPORTED
from nb2prod.compile.scope import Scope
from nb2prod.compile.spec import Bind, Spec, frozen
from nb2prod.compile.states import capture, reference, suggest
from nb2prod.notebook.names import names_of
from nb2prod.notebook.recording import Fact
from nb2prod.notebook.slots import slots_of
from nb2prod.notebook.trees import copied

FIT = frozenset({"fit", "partial_fit"})
FIT_AND_APPLY = frozenset({"fit_transform"})
PREDICT = frozenset({"predict", "predict_proba", "predict_log_proba", "decision_function", "score"})
APPLY = PREDICT | {"transform", "inverse_transform", "kneighbors", "apply", "score_samples"}

_DEPTH = 8


class Walker(Protocol):
    """The part that specialises expressions."""

    def spec(self, node: ast.expr, scope: Scope) -> Spec:
        """Return what an expression is."""

    def residual(self, spec: Spec, node: ast.expr, scope: Scope, hint: str = "") -> Spec:
        """Return a spec that is code at serving."""


class Inline(Protocol):
    """The part that specialises a call of a function from a cell by the function's statements."""

    def __call__(
        self,
        node: ast.Call,
        definition: ast.FunctionDef,
        specs: dict[str, Spec],
        scope: Scope,
        fact: Fact,
    ) -> Spec:
        """Return what the call is."""


class Calls:
    """Specialise the calls that have rules of their own.

    Args:
        context: What the compilation shares.
        walker: Specialises the parts.
    """

    def __init__(self, context: Context, walker: Walker) -> None:
        self._context = context
        self._walker = walker
        self._stack: list[str] = []
        self._called: ast.expr | None = None
        self.inline: Inline | None = None

    @property
    def current(self) -> str | None:
        """Return the place of the call whose arguments are being specialised."""
        return self._stack[-1] if self._stack else None

    def is_called(self, node: ast.Name) -> bool:
        """Tell whether a name is the function of the call that is being specialised."""
        return node is self._called

    @contextmanager
    def entering(self, node: ast.expr) -> Iterator[None]:
        """Know the call that a lambda among the arguments would be called from."""
        if not isinstance(node, ast.Call):
            yield
            return
        self._stack.append(self._context.place(node))
        outer, self._called = self._called, node.func
        try:
            yield
        finally:
            self._stack.pop()
            self._called = outer

    def special(self, node: ast.Call, specs: dict[str, Spec], scope: Scope) -> Spec | None:
        """Specialise a call by a rule of its own, or return None."""
        fact = self._context.fact(node, scope)
        if isinstance(node.func, ast.Attribute) and self._is_estimator(fact, specs):
            return self._estimator(node, specs, scope, fact)
        has_rows = any(spec.is_rows for name, spec in specs.items() if name != "0")
        if has_rows and fact is not None and _is_get_dummies(fact):
            return self._dummies(node, specs, scope, fact)
        definition = specs["0"].function
        if not isinstance(definition, ast.FunctionDef):
            return None
        if has_rows or self._reads_rows(definition, scope):
            return self._function(node, definition, specs, scope, fact)
        return None

    def _is_estimator(self, fact: Fact | None, specs: dict[str, Spec]) -> bool:
        kind = fact.operands.get("0") if fact is not None else specs["0"].kind
        return kind == "estimator" and not specs["0"].is_rows

    def _estimator(
        self, node: ast.Call, specs: dict[str, Spec], scope: Scope, fact: Fact | None
    ) -> Spec | None:
        assert isinstance(node.func, ast.Attribute)
        method = node.func.attr
        rows = next((n for n in ("1", "X") if n in specs and specs[n].is_rows), None)
        if rows is None:
            self._note_lost(node, specs)
            return None
        if method in FIT:
            self._note_target(specs)
            self._touch(node.func.value, scope)
            return frozen(node, kind="estimator")
        if method in FIT_AND_APPLY:
            self._touch(node.func.value, scope)
            return self._fitted_and_applied(node, specs, scope, fact, rows)
        if method in APPLY:
            return self._applied(node, specs, scope, fact, rows)
        return None

    def _note_lost(self, node: ast.Call, specs: dict[str, Spec]) -> None:
        """Remember where the rows were lost that the model is asked about."""
        scored = self._context.recording.scored
        lost = next((spec.lost for spec in specs.values() if spec.lost), ())
        assert isinstance(node.func, ast.Attribute)
        is_scored = scored is None or scored.place == self._context.place(node)
        if lost and is_scored and node.func.attr in PREDICT:
            self._context.hidden_endpoint = lost[0]

    def _touch(self, receiver: ast.expr, scope: Scope) -> None:
        if isinstance(receiver, ast.Name):
            scope.touch(receiver.id)

    def _note_target(self, specs: dict[str, Spec]) -> None:
        target = specs.get("2") or specs.get("y")
        if target is not None and target.is_rows:
            self._context.target = target.raw

    def _fitted_and_applied(
        self, node: ast.Call, specs: dict[str, Spec], scope: Scope, fact: Fact | None, rows: str
    ) -> Spec:
        """Specialise ``fit_transform``: training fits, serving transforms with the fitted object."""
        assert isinstance(node.func, ast.Attribute)
        receiver = node.func.value
        if isinstance(receiver, ast.Name):
            state = self._context.states.add(
                receiver, scope.keys, self._context.cell, scope.prefix + receiver.id
            )
            value: ast.expr = receiver
            if scope.keys:
                # One object refitted for each key: each fit keeps its own copy.
                value = ast.Call(ast.Name("deepcopy", ast.Load()), [receiver], [])
            scope.after.append(capture(state, value))
            fit: ast.expr = node
        else:
            hint = scope.prefix + suggest(receiver)
            state = self._context.states.add(receiver, scope.keys, self._context.cell, hint)
            scope.before.append(capture(state, specs["0"].fit))
            fit = with_slots(node, {"0": reference(state)})
        self._context.note(node, "estimator", f"fitted.{state.name}")
        argument = self._walker.residual(specs[rows], _argument(node, rows), scope)
        fit = with_slots(fit, {rows: argument.fit})
        serve = ast.Call(
            ast.Attribute(reference(state), "transform", ast.Load()), [argument.serve], []
        )
        return self._result(Spec(Bind.ROWS, fit, serve), argument, fact)

    def _applied(
        self, node: ast.Call, specs: dict[str, Spec], scope: Scope, fact: Fact | None, rows: str
    ) -> Spec:
        """Specialise ``transform`` and ``predict`` of a fitted object."""
        assert isinstance(node.func, ast.Attribute)
        argument = self._walker.residual(specs[rows], _argument(node, rows), scope)
        self._mark_endpoint(node, specs, argument, scope)
        if node.func.attr == "score":
            return frozen(node, kind="scalar")
        model = self._walker.residual(specs["0"], node.func.value, scope)
        code = {"0": model.fit, rows: argument.fit}
        served = {"0": model.serve, rows: argument.serve}
        for slot in slots_of(node):
            if slot.name not in code:
                part = self._walker.residual(specs[slot.name], slot.get(), scope)
                code[slot.name], served[slot.name] = part.fit, part.serve
        self._context.note(node, "estimator")
        spec = Spec(Bind.ROWS, with_slots(node, code), with_slots(node, served))
        if argument.from_predict and not (fact is not None and fact.is_same_content):
            self._context.note_after_predict(node)
        is_predict = node.func.attr in PREDICT or argument.from_predict
        return replace(self._result(spec, argument, fact), from_predict=is_predict)

    def _mark_endpoint(
        self, node: ast.Call, specs: dict[str, Spec], argument: Spec, scope: Scope
    ) -> None:
        scored = self._context.recording.scored
        if scored is None or scored.place != self._context.place(node):
            return
        path = tuple(part.partition("@")[0] for part in scored.path)
        features = scope.from_caller(argument)
        model = scope.from_caller(specs["0"], may_change=True)
        if path == scope.path and features is not None and model is not None:
            self._context.endpoint = Endpoint(features, model, self._context.number)
        elif path == scope.path:
            self._context.hidden_endpoint = self._context.refuse(HIDDEN_PREDICT, node)

    def _result(self, spec: Spec, argument: Spec, fact: Fact | None) -> Spec:
        kind = fact.kind if fact is not None else "array"
        columns = tuple(fact.columns) if fact is not None and fact.columns else None
        return replace(
            spec,
            kind=kind,
            columns=columns,
            raw=argument.raw,
            labels=_kept_labels(argument),
            has_own_labels=fact is not None
            and fact.method == "label"
            and kind in {"frame", "series"},
            provisos=argument.provisos,
        )

    def _dummies(self, node: ast.Call, specs: dict[str, Spec], scope: Scope, fact: Fact) -> Spec:
        """Specialise ``pd.get_dummies``: the categories and columns of training are stored."""
        rows = next((n for n in ("1", "data") if n in specs and specs[n].is_rows), None)
        if rows is None:
            return Spec(Bind.ROWS, node, node).refused(self._context.refuse(UNDECIDED, node))
        argument = self._walker.residual(specs[rows], _argument(node, rows), scope)
        table = _argument(node, rows)
        hint = scope.prefix + (
            f"{suggest(table)}_dummies" if suggest(table) != "value" else "dummies"
        )
        state = self._context.states.add(node, scope.keys, self._context.cell, hint)
        encoder = copied(node)
        encoder.func = ast.Name("Dummies", ast.Load())
        codes = {}
        for slot in slots_of(node):
            if slot.name == "0":
                continue
            part = self._walker.residual(specs[slot.name], slot.get(), scope)
            codes[slot.name] = part.fit
        codes[rows] = argument.fit
        codes.pop("0", None)
        for slot in list(slots_of(encoder)):
            if slot.name in codes:
                slot.put(codes[slot.name])
        scope.before.append(capture(state, encoder))
        self._context.note(node, "categories", f"fitted.{state.name}")
        serve = ast.Call(
            ast.Attribute(reference(state), "encode", ast.Load()), [argument.serve], []
        )
        fit = with_slots(node, codes)
        columns = tuple(fact.columns) if fact.columns else None
        self._note_dummies(columns or (), argument)
        return Spec(
            Bind.ROWS,
            fit,
            serve,
            kind="frame",
            columns=columns,
            raw=argument.raw,
            labels=_kept_labels(argument),
            has_own_labels=fact.method == "label",
            provisos=argument.provisos,
        )

    def _note_dummies(self, columns: tuple[object, ...], argument: Spec) -> None:
        """Note which raw columns the indicator columns derive from: pandas names them after the encoded column."""
        # Columns that were stored into the table since it was bound are known by their origins alone.
        known = dict.fromkeys([*(argument.columns or ()), *self._context.origins])
        encoded = [c for c in known if c not in columns]
        for column in columns:
            if column in (argument.columns or ()):
                continue
            named = [c for c in encoded if str(column).startswith(f"{c}_")]
            raw = (
                self._context.raw_of([max(named, key=lambda c: len(str(c)))])
                if named
                else argument.raw
            )
            self._context.origins.setdefault(column, raw)

    # Functions from cells

    def _reads_rows(self, definition: ast.FunctionDef, scope: Scope) -> bool:
        """Tell whether a function reads a table that it is not given."""
        around = self._context.closures.get(id(definition), scope.root)
        own = {a.arg for a in definition.args.args}
        reads = names_of(definition).calls_need - own
        return any((found := around.find(n)) is not None and found[0].is_rows for n in reads)

    def _function(
        self,
        node: ast.Call,
        definition: ast.FunctionDef,
        specs: dict[str, Spec],
        scope: Scope,
        fact: Fact | None,
    ) -> Spec:
        """Specialise a call of a function from a cell by its own statements."""
        if fact is None:
            return Spec(Bind.ROWS, node, node).refused(self._context.refuse(UNRECORDED, node))
        if len(scope.path) >= _DEPTH:
            return Spec(Bind.ROWS, node, node).refused(
                self._context.refuse(UNSUPPORTED, node, "the function calls itself")
            )
        assert self.inline is not None
        return self.inline(node, definition, specs, scope, fact)


def _argument(node: ast.Call, name: str) -> ast.expr:
    return next(slot.get() for slot in slots_of(node) if slot.name == name)


def _is_get_dummies(fact: Fact) -> bool:
    callee = fact.callee or ""
    return callee.startswith("pandas.") and callee.endswith(".get_dummies")


def _kept_labels(argument: Spec) -> ast.expr | None:
    """Return where the labels of an argument's rows are kept under a name of their own."""
    return argument.labels if isinstance(argument.labels, ast.Name) else None
