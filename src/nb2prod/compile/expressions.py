"""Specialise expressions: what becomes code at serving, what is frozen, what is refused."""

from __future__ import annotations

import ast
import builtins
import copy
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from nb2prod.compile.calls import Calls
from nb2prod.compile.closures import Closures
from nb2prod.compile.context import Context
from nb2prod.compile.each_table import display, one_table
from nb2prod.compile.operations import Operations
from nb2prod.compile.predictions import Predictions, changes_of
from nb2prod.compile.refusals import (
    CONDITION,
    ROW_LOOP,
    TABLE_DEPENDENT,
    UNRECORDED,
    UNSUPPORTED,
)
from nb2prod.compile.row_loop_hints import elements_hint
from nb2prod.compile.scope import Loop, Scope
from nb2prod.compile.spec import Bind, Spec, frozen, static
from nb2prod.notebook.slots import slots_of
from nb2prod.notebook.trees import copied


class Expressions:
    """Walk expressions of the current step.

    Args:
        context: What the compilation shares.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._operations = Operations(context, self)
        self._closures = Closures(context)
        self._predictions = Predictions(context)

    @property
    def calls(self) -> Calls:
        """Return the part that handles calls of cell functions and estimators."""
        return self._operations.calls

    def spec(self, node: ast.expr, scope: Scope) -> Spec:
        """Return what an expression is."""
        return self._predictions.marked(self._spec(node, scope), node, scope)

    def _spec(self, node: ast.expr, scope: Scope) -> Spec:
        match node:
            case ast.Constant():
                return static(node, kind="scalar")
            case ast.Name():
                return self._name(node, scope)
            case ast.Lambda():
                return self._lambda(node, scope)
            case ast.IfExp():
                return self._conditional(node, scope)
            case ast.ListComp() | ast.GeneratorExp() | ast.SetComp() | ast.DictComp():
                written = self.told_apart(node, scope)
                if isinstance(node, ast.ListComp) and written is not node:
                    return self.spec(written, scope)
                return self._comprehension(node, scope)
            case ast.JoinedStr() | ast.FormattedValue():
                return self._text(node, scope)
        parts = _parts(node)
        if parts is not None:
            return self._display(node, parts, scope)
        if any(True for _ in slots_of(node)):
            return self._operations.spec(node, scope)
        return self._unknown(node)

    def iterated(self, node: ast.expr, scope: Scope) -> Spec:
        """Return what a loop runs over: of a table these are the names of its columns."""
        spec = self.spec(node, scope)
        if not spec.is_rows or spec.kind != "frame":
            return spec
        names = ast.copy_location(ast.Call(_load("list"), [spec.fit], []), node)
        return frozen(names, kind="list")

    def told_apart(self, node: ast.expr, scope: Scope) -> ast.expr:
        """Return a comprehension over a few tables as the display that it makes, anything else as it is."""
        found = one_table(node)
        if found is None or not isinstance(node, ast.ListComp | ast.GeneratorExp):
            return node
        return display(node, found[0], self.spec(found[1], scope)) or node

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
        if isinstance(spec.function, ast.FunctionDef) and not self.calls.is_called(node):
            return self._closures.spec(spec, spec.function, scope)
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
        return replace(
            self._compose(node, parts, specs, scope, Bind.STATIC), kind=kind, elements=elements
        )

    def _rows_display(
        self, node: ast.expr, parts: Sequence[ast.expr], specs: Sequence[Spec], scope: Scope
    ) -> Spec:
        composed = self._compose(node, parts, specs, scope, Bind.ROWS)
        if isinstance(node, ast.BoolOp):
            return composed.refused(
                self._context.refuse(UNSUPPORTED, node, "`and`/`or` between columns")
            )
        elements = tuple(specs) if isinstance(node, ast.List | ast.Tuple) else ()
        keys = node.keys if isinstance(node, ast.Dict) else []
        values = specs[len(specs) - len(keys) :]
        named = {
            key.value: spec
            for key, spec in zip(keys, values, strict=True)
            if isinstance(key, ast.Constant)
        }
        return replace(composed, kind=_display_kind(node), elements=elements, parts=named)

    def _compose(
        self,
        node: ast.expr,
        parts: Sequence[ast.expr],
        specs: Sequence[Spec],
        scope: Scope,
        bind: Bind,
    ) -> Spec:
        fit, serve = {}, {}
        provisos: list[Any] = []
        for part, spec in zip(parts, specs, strict=True):
            code = self.residual(spec, part, scope)
            fit[id(part)], serve[id(part)] = code.fit, code.serve
            provisos += code.provisos
        raw = frozenset(column for spec in specs for column in spec.raw)
        return Spec(
            bind,
            _with_parts(node, fit),
            _with_parts(node, serve),
            raw=raw,
            provisos=tuple(provisos),
            from_predict=any(spec.from_predict for spec in specs),
            changes=changes_of(specs),
        )

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

    def _unknown(self, node: ast.expr) -> Spec:
        diagnostic = self._context.refuse(UNSUPPORTED, node, f"`{type(node).__name__}`")
        return Spec(Bind.FROZEN, node, node, taint=(diagnostic,))

    def _lambda(self, node: ast.Lambda, scope: Scope) -> Spec:
        inner = Scope(parent=scope, path=scope.path)
        for argument in _arguments(node.args):
            inner.names[argument] = Spec(Bind.OPAQUE, _load(argument), _load(argument))
        inner.loops = scope.loops
        inner.before, inner.after = scope.before, scope.after
        inner.serve_before = scope.serve_before
        inner.outer_keys, inner.prefix = scope.outer_keys, scope.prefix
        inner.path = self._lambda_path(scope)
        body = self.spec(node.body, inner)
        if body.bind is Bind.FROZEN:
            body = self.residual(body, node.body, scope)
        defaults = [self.residual(self.spec(d, scope), d, scope) for d in node.args.defaults]
        made = [copied(node), copied(node)]
        made[0].body, made[1].body = body.fit, body.serve
        made[0].args.defaults = [default.fit for default in defaults]
        made[1].args.defaults = [default.serve for default in defaults]
        provisos = (*body.provisos, *(p for default in defaults for p in default.provisos))
        provisos += self._closures.called(node.body, inner)
        spec = Spec(Bind.STATIC, made[0], made[1], "callable", provisos=provisos, function=node)
        if body.is_rows:
            spec = spec.refused(
                self._context.refuse(TABLE_DEPENDENT, node.body, "the function reads the table")
            )
        return spec

    def _lambda_path(self, scope: Scope) -> tuple[str, ...]:
        called = self.calls.current
        return (*scope.path, called) if called is not None else scope.path

    def _comprehension(
        self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp, scope: Scope
    ) -> Spec:
        inner = Scope(parent=scope, path=scope.path, prefix=scope.prefix)
        inner.loops = list(scope.loops)
        inner.before, inner.after = scope.before, scope.after
        inner.serve_before = scope.serve_before
        inner.outer_keys = scope.outer_keys
        iterables = [self.iterated(generator.iter, scope) for generator in node.generators]
        over_rows = any(spec.is_rows for spec in iterables)
        for generator in node.generators:
            for name in _target_names(generator.target):
                inner.names[name] = static(_load(name))
        elements = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        tests = [test for generator in node.generators for test in generator.ifs]
        probe = Scope(parent=inner, path=scope.path, loops=[Loop(("_",), frozenset())])
        specs = [self.spec(part, probe) for part in (*elements, *tests)]
        if over_rows or any(spec.is_rows for spec in specs):
            mapped = self._mapped(node, iterables, scope)
            if mapped is not None:
                fact = self._context.fact(node, scope)
                return self._predictions.operated(mapped, node, {"0": iterables[0]}, fact)
            return self._rows_comprehension(node, over_rows=over_rows)
        binds = {spec.bind for spec in (*specs, *iterables)}
        taint = tuple(d for spec in (*specs, *iterables) for d in spec.taint)
        if Bind.OPAQUE in binds:
            return Spec(Bind.OPAQUE, node, node, "list")
        if Bind.FROZEN in binds:
            return frozen(node, kind="list", taint=taint)
        return static(node, kind="list")

    def _mapped(self, node: ast.expr, iterables: Sequence[Spec], scope: Scope) -> Spec | None:
        """Specialise ``[f(value) for value in column]`` where the run showed that each row depends on itself."""
        fact = self._context.fact(node, scope)
        is_column = isinstance(node, ast.ListComp) and len(iterables) == 1
        if not is_column or fact is None or fact.relation != "kept" or fact.verdict != "row":
            return None
        assert isinstance(node, ast.ListComp)
        generator = node.generators[0]
        inner = Scope(parent=scope, path=scope.path, prefix=scope.prefix)
        inner.before, inner.after, inner.serve_before = (
            scope.before,
            scope.after,
            scope.serve_before,
        )
        inner.loops, inner.outer_keys = scope.loops, scope.outer_keys
        for name in _target_names(generator.target):
            inner.names[name] = Spec(Bind.OPAQUE, _load(name), _load(name))
        parts = [node.elt, *generator.ifs]
        specs = [self.spec(part, inner) for part in parts]
        made = self._compose(
            node, [generator.iter, *parts], [iterables[0], *specs], inner, Bind.ROWS
        )
        self._context.note(node, "row-wise")
        called = tuple(p for part in parts for p in self._closures.called(part, inner))
        provisos = (*made.provisos, *called)
        return replace(made, kind="list", raw=iterables[0].raw, provisos=provisos)

    def _rows_comprehension(self, node: ast.expr, *, over_rows: bool) -> Spec:
        if over_rows and isinstance(node, ast.SetComp | ast.DictComp):
            return frozen(node, kind="dict")
        refusal = self._context.refuse(ROW_LOOP, node, hint=elements_hint(node))
        return Spec(Bind.ROWS, node, node, "list").refused(refusal)


def _load(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


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


def _parts(node: ast.expr) -> list[ast.expr] | None:
    """Return the parts of a display, a slice or a boolean operation, or None for anything else."""
    match node:
        case ast.List() | ast.Tuple() | ast.Set():
            return list(node.elts)
        case ast.Dict():
            return [key for key in node.keys if key is not None] + list(node.values)
        case ast.Starred():
            return [node.value]
        case ast.BoolOp():
            return list(node.values)
        case ast.Slice():
            return [part for part in (node.lower, node.upper, node.step) if part is not None]
        case _:
            return None
