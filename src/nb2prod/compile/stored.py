"""Specialise operations whose result depends on the whole table, but can be stored: bins, groups, categories, codes."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import Any

from nb2prod.compile.calls import Walker
from nb2prod.compile.context import Context, with_slots
from nb2prod.compile.names import load
from nb2prod.compile.scope import Scope
from nb2prod.compile.spec import Bind, Spec, frozen
from nb2prod.compile.states import State, capture, reference, suggest
from nb2prod.notebook.recording import Fact
from nb2prod.notebook.slots import slots_of
from nb2prod.notebook.trees import copied


class Stored:
    """Specialise what is stored.

    Args:
        context: What the compilation shares.
        walker: Specialises the operands.
    """

    def __init__(self, context: Context, walker: Walker) -> None:
        self._context = context
        self._walker = walker

    def spec(self, node: ast.expr, fact: Fact, specs: dict[str, Spec], scope: Scope) -> Spec | None:
        """Return what an operation is whose table of training can be stored, or None for any other."""
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            return None
        callee = fact.callee or ""
        if callee.startswith("pandas.") and callee.endswith((".cut", ".qcut")):
            return self._bins(node, fact, specs, scope)
        if callee.startswith("pandas.") and callee.endswith(".factorize"):
            return self._codes(node, fact, specs, scope)
        if node.func.attr == "transform" and fact.is_constant_by_group:
            return self._groups(node, node.func.value, fact, specs, scope)
        if node.func.attr == "astype" and _is_category(node):
            return self._categories(node, fact, specs, scope)
        return None

    def _bins(
        self, node: ast.Call, fact: Fact, specs: dict[str, Spec], scope: Scope
    ) -> Spec | None:
        others = [spec for name, spec in specs.items() if name not in {"0", "1", "x"}]
        if "retbins" in specs or not all(_is_known(spec) for spec in others):
            return None
        column = specs.get("1") or specs["x"]
        codes = self._fits(node, specs)
        call = with_slots(node, codes)
        made = ast.Call(load("Bins"), [call.func, *call.args], call.keywords)
        state = self._kept(made, node, scope, "bins", column)
        serve = _method(state, "cut", column)
        return self._result(node, fact, call, serve, column)

    def _codes(
        self, node: ast.Call, fact: Fact, specs: dict[str, Spec], scope: Scope
    ) -> Spec | None:
        column = specs.get("1") or specs.get("values")
        if (
            column is None
            or not column.is_rows
            or not all(s.bind is Bind.STATIC for n, s in specs.items() if n not in {"1", "values"})
        ):
            return None
        call = with_slots(node, self._fits(node, specs))
        made = ast.Call(load("Codes"), [column.fit], call.keywords)
        state = self._kept(made, node, scope, "codes", column)
        serve = _method(state, "of", column)
        whole = self._result(node, fact, call, serve, column)
        codes = replace(
            whole,
            fit=ast.Subscript(call, ast.Constant(0), ast.Load()),
            serve=ast.Subscript(serve, ast.Constant(0), ast.Load()),
            kind="array",
        )
        return replace(whole, kind="tuple", elements=(codes, frozen(node, kind="index")))

    def _groups(
        self, node: ast.Call, grouped: ast.expr, fact: Fact, specs: dict[str, Spec], scope: Scope
    ) -> Spec | None:
        """Store the values of ``table.groupby(keys)[column].transform(...)`` by key."""
        call = _groupby(grouped)
        if call is None or not isinstance(call.func, ast.Attribute):
            return None
        table = self._walker.spec(call.func.value, scope)
        given = [*call.args[:1], *(k.value for k in call.keywords if k.arg == "by")]
        if not table.is_rows or len(given) != 1:
            return None
        key = self._walker.spec(given[0], scope)
        if key.bind is Bind.STATIC and table.kind == "frame":
            fit: ast.expr = ast.Subscript(table.fit, key.fit, ast.Load())
            serve: ast.expr = ast.Subscript(table.serve, key.serve, ast.Load())
        elif key.bind is Bind.ROWS and key.kind == "series":
            fit, serve = key.fit, key.serve
        else:
            return None
        values = with_slots(node, {name: spec.fit for name, spec in specs.items()})
        made = ast.Call(load("GroupTable"), [fit, values], [])
        hint = scope.prefix + _group_name(node, grouped, given[0])
        state = self._context.states.add(node, scope.keys, self._context.cell, hint)
        scope.before.append(capture(state, made))
        self._context.note(node, "group map", f"fitted.{state.name}")
        keys = replace(key if key.is_rows else table, serve=serve)
        served = _method(state, "of", keys)
        raw = self._context.raw_of(_texts(given[0])) or key.raw or table.raw
        made_spec = self._result(node, fact, values, served, keys)
        return replace(made_spec, raw=raw | specs["0"].raw if key.is_rows else raw)

    def _categories(
        self, node: ast.Call, fact: Fact, specs: dict[str, Spec], scope: Scope
    ) -> Spec | None:
        """Store the categories of ``column.astype("category")`` as a dtype."""
        column = specs["0"]
        if fact.kind != "series" or column.bind is not Bind.ROWS:
            return None
        call = with_slots(node, self._fits(node, specs))
        dtype = ast.Attribute(call, "dtype", ast.Load())
        made = ast.Call(load("Categories"), [dtype], [])
        state = self._kept(made, node, scope, "categories", column)
        return self._result(node, fact, call, _method(state, "of", column), column)

    def _fits(self, node: ast.expr, specs: dict[str, Spec]) -> dict[str, ast.expr]:
        return {slot.name: specs[slot.name].fit for slot in slots_of(node)}

    def _kept(
        self, value: ast.expr, node: ast.Call, scope: Scope, what: str, column: Spec
    ) -> State:
        words = suggest(column.fit)
        hint = scope.prefix + (f"{words}_{what}" if words != "value" else what)
        state = self._context.states.add(node, scope.keys, self._context.cell, hint)
        scope.before.append(capture(state, value))
        self._context.note(node, "categories", f"fitted.{state.name}")
        return state

    def _result(
        self, node: ast.expr, fact: Fact, fit: ast.expr, serve: ast.expr, source: Spec
    ) -> Spec:
        labels = source.labels if isinstance(source.labels, ast.Name) else None
        return Spec(
            Bind.ROWS,
            ast.copy_location(copied(fit), node),
            serve,
            kind=fact.kind,
            columns=tuple(fact.columns) if fact.columns is not None else None,
            raw=source.raw,
            is_exact=source.is_exact,
            labels=labels,
            has_own_labels=fact.method == "label" and fact.kind in {"frame", "series"},
            provisos=source.provisos,
        )


def _method(state: State, name: str, column: Spec) -> ast.expr:
    return ast.Call(ast.Attribute(reference(state), name, ast.Load()), [column.serve], [])


def _is_known(spec: Spec) -> bool:
    return spec.bind in {Bind.STATIC, Bind.FROZEN} and not spec.taint


def _groupby(node: ast.expr) -> ast.Call | None:
    """Return the call of ``groupby`` that a grouped table or column comes from."""
    inner = node
    while isinstance(inner, ast.Subscript | ast.Attribute):
        inner = inner.value
    is_groupby = (
        isinstance(inner, ast.Call)
        and isinstance(inner.func, ast.Attribute)
        and inner.func.attr == "groupby"
    )
    return inner if is_groupby and isinstance(inner, ast.Call) else None


def _is_category(node: ast.Call) -> bool:
    given = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "dtype")]
    return len(given) == 1 and isinstance(given[0], ast.Constant) and given[0].value == "category"


def _group_name(node: ast.Call, grouped: ast.expr, keys: ast.expr) -> str:
    """Return a name such as ``income_median_by_city``."""
    column = [suggest(grouped)] if isinstance(grouped, ast.Name) else _last_words(grouped)
    method = [a.value for a in node.args[:1] if isinstance(a, ast.Constant)] or ["value"]
    by = [str(text) for text in _texts(keys)] or [suggest(keys)]
    words = "_".join([*column, *map(str, method), "by", *by])
    return re.sub(r"\W+", "_", words).strip("_").lower()[:60]


def _last_words(grouped: ast.expr) -> list[str]:
    match grouped:
        case ast.Subscript(slice=key):
            return [str(text) for text in _texts(key)]
        case ast.Attribute(attr=name):
            return [name]
        case ast.Call(func=ast.Attribute(value=ast.Subscript(slice=key))):
            return [str(text) for text in _texts(key)]
        case _:
            return []


def _texts(node: ast.expr) -> list[Any]:
    return [n.value for n in ast.walk(node) if isinstance(n, ast.Constant)]
