"""Specialise expressions: what becomes code at serving, what is frozen, what is refused."""

from __future__ import annotations

import ast
import builtins
import copy
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from nb2prod.compile.calls import Calls
from nb2prod.compile.context import Context, with_slots
from nb2prod.compile.outside import outside_world
from nb2prod.compile.refusals import (
    CONDITION,
    OUTSIDE_WORLD,
    ROW_CONSTANT,
    ROW_LOOP,
    TABLE_DEPENDENT,
    UNDECIDED,
    UNRECORDED,
    UNSUPPORTED,
)
from nb2prod.compile.scope import Loop, Scope
from nb2prod.compile.spec import Bind, Spec, frozen, static
from nb2prod.notebook.recording import Fact
from nb2prod.notebook.slots import slots_of

_PURE_BUILTINS = frozenset(
    {
        "len", "list", "dict", "tuple", "set", "frozenset", "sorted", "range", "zip", "enumerate", "int", "float",
        "str", "bool", "abs", "min", "max", "sum", "round", "slice", "map", "filter", "reversed", "isinstance",
        "getattr", "hasattr", "type", "any", "all", "repr",
    }
)  # fmt: skip

_ROW_KINDS = frozenset({"series", "array", "list", "extension", "frame", "index", "sparse"})


class Expressions:
    """Walk expressions of the current step.

    Args:
        context: What the compilation shares.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._calls = Calls(context, self)

    @property
    def calls(self) -> Calls:
        """Return the part that handles calls of cell functions and estimators."""
        return self._calls

    def spec(self, node: ast.expr, scope: Scope) -> Spec:
        """Return what an expression is."""
        match node:
            case ast.Constant():
                return static(node, kind="scalar")
            case ast.Name():
                return self._name(node, scope)
            case ast.Lambda():
                return self._lambda(node, scope)
            case ast.List() | ast.Tuple() | ast.Set():
                return self._display(node, list(node.elts), scope)
            case ast.Dict():
                parts = [k for k in node.keys if k is not None] + list(node.values)
                return self._display(node, parts, scope)
            case ast.Starred():
                return self._wrapped(node, node.value, scope)
            case ast.IfExp():
                return self._conditional(node, scope)
            case ast.ListComp() | ast.GeneratorExp() | ast.SetComp() | ast.DictComp():
                return self._comprehension(node, scope)
            case ast.JoinedStr() | ast.FormattedValue():
                return self._text(node, scope)
            case ast.BoolOp():
                return self._display(node, list(node.values), scope)
            case ast.Slice():
                parts = [p for p in (node.lower, node.upper, node.step) if p is not None]
                return self._display(node, parts, scope)
            case _ if list(slots_of(node)):
                return self._operation(node, scope)
            case _:
                return self._unknown(node, scope)

    def _name(self, node: ast.Name, scope: Scope) -> Spec:
        found = scope.find(node.id)
        if found is None:
            if hasattr(builtins, node.id):
                return static(node, kind="callable", is_imported=True)
            diagnostic = self._context.refuse(
                UNRECORDED, node, f"`{node.id}` comes from no compiled cell"
            )
            return Spec(Bind.FROZEN, node, node, taint=(diagnostic,))
        spec = found[0]
        if spec.is_rows and spec.elements == () and isinstance(spec.fit, ast.Name):
            return replace(spec, fit=_load(node.id), serve=_load(node.id))
        return spec

    # Parts that are no operations

    def _display(self, node: ast.expr, parts: Sequence[ast.expr], scope: Scope) -> Spec:
        """Specialise a display, a slice or a boolean operation: it is what its parts are."""
        specs = [self.spec(part, scope) for part in parts]
        if any(spec.is_rows for spec in specs):
            return self._rows_display(node, parts, specs, scope)
        taint = tuple(d for spec in specs for d in spec.taint)
        if any(spec.bind is Bind.OPAQUE for spec in specs):
            return self._compose(node, parts, specs, scope, Bind.OPAQUE)
        if any(spec.bind is Bind.FROZEN for spec in specs):
            return frozen(node, kind=_display_kind(node), elements=tuple(specs), taint=taint)
        kind = _display_kind(node)
        elements = tuple(specs) if kind in {"list", "tuple"} else ()
        return replace(self._compose(node, parts, specs, scope, Bind.STATIC), kind=kind, elements=elements)

    def _rows_display(
        self, node: ast.expr, parts: Sequence[ast.expr], specs: Sequence[Spec], scope: Scope
    ) -> Spec:
        composed = self._compose(node, parts, specs, scope, Bind.ROWS)
        if isinstance(node, ast.BoolOp):
            return composed.refused(
                self._context.refuse(UNSUPPORTED, node, "`and`/`or` between columns")
            )
        elements = tuple(specs) if isinstance(node, ast.List | ast.Tuple) else ()
        return replace(composed, kind=_display_kind(node), elements=elements)

    def _compose(
        self,
        node: ast.expr,
        parts: Sequence[ast.expr],
        specs: Sequence[Spec],
        scope: Scope,
        bind: Bind,
    ) -> Spec:
        fit, serve = {}, {}
        refusals: list[Any] = []
        for part, spec in zip(parts, specs, strict=True):
            code = self.residual(spec, part, scope)
            fit[id(part)], serve[id(part)] = code.fit, code.serve
            refusals += code.refusals
        raw = frozenset(column for spec in specs for column in spec.raw)
        return Spec(
            bind,
            _with_parts(node, fit),
            _with_parts(node, serve),
            raw=raw,
            refusals=tuple(refusals),
        )

    def _wrapped(self, node: ast.Starred, value: ast.expr, scope: Scope) -> Spec:
        return self._display(node, [value], scope)

    def residual(self, spec: Spec, node: ast.expr, scope: Scope, hint: str = "") -> Spec:
        """Return a spec that is code at serving: a frozen value becomes an entry of the fitted state."""
        if spec.bind is Bind.FROZEN:
            return self._context.freeze(spec, node, scope, hint)
        return spec

    def _conditional(self, node: ast.IfExp, scope: Scope) -> Spec:
        specs = [self.spec(part, scope) for part in (node.test, node.body, node.orelse)]
        if not any(spec.is_rows for spec in specs):
            return self._display(node, [node.test, node.body, node.orelse], scope)
        truths = self._context.facts.truths(self._context.cell, node, scope.path)
        if specs[0].is_rows or len(truths) != 1:
            composed = self._compose(node, [node.body, node.orelse], specs[1:], scope, Bind.ROWS)
            return composed.refused(self._context.refuse(CONDITION, node))
        taken = specs[1] if truths == {True} else specs[2]
        return replace(taken, fit=node)

    def _text(self, node: ast.expr, scope: Scope) -> Spec:
        found = [scope.find(n.id) for n in ast.walk(node) if isinstance(n, ast.Name)]
        binds = {spec.bind for spec, _ in (f for f in found if f is not None)}
        if Bind.OPAQUE in binds:
            return Spec(Bind.OPAQUE, node, node, "scalar")
        if binds <= {Bind.STATIC}:
            return static(node, kind="scalar")
        return frozen(node, kind="scalar")

    def _unknown(self, node: ast.expr, scope: Scope) -> Spec:
        diagnostic = self._context.refuse(UNSUPPORTED, node, f"`{type(node).__name__}`")
        return Spec(Bind.FROZEN, node, node, taint=(diagnostic,))

    def _lambda(self, node: ast.Lambda, scope: Scope) -> Spec:
        inner = Scope(parent=scope, path=scope.path)
        for argument in _arguments(node.args):
            inner.names[argument] = Spec(Bind.OPAQUE, _load(argument), _load(argument))
        inner.loops = scope.loops
        inner.before, inner.after = scope.before, scope.after
        inner.outer_keys, inner.prefix = scope.outer_keys, scope.prefix
        inner.path = self._lambda_path(scope)
        body = self.spec(node.body, inner)
        if body.bind is Bind.FROZEN:
            body = self.residual(body, node.body, scope)
        made = [copy.deepcopy(node), copy.deepcopy(node)]
        made[0].body, made[1].body = body.fit, body.serve
        spec = Spec(
            Bind.STATIC, made[0], made[1], "callable", refusals=body.refusals, function=node
        )
        if body.is_rows:
            spec = spec.refused(
                self._context.refuse(TABLE_DEPENDENT, node.body, "the function reads the table")
            )
        return spec

    def _lambda_path(self, scope: Scope) -> tuple[str, ...]:
        called = self._calls.current
        return (*scope.path, called) if called is not None else scope.path

    def _comprehension(
        self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp, scope: Scope
    ) -> Spec:
        inner = Scope(parent=scope, path=scope.path, prefix=scope.prefix)
        inner.loops = list(scope.loops)
        inner.before, inner.after = scope.before, scope.after
        inner.outer_keys = scope.outer_keys
        iterables = [self.spec(generator.iter, scope) for generator in node.generators]
        over_rows = any(spec.is_rows for spec in iterables)
        for generator in node.generators:
            for name in _target_names(generator.target):
                inner.names[name] = static(_load(name))
        elements = (
            [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        )
        tests = [test for generator in node.generators for test in generator.ifs]
        probe = Scope(parent=inner, path=scope.path, loops=[Loop(("_",), frozenset())])
        specs = [self.spec(part, probe) for part in (*elements, *tests)]
        if over_rows or any(spec.is_rows for spec in specs):
            return self._rows_comprehension(node, over_rows, scope)
        binds = {spec.bind for spec in (*specs, *iterables)}
        taint = tuple(d for spec in (*specs, *iterables) for d in spec.taint)
        if Bind.OPAQUE in binds:
            return Spec(Bind.OPAQUE, node, node, "list")
        if Bind.FROZEN in binds:
            return frozen(node, kind="list", taint=taint)
        return static(node, kind="list")

    def _rows_comprehension(self, node: ast.expr, over_rows: bool, scope: Scope) -> Spec:
        if over_rows and isinstance(node, ast.SetComp | ast.DictComp):
            return frozen(node, kind="dict")
        return Spec(Bind.ROWS, node, node, "list").refused(self._context.refuse(ROW_LOOP, node))

    # Operations: calls, attributes, subscripts, operators

    def _operation(self, node: ast.expr, scope: Scope) -> Spec:
        slots = list(slots_of(node))
        with self._calls.entering(node):
            specs = {slot.name: self.spec(slot.get(), scope) for slot in slots}
        special = self._calls.special(node, specs, scope) if isinstance(node, ast.Call) else None
        if special is not None:
            return special
        if any(spec.is_rows for spec in specs.values()):
            return self._row_operation(node, specs, scope)
        if any(spec.bind is Bind.OPAQUE for spec in specs.values()):
            return self._rebuilt(node, specs, scope, Bind.OPAQUE)
        return self._value_operation(node, specs, scope)

    def _value_operation(self, node: ast.expr, specs: dict[str, Spec], scope: Scope) -> Spec:
        """Specialise an operation that touches no rows."""
        taint = tuple(d for spec in specs.values() for d in spec.taint)
        outside = outside_world(node) if isinstance(node, ast.Call) else None
        if outside is not None:
            taint += (self._context.refuse(OUTSIDE_WORLD, node, f"it takes {outside}"),)
        if any(spec.bind is Bind.FROZEN for spec in specs.values()):
            return frozen(node, taint=taint, kind=self._recorded_kind(node, scope))
        first = specs["0"]
        if isinstance(node, ast.Call):
            return self._static_call(node, first, specs, scope, taint)
        is_imported = first.is_imported and isinstance(node, ast.Attribute)
        return replace(
            self._rebuilt(node, specs, scope, Bind.STATIC), is_imported=is_imported, kind="object"
        )

    def _static_call(
        self, node: ast.Call, first: Spec, specs: dict[str, Spec], scope: Scope, taint: tuple[Any, ...]
    ) -> Spec:
        """Decide whether a call of static operands stays code: builtins and methods of literals do."""
        is_builtin = isinstance(node.func, ast.Name) and node.func.id in _PURE_BUILTINS
        is_method = isinstance(node.func, ast.Attribute) and not first.is_imported
        if (is_builtin or is_method) and first.function is None:
            return self._rebuilt(node, specs, scope, Bind.STATIC)
        return frozen(node, kind=self._recorded_kind(node, scope), taint=taint)

    def _recorded_kind(self, node: ast.expr, scope: Scope) -> str:
        fact = self._context.fact(node, scope)
        return fact.kind if fact is not None else "object"

    def _row_operation(self, node: ast.expr, specs: dict[str, Spec], scope: Scope) -> Spec:
        """Specialise an operation on rows by what the recording says that it did."""
        fact = self._context.fact(node, scope)
        raw = frozenset(column for spec in specs.values() for column in spec.raw)
        if fact is None:
            refusal = self._context.refuse(UNRECORDED, node)
            return Spec(Bind.ROWS, node, node, raw=raw).refused(refusal)
        match fact.relation:
            case "none":
                self._context.note(node, "aggregate", fact.text)
                return frozen(
                    node, kind=fact.kind, taint=tuple(d for s in specs.values() for d in s.taint)
                )
            case "rows":
                return self._selection(node, fact, specs, scope)
            case "kept" if fact.verdict == "row":
                return self._row_wise(node, fact, specs, scope)
            case "accessor":
                return replace(self._rebuilt(node, specs, scope, Bind.ACCESSOR), raw=raw)
            case "elements":
                return self._elements(node, fact, specs)
            case "same" if fact.operand in specs and not fact.mutated:
                return specs[fact.operand or "0"]
        return self._refused_rows(node, fact, specs, scope, raw)

    def _refused_rows(
        self,
        node: ast.expr,
        fact: Fact,
        specs: dict[str, Spec],
        scope: Scope,
        raw: frozenset[Any],
    ) -> Spec:
        reason = TABLE_DEPENDENT if fact.verdict == "table" else UNDECIDED
        if fact.verdict == "undecided" and (late := self._row_constant(fact, specs)):
            reason = late
        self._context.note(node, reason.name, fact.evidence)
        refusal = self._context.refuse(reason, node, fact.evidence)
        made = self._rebuilt(node, specs, scope, Bind.ROWS)
        return replace(made.refused(refusal), raw=raw, kind=fact.kind, columns=_columns(fact))

    def _row_constant(self, fact: Fact, specs: dict[str, Spec]) -> Any:
        """Return the reason where a frozen operand has an entry for each row of the table."""
        lengths = {fact.lengths[n] for n, s in specs.items() if s.is_rows and n in fact.lengths}
        for name, spec in specs.items():
            is_long = fact.lengths.get(name, 0) > 1 and fact.lengths.get(name) in lengths
            if spec.bind is Bind.FROZEN and is_long and fact.operands.get(name) in _ROW_KINDS:
                return ROW_CONSTANT
        return None

    def _row_wise(
        self, node: ast.expr, fact: Fact, specs: dict[str, Spec], scope: Scope
    ) -> Spec:
        made = self._rebuilt(node, specs, scope, Bind.ROWS)
        serve = made.serve
        if not fact.is_stable_dtype and fact.kind == "series" and fact.dtype is not None:
            serve = _pinned(serve, fact.dtype)
        self._context.note(node, "row-wise")
        spec = replace(made, serve=serve, kind=fact.kind, columns=_columns(fact))
        spec = replace(spec, labels=self._labels(fact, specs, spec))
        return self._with_origin(spec, fact, specs)

    def _labels(self, fact: Fact, specs: dict[str, Spec], spec: Spec) -> ast.expr | None:
        source = specs.get(fact.operand or "")
        return source.labels if source is not None else None

    def _with_origin(self, spec: Spec, fact: Fact, specs: dict[str, Spec]) -> Spec:
        """Note which raw columns a result derives from, by its column names where it has some."""
        source = specs.get(fact.operand or "")
        union = frozenset(column for s in specs.values() for column in s.raw)
        columns = _columns(fact)
        if columns is None or source is None:
            return replace(spec, raw=union)
        before = source.columns or ()
        if fact.kind == "frame" and len(before) == len(columns) and set(before) != set(columns):
            for old, new in zip(before, columns, strict=True):
                self._context.origins.setdefault(new, self._context.raw_of([old]))
        known = self._context.raw_of(columns)
        if fact.kind == "series" and source.kind == "series":
            return replace(spec, raw=union)
        return replace(spec, raw=known or union)

    def _selection(self, node: ast.expr, fact: Fact, specs: dict[str, Spec], scope: Scope) -> Spec:
        """Specialise an operation that only drops or reorders rows: at serving the rows are the request."""
        shrank = not fact.is_complete and fact.verdict == "rebuilt"
        if shrank and fact.kind in {"series", "index", "array", "extension"}:
            self._context.note(node, "aggregate", fact.text)
            return frozen(node, kind=fact.kind)
        source = specs[fact.operand or "0"]
        self._context.note(node, "row-dropping", "training only")
        if source.bind is Bind.ACCESSOR:
            return self._located(node, fact, specs, scope)
        labels = source.labels if fact.method == "label" else None
        return replace(
            source, fit=self._fit(node, specs, scope), columns=_columns(fact), kind=fact.kind, labels=labels
        )

    def _fit(self, node: ast.expr, specs: dict[str, Spec], scope: Scope) -> ast.expr:
        code: ast.expr = with_slots(node, {name: spec.fit for name, spec in specs.items()})
        return code

    def _located(self, node: ast.expr, fact: Fact, specs: dict[str, Spec], scope: Scope) -> Spec:
        """Specialise ``df.loc[rows, columns]``: the columns stay, the rows are the request's."""
        source = specs["0"]
        if not isinstance(node, ast.Subscript) or not isinstance(source.serve, ast.Attribute):
            refusal = self._context.refuse(UNDECIDED, node, "rows are selected through an accessor")
            return replace(source, bind=Bind.ROWS, fit=node).refused(refusal)
        table = source.serve.value
        if not isinstance(node.slice, ast.Tuple):
            return replace(
                source, bind=Bind.ROWS, fit=node, serve=table, kind=fact.kind, columns=_columns(fact)
            )
        made = self._rebuilt(node, specs, scope, Bind.ROWS)
        assert isinstance(made.serve, ast.Subscript)
        assert isinstance(made.serve.slice, ast.Tuple)
        made.serve.slice.elts[0] = ast.Slice()
        raw = self._context.raw_of(_columns(fact) or ()) or source.raw
        return replace(made, kind=fact.kind, columns=_columns(fact), raw=raw)

    def _elements(self, node: ast.expr, fact: Fact, specs: dict[str, Spec]) -> Spec:
        """Specialise a call that returns several tables, such as a split: each is its operand at serving."""
        elements = []
        for element in fact.elements:
            source = specs.get(element.operand or "")
            if element.relation in {"rows", "kept"} and source is not None:
                labels = ast.Constant(None) if element.method == "label" else None
                elements.append(
                    replace(source, fit=node, kind=element.kind, columns=_columns(element), labels=labels)
                )
            else:
                elements.append(frozen(node, kind=element.kind))
        self._context.note(node, "split")
        return Spec(Bind.ROWS, node, node, "tuple", elements=tuple(elements))

    def _rebuilt(
        self, node: ast.expr, specs: dict[str, Spec], scope: Scope, bind: Bind
    ) -> Spec:
        fit, serve = {}, {}
        refusals: list[Any] = []
        for slot in slots_of(node):
            code = self.residual(specs[slot.name], slot.get(), scope)
            fit[slot.name], serve[slot.name] = code.fit, code.serve
            refusals += code.refusals
        raw = frozenset(column for spec in specs.values() for column in spec.raw)
        return Spec(
            bind, with_slots(node, fit), with_slots(node, serve), raw=raw, refusals=tuple(refusals)
        )


def _load(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _columns(fact: Fact) -> tuple[Any, ...] | None:
    return tuple(fact.columns) if fact.columns is not None else None


def _pinned(code: ast.expr, dtype: str) -> ast.expr:
    """Give a column the dtype that the table had: one row alone can suggest another."""
    return ast.Call(ast.Attribute(code, "astype", ast.Load()), [ast.Constant(dtype)], [])


def _display_kind(node: ast.expr) -> str:
    kinds = {ast.List: "list", ast.Tuple: "tuple", ast.Dict: "dict", ast.Set: "object"}
    return kinds.get(type(node), "object")


def _target_names(target: ast.expr) -> list[str]:
    return [n.id for n in ast.walk(target) if isinstance(n, ast.Name)]


def _arguments(arguments: ast.arguments) -> list[str]:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every += [a for a in (arguments.vararg, arguments.kwarg) if a is not None]
    return [argument.arg for argument in every]


def _with_parts(node: ast.expr, codes: dict[int, ast.expr]) -> ast.expr:
    """Copy a display with other code for its parts."""

    class Replace(ast.NodeTransformer):
        def visit(self, part: ast.AST) -> ast.AST:
            found = codes.get(id(part))
            return found if found is not None else self.generic_visit(copy.copy(part))

        def generic_visit(self, part: ast.AST) -> ast.AST:
            for name, value in ast.iter_fields(part):
                if isinstance(value, list):
                    setattr(
                        part, name, [self.visit(v) if isinstance(v, ast.AST) else v for v in value]
                    )
                elif isinstance(value, ast.AST):
                    setattr(part, name, self.visit(value))
            return part

    made = Replace().visit(node)
    assert isinstance(made, ast.expr)
    return made
