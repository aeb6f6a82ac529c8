"""Specialise functions that pandas hands a table, its columns or its groups, where they hold statistics.

``df.groupby("city")["age"].transform(lambda v: v.fillna(v.median()))`` is a statistic for each group and a step of each
row. The recorder follows what the function is handed, so its parts are judged as any other code: what is a statistic is
stored, by group or by column; the rest is the row's own.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace

from nb2prod.compile.calls import FIT_AND_APPLY, Walker
from nb2prod.compile.context import Context
from nb2prod.compile.groups import Grouping
from nb2prod.compile.names import load
from nb2prod.compile.program import Step
from nb2prod.compile.refusals import UNSUPPORTED
from nb2prod.compile.scope import Loop, Scope
from nb2prod.compile.simplifying import single_exit
from nb2prod.compile.spec import Bind, Spec
from nb2prod.compile.states import capture, reference, suggest
from nb2prod.notebook.recording import Fact
from nb2prod.notebook.trees import copied

_COLUMN = "each_column"
"""Name of the loop's variable where training stores what a function computes of each column."""


_COLUMN_VALUE = "column"
"""Name of the parameter where an encoder's own method is handed each column."""


class Handed:
    """Specialise what functions do with what they are handed.

    Args:
        context: What the compilation shares.
        walker: Specialises the function's parts.
    """

    def __init__(self, context: Context, walker: Walker) -> None:
        self._context = context
        self._walker = walker

    # Groups

    def by_group(
        self, node: ast.Call, grouping: Grouping, fact: Fact, specs: dict[str, Spec], scope: Scope
    ) -> Spec | None:
        """Specialise ``grouped[column].transform(function)``: statistics are stored by key."""
        function = _function_of(node, specs)
        if function is None or grouping.column is None or len(node.args) != 1 or node.keywords:
            return None
        parameter, body, definition = function
        state_code: list[ast.expr] = []

        def freeze(spec: Spec, part: ast.expr) -> Spec | None:
            if not _reads(part, parameter):
                return None
            hint = f"{scope.prefix}{grouping.name}_{_short(part, parameter)}"
            state = self._context.states.add(part, scope.keys, self._context.cell, hint)
            each = ast.Lambda(_parameters(parameter), copied(part))
            values = ast.Call(ast.Attribute(specs["0"].fit, "transform", ast.Load()), [each], [])
            made = ast.Call(load("GroupTable"), [grouping.fit, values], [])
            scope.before.append(capture(state, made))
            self._context.note(part, "group map", f"fitted.{state.name}")
            code = ast.Call(ast.Attribute(reference(state), "of", ast.Load()), [grouping.serve], [])
            state_code.append(code)
            return Spec(Bind.STATIC, code, code, spec.kind, provisos=spec.taint)

        known = len(scope.before) + len(scope.after)
        made = self._body(node, parameter, body, definition, grouping.column, scope, freeze)
        kept = [*scope.before, *scope.after][known:]
        chooses = any(isinstance(n, ast.IfExp) for n in ast.walk(made.serve))
        if not made.is_rows or made.kind not in {"series", "frame"} or not state_code:
            return None
        if chooses or _fitting(made) or any(_reads(statement, parameter) for statement in kept):
            return None
        serve = _Substitute(parameter, grouping.column.serve).visit(copied(made.serve))
        # A row without a group gets nothing, as in pandas.
        only = ast.Call(ast.Attribute(serve, "where", ast.Load()), [grouping.has_key], [])
        return self._result(node, fact, only, specs, made, grouping.column)

    # Columns

    def by_column(
        self, node: ast.Call, fact: Fact, specs: dict[str, Spec], scope: Scope
    ) -> Spec | None:
        """Specialise ``table.apply(function)``: statistics are stored by column."""
        function = _function_of(node, specs)
        if function is None or len(node.args) != 1 or node.keywords:
            return None
        parameter, body, definition = function
        table = specs["0"]
        inner = self._inner(node, parameter, replace(table, kind="series", columns=None), scope)
        if parameter == _COLUMN_VALUE:
            # The encoder itself stands outside of any function.
            inner.path = scope.path
        inner.loops = [*scope.loops, Loop((_COLUMN,), frozenset())]
        inner.before, inner.after = [], []
        made = self._walked(inner, body, definition)
        has_choice = any(isinstance(n, ast.IfExp) for n in ast.walk(made.serve))
        code = [*inner.before, *_fitting(made), *inner.after]
        if not made.refusals and (not made.is_rows or not code or has_choice):
            return None
        one = _Substitute(parameter, ast.Subscript(table.fit, load(_COLUMN), ast.Load()))
        filled = [one.visit(copied(statement)) for statement in code]
        loop = ast.For(ast.Name(_COLUMN, ast.Store()), table.fit, filled, [])
        scope.before.append(ast.copy_location(loop, node))
        name = ast.Attribute(load(parameter), "name", ast.Load())
        each = ast.Lambda(
            _parameters(parameter), _Substitute(_COLUMN, name).visit(copied(made.serve))
        )
        assert isinstance(node.func, ast.Attribute)
        served = ast.Attribute(table.serve, node.func.attr, ast.Load())
        return self._result(node, fact, ast.Call(served, [each], []), specs, made, table)

    # Tables

    def whole(
        self, node: ast.Call, fact: Fact, specs: dict[str, Spec], scope: Scope
    ) -> Spec | None:
        """Specialise ``table.pipe(lambda d: ...)``: statistics are those of the table."""
        function = _function_of(node, specs)
        if function is None or len(node.args) != 1 or node.keywords:
            return None
        parameter, body, definition = function
        made = self._of_table(node, parameter, body, definition, specs["0"], scope)
        if not made.is_rows:
            return None
        each = ast.Lambda(_parameters(parameter), made.serve)
        served = ast.Attribute(specs["0"].serve, "pipe", ast.Load())
        return self._result(node, fact, ast.Call(served, [each], []), specs, made, specs["0"])

    def assigned(
        self, node: ast.Call, fact: Fact, specs: dict[str, Spec], scope: Scope
    ) -> Spec | None:
        """Specialise ``table.assign(name=lambda d: ...)``: each function sees the columns that came before."""
        if node.args or any(keyword.arg is None for keyword in node.keywords):
            return None
        table = specs["0"]
        keywords: list[ast.keyword] = []
        made_all: list[Spec] = []
        for position, keyword in enumerate(node.keywords):
            assert keyword.arg is not None
            fit = table.fit
            if position:
                method = ast.Attribute(table.fit, "assign", ast.Load())
                fit = ast.Call(method, [], [copied(k) for k in node.keywords[:position]])
            value = keyword.value
            if isinstance(value, ast.Lambda) and len(value.args.args) == 1:
                parameter = value.args.args[0].arg
                so_far = replace(table, fit=fit)
                made = self._of_table(node, parameter, value.body, None, so_far, scope)
                code: ast.expr = ast.Lambda(_parameters(parameter), made.serve)
            else:
                made = self._walker.residual(specs[keyword.arg], value, scope)
                code = made.serve
            made_all.append(made)
            keywords.append(ast.keyword(keyword.arg, code))
            self._context.origins[keyword.arg] = made.raw
        served = ast.Call(ast.Attribute(table.serve, "assign", ast.Load()), [], keywords)
        provisos = tuple(p for made in made_all for p in made.provisos)
        whole = replace(table, provisos=provisos)
        return self._result(node, fact, served, specs, whole, table)

    def _of_table(
        self,
        node: ast.Call,
        parameter: str,
        body: ast.expr,
        definition: ast.FunctionDef | None,
        table: Spec,
        scope: Scope,
    ) -> Spec:
        def freeze(spec: Spec, part: ast.expr) -> Spec | None:
            if not _reads(part, parameter):
                return None
            hint = scope.prefix + _short(part, parameter)
            state = self._context.states.add(part, scope.keys, self._context.cell, hint)
            scope.before.append(capture(state, copied(part)))
            self._context.note(part, "frozen", f"fitted.{state.name}")
            code = reference(state)
            return Spec(Bind.STATIC, code, code, spec.kind, provisos=spec.taint)

        known, later = len(scope.before), len(scope.after)
        made = self._body(node, parameter, body, definition, table, scope, freeze)
        there = _Substitute(parameter, table.fit)
        scope.before[known:] = [
            there.visit(copied(statement)) for statement in scope.before[known:]
        ]
        if _fitting(made) or len(scope.after) > later:
            return made.refused(self._context.refuse(UNSUPPORTED, body, "it fits an encoder"))
        return made

    # All of them

    def _body(
        self,
        node: ast.Call,
        parameter: str,
        body: ast.expr,
        definition: ast.FunctionDef | None,
        handed: Spec,
        scope: Scope,
        freeze: Callable[[Spec, ast.expr], Spec | None],
    ) -> Spec:
        """Specialise a function's value, with its parameter bound to what it is handed."""
        inner = self._inner(node, parameter, handed, scope)
        inner.freezer = freeze
        return self._walked(inner, body, definition)

    def _inner(self, node: ast.Call, parameter: str, handed: Spec, scope: Scope) -> Scope:
        """Return the scope of a function's value."""
        inner = Scope(parent=scope, path=(*scope.path, self._context.place(node)))
        inner.loops, inner.outer_keys, inner.prefix = scope.loops, scope.outer_keys, scope.prefix
        inner.before, inner.after = scope.before, scope.after
        inner.serve_before = scope.serve_before
        name = load(parameter)
        inner.names[parameter] = replace(handed, fit=name, serve=name, labels=None, provisos=())
        return inner

    def _walked(self, inner: Scope, body: ast.expr, definition: ast.FunctionDef | None) -> Spec:
        """Specialise a function's value where the function is defined."""
        where = self._context.step, self._context.cell
        number = self._context.definition_cells.get(id(definition))
        if number is not None and definition is not None:
            cell = self._context.cells[number]
            self._context.cell, self._context.step = number, Step(cell, cell.source, definition)
        try:
            return self._walker.spec(body, inner)
        finally:
            self._context.step, self._context.cell = where

    def _result(
        self,
        node: ast.Call,
        fact: Fact,
        serve: ast.expr,
        specs: dict[str, Spec],
        made: Spec,
        source: Spec,
    ) -> Spec:
        fit = copied(node)
        assert isinstance(fit.func, ast.Attribute)
        fit.func.value = specs["0"].fit
        labels = source.labels if isinstance(source.labels, ast.Name) else None
        columns = tuple(fact.columns) if fact.columns is not None else None
        known = self._context.raw_of(columns or ())
        return Spec(
            Bind.ROWS,
            fit,
            serve,
            kind=fact.kind,
            columns=columns,
            raw=known or made.raw | source.raw,
            is_exact=bool(known),
            labels=labels,
            has_own_labels=fact.method == "label" and fact.kind in {"frame", "series"},
            provisos=(*source.provisos, *made.provisos),
        )


_Function = tuple[str, ast.expr, ast.FunctionDef | None]


def _function_of(node: ast.Call, specs: dict[str, Spec]) -> _Function | None:
    """Return the parameter and the value of a function that is one expression, and where it is defined."""
    spec = specs.get("1")
    function = spec.function if spec is not None else None
    if node.args and isinstance(node.args[0], ast.Attribute) and node.args[0].attr in FIT_AND_APPLY:
        called = ast.Call(node.args[0], [load(_COLUMN_VALUE)], [])
        return _COLUMN_VALUE, ast.copy_location(called, node.args[0]), None
    if isinstance(function, ast.Lambda) and node.args and node.args[0] is function:
        return (function.args.args[0].arg, function.body, None) if _has_one(function) else None
    if isinstance(function, ast.FunctionDef) and _has_one(function):
        value = _flattened(function)
        return None if value is None else (function.args.args[0].arg, value, function)
    return None


def _fitting(made: Spec) -> list[ast.stmt]:
    """Return the statement that fits what a function fits: its own call stays as it was written."""
    fits = any(isinstance(n, ast.Attribute) and n.attr in FIT_AND_APPLY for n in ast.walk(made.fit))
    return [ast.copy_location(ast.Expr(copied(made.fit)), made.fit)] if fits else []


def _has_one(function: ast.Lambda | ast.FunctionDef) -> bool:
    arguments = function.args
    others = (*arguments.posonlyargs, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg)
    return len(arguments.args) == 1 and not any(others) and not arguments.defaults


def _flattened(function: ast.FunctionDef) -> ast.expr | None:
    """Return a function's value with its local names replaced, where it is nothing but assignments and a value."""
    body = [s for s in single_exit(function).body if not _is_text(s)]
    known: dict[str, ast.expr] = {}
    for statement in body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                known[name] = _substituted(value, known)
            case ast.Return(value=ast.expr() as value) if statement is body[-1]:
                return _substituted(value, known)
            case _:
                return None
    return None


def _substituted(value: ast.expr, known: dict[str, ast.expr]) -> ast.expr:
    made = copied(value)
    for name, code in known.items():
        made = _Substitute(name, code).visit(made)
    return made


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _parameters(name: str) -> ast.arguments:
    return ast.arguments([], [ast.arg(name)], None, [], [], None, [])


def _reads(node: ast.AST, name: str) -> bool:
    """Tell whether code reads a name that no lambda in it binds."""
    if isinstance(node, ast.Name):
        return node.id == name
    if isinstance(node, ast.Lambda) and _binds(node, name):
        return False
    return any(_reads(child, name) for child in ast.iter_child_nodes(node))


def _binds(function: ast.Lambda, name: str) -> bool:
    return any(a.arg == name for a in ast.walk(function.args) if isinstance(a, ast.arg))


class _Substitute(ast.NodeTransformer):
    """Put code in the place of a name that is read."""

    def __init__(self, name: str, code: ast.expr) -> None:
        self._name = name
        self._code = code

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        """Leave a lambda alone whose parameter has the name."""
        return node if _binds(node, self._name) else self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Replace the name."""
        if node.id != self._name or not isinstance(node.ctx, ast.Load):
            return node
        return copied(self._code)


def _short(part: ast.expr, parameter: str) -> str:
    """Suggest a name for a statistic that leaves out the function's parameter."""
    return suggest(part).removeprefix(f"{parameter}_")
