"""Specialise a call of a function from a cell: its body is judged by its own statements."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from nb2prod.compile.arguments import (
    bind_arguments,
    clash,
    parameter_names,
    parameters_of,
    plain_call,
    state_call,
)
from nb2prod.compile.context import Context
from nb2prod.compile.domain import mark_of, placed
from nb2prod.compile.names import load
from nb2prod.compile.pieces import changed_around, touched
from nb2prod.compile.program import Step
from nb2prod.compile.refusals import UNSUPPORTED
from nb2prod.compile.residual import Residual
from nb2prod.compile.scope import Scope
from nb2prod.compile.simplifying import has_return, simplified, single_exit
from nb2prod.compile.slicing import needed
from nb2prod.compile.spec import Bind, Check, Proviso, Spec, frozen
from nb2prod.compile.states import STATE
from nb2prod.diagnostic import Diagnostic
from nb2prod.notebook.names import names_of
from nb2prod.notebook.recording import Fact
from nb2prod.notebook.trees import copied

_RENAME = "give the loop's variable another name than the function's parameter"


_GIVE = "give the function the table as an argument, and return the changed one"


class Body(Protocol):
    """The part that specialises statements."""

    def residual(self, node: ast.stmt, scope: Scope) -> Residual:
        """Specialise one statement."""

    def spec(self, node: ast.expr, scope: Scope) -> Spec:
        """Return what an expression is."""


class Functions:
    """Inline functions from cells for the analysis; emit them anew only where they freeze something.

    Args:
        context: What the compilation shares.
        body: Specialises the statements.
    """

    def __init__(self, context: Context, body: Body) -> None:
        self._context = context
        self._body = body

    def specialise(
        self,
        node: ast.Call,
        definition: ast.FunctionDef,
        specs: dict[str, Spec],
        scope: Scope,
        fact: Fact,
    ) -> Spec:
        """Return what a call of ``definition`` is."""
        bound = bind_arguments(node, definition, specs)
        if bound is None:
            why = "starred arguments of a cell's function"
        else:
            bound |= self._from_around(definition, scope)
            why = clash(definition, bound, scope.keys)
            if any(bound[n].is_rows for n in changed_around(definition) if n in bound):
                why = f"`{definition.name}` changes a table that it is not given"
        if bound is None or why:
            hint = _RENAME if "loop's" in why else _GIVE if bound is not None else None
            refusal = self._context.refuse(UNSUPPORTED, node, why, hint)
            return Spec(Bind.ROWS, node, node).refused(refusal)
        inner = self._enter(node, definition, bound, scope)
        with_cell = self._context.step, self._context.cell
        self._move_to(definition)
        definition = single_exit(definition)
        try:
            made, result, provisos = self._walk(definition, inner)
        finally:
            self._context.step, self._context.cell = with_cell
        mutates = _changes_arguments(definition)
        if mutates:
            self._context.mutators.add(definition.name)
        elif any(isinstance(p, Diagnostic) for p in provisos):
            fewer = self._fewer_rows(node, specs, fact)
            if fewer is not None:
                return fewer
        if (
            result is not None
            and not result.is_rows
            and result.bind is not Bind.OPAQUE
            and not mutates
        ):
            inside = tuple(p for p in provisos if isinstance(p, Diagnostic))
            return frozen(node, kind=result.kind, taint=result.taint, lost=result.lost or inside)
        return self._call(node, definition, bound, scope, fact, made, result, provisos)

    def _fewer_rows(self, node: ast.Call, specs: dict[str, Spec], fact: Fact) -> Spec | None:
        """Return what a call is that only drops or reorders rows, by whatever loops: at serving nothing happens."""
        source = specs.get(fact.operand or "")
        is_selection = fact.relation == "rows" and fact.is_same_content
        if source is None or not is_selection or source.columns is None or fact.columns is None:
            return None
        if list(source.columns) != list(fact.columns):
            return None
        self._context.note(node, "row-dropping", "training only")
        self._context.note_filter(node)
        has_own_labels = fact.method == "label"
        return replace(source, fit=node, labels=None, has_own_labels=has_own_labels, kept=None)

    def _from_around(self, definition: ast.FunctionDef, scope: Scope) -> dict[str, Spec]:
        """Return what a function reads of the code around it and must be handed: tables, and what it changes."""
        around = self._context.closures.get(id(definition), scope.root)
        changed = touched(definition.body)
        found = {}
        for name in sorted(self._reads_around(definition)):
            known = around.find(name)
            if known is None or known[0].function is not None or known[0].is_imported:
                continue
            spec, owner = known
            if owner.caller is not None or spec.is_rows or name in changed:
                found[name] = replace(spec, fit=load(name), serve=load(name))
            if owner.caller is None and spec.bind is not Bind.STATIC:
                self._context.local_functions.add(definition.name)
        return found

    def _reads_around(self, definition: ast.FunctionDef) -> set[str]:
        """Return the names that a function reads and is not given."""
        return set(names_of(definition).calls_need) - parameter_names(definition)

    def _move_to(self, definition: ast.FunctionDef) -> None:
        number = self._context.definition_cells.get(id(definition))
        step = self._context.step
        if number is None or step is None:
            return
        cell = self._context.cells[number]
        self._context.cell = number
        self._context.step = Step(cell, cell.source, definition)

    def _enter(
        self, node: ast.Call, definition: ast.FunctionDef, bound: dict[str, Spec], scope: Scope
    ) -> Scope:
        inner = Scope(
            parent=self._context.closures.get(id(definition), scope.root),
            path=(*scope.path, self._context.place(node)),
            prefix=f"{definition.name}_",
            outer_keys=scope.keys,
            caller=scope,
            arguments=bound,
        )
        for name, spec in bound.items():
            code = ast.Name(name, ast.Load())
            labels = ast.Attribute(code, "index", ast.Load()) if spec.has_own_labels else None
            inner.names[name] = replace(
                spec, fit=code, serve=code, labels=labels, provisos=(), elements=()
            )
        return inner

    def _walk(
        self, definition: ast.FunctionDef, inner: Scope
    ) -> tuple[list[Residual], Spec | None, tuple[Proviso, ...]]:
        made: list[Residual] = []
        provisos: tuple[Proviso, ...] = ()
        result: Spec | None = None
        body = simplified(_without_docstring(definition.body))
        for statement in body:
            if isinstance(statement, ast.Return):
                if statement is body[-1] and statement.value is not None:
                    result = self._return(statement, statement.value, inner, made)
                    provisos += result.provisos
                continue
            if has_return(statement):
                provisos += (
                    self._context.refuse(
                        UNSUPPORTED, statement, "a `return` within a condition or loop"
                    ),
                )
            residual = self._body.residual(statement, inner)
            made.append(residual)
            if residual.serve:
                provisos += residual.provisos
        return made, result, provisos

    def _return(
        self, statement: ast.Return, value: ast.expr, inner: Scope, made: list[Residual]
    ) -> Spec:
        inner.before, inner.after = [], []
        outer, self._context.statement = self._context.statement, statement
        spec = self._body.spec(value, inner)
        self._context.statement = outer
        fit = ast.copy_location(ast.Return(spec.fit), statement)
        serve: list[ast.stmt] = [ast.copy_location(ast.Return(spec.serve), statement)]
        serve = placed([p for p in spec.provisos if isinstance(p, Check)], serve, statement)
        if inner.after:
            # The value is needed after the state is filled: name it first.
            name = ast.Name("result", ast.Store())
            kept = ast.copy_location(ast.Assign([name], spec.fit), statement)
            fit = ast.copy_location(ast.Return(ast.Name("result", ast.Load())), statement)
            made.append(Residual([*inner.before, kept, *inner.after, fit], serve))
        else:
            made.append(Residual([*inner.before, fit], serve))
        inner.before, inner.after = [], []
        return replace(spec, provisos=spec.refusals)

    def _call(
        self,
        node: ast.Call,
        definition: ast.FunctionDef,
        bound: dict[str, Spec],
        scope: Scope,
        fact: Fact,
        made: Sequence[Residual],
        result: Spec | None,
        provisos: tuple[Proviso, ...],
    ) -> Spec:
        fit_body = [s for r in made for s in r.fit]
        serve_body = _without_dead_checks([s for r in made for s in r.serve], list(bound))
        kind = fact.kind
        raw = frozenset(column for spec in bound.values() for column in spec.raw)
        served = {n: s for n, s in bound.items() if s.bind is not Bind.FROZEN}
        given = parameter_names(definition)
        if (
            set(bound) <= given
            and not self._is_nested(definition, scope)
            and _is_same(definition, fit_body)
            and _is_same(definition, serve_body)
            and len(served) == len(bound)
        ):
            fit: ast.expr = plain_call(node, definition.name, bound, "fit")
            serve: ast.expr = plain_call(node, definition.name, bound, "serve")
        else:
            name = self._emit(definition, list(bound), list(served), fit_body, serve_body, scope)
            fit = state_call(name, bound, scope.keys, "fit")
            serve = state_call(name, served, scope.keys, "serve")
        spec = Spec(
            Bind.ROWS,
            fit,
            serve,
            kind=kind,
            raw=raw if result is None else result.raw,
            columns=tuple(fact.columns) if fact.columns else None,
            has_own_labels=fact.method == "label" and kind in {"frame", "series"},
            provisos=(*provisos, *(d for s in bound.values() for d in s.provisos)),
            function=definition,
        )
        if result is not None and result.elements and fact.kind in {"tuple", "list"}:
            return replace(spec, elements=_elements(result, fit, serve))
        return spec

    def _is_nested(self, definition: ast.FunctionDef, scope: Scope) -> bool:
        found = scope.find(definition.name)
        return found is not None and found[1].caller is not None

    def _emit(
        self,
        definition: ast.FunctionDef,
        parameters: list[str],
        served: list[str],
        fit_body: list[ast.stmt],
        serve_body: list[ast.stmt],
        scope: Scope,
    ) -> str:
        """Emit the function with a part of the fitted state, once for training and once for serving."""
        wanted = f"{definition.name}_fitted"
        name, number = wanted, 2
        while any(helper[0].name == name for helper in self._context.helpers):
            name, number = f"{wanted}_{number}", number + 1
        docstring = definition.body[
            : len(definition.body) - len(_without_docstring(definition.body))
        ]
        made = [
            ast.FunctionDef(
                name=name,
                args=parameters_of([*names, STATE, *(k for k in scope.keys if k not in names)]),
                body=[*(copied(s) for s in docstring), *(body or [ast.Pass()])],
                decorator_list=[],
                returns=None,
                lineno=definition.lineno,
                col_offset=0,
            )
            for names, body in ((parameters, fit_body), (served, serve_body))
        ]
        self._context.helpers.append((made[0], made[1]))
        if definition.name in self._context.mutators:
            self._context.mutators.add(name)
        return name


def _without_dead_checks(body: list[ast.stmt], parameters: list[str]) -> list[ast.stmt]:
    """Leave out what a body computes of rows that it does not return, where it would ask requests about them."""
    if not any(mark_of(node) for statement in body for node in ast.walk(statement)):
        return body
    returns = frozenset(i for i, statement in enumerate(body) if isinstance(statement, ast.Return))
    kept, _ = needed(body, parameters, forced=returns)
    return [body[i] for i in kept]


def _elements(result: Spec, fit: ast.expr, serve: ast.expr) -> tuple[Spec, ...]:
    found = []
    for position, element in enumerate(result.elements):
        index = ast.Constant(position)
        found.append(
            replace(
                element,
                fit=ast.Subscript(fit, index, ast.Load()),
                serve=ast.Subscript(serve, index, ast.Load()),
                labels=None,
            )
        )
    return tuple(found)


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0] if body else None
    has_one = (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    )
    return body[1:] if has_one else body


def _is_same(definition: ast.FunctionDef, body: Sequence[ast.stmt]) -> bool:
    original = [ast.unparse(s) for s in _without_docstring(definition.body)]
    return original == [ast.unparse(ast.fix_missing_locations(s)) for s in body]


def _changes_arguments(definition: ast.FunctionDef) -> bool:
    names = {a.arg for a in definition.args.args}
    return any(
        names_of(statement).mutates & names for statement in _without_docstring(definition.body)
    )
