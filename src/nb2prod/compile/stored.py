"""Specialise operations whose result depends on the whole table, but can be stored: bins, groups, categories, codes."""

from __future__ import annotations

import ast
import re
from dataclasses import replace

from nb2prod.compile.calls import Walker
from nb2prod.compile.context import Context, with_slots
from nb2prod.compile.groups import Grouping, grouping_of
from nb2prod.compile.handed import Handed
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
        self._handed = Handed(context, walker)

    def spec(self, node: ast.expr, fact: Fact, specs: dict[str, Spec], scope: Scope) -> Spec | None:
        """Return what an operation is whose table of training can be stored, or None for any other."""
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            return None
        callee = fact.callee or ""
        if callee.startswith("pandas.") and callee.endswith((".cut", ".qcut")):
            return self._bins(node, fact, specs, scope)
        if callee.startswith("pandas.") and callee.endswith(".factorize"):
            return self._codes(node, fact, specs, scope, "1" if "1" in specs else "values")
        if node.func.attr == "factorize" and specs["0"].bind is Bind.ROWS:
            return self._codes(node, fact, specs, scope, "0")
        if callee.startswith("pandas.") and callee.endswith(".Categorical"):
            return self._categorical(node, fact, specs, scope)
        if node.func.attr == "transform" and fact.is_constant_by_group:
            grouping = grouping_of(node.func.value, self._walker, scope)
            return None if grouping is None else self._groups(node, grouping, fact, specs, scope)
        if node.func.attr == "astype" and _is_category(node):
            return self._categories(node, fact, specs, scope)
        return self._handed_parts(node, fact, specs, scope)

    def with_columns(
        self, node: ast.expr, made: Spec, fact: Fact, specs: dict[str, Spec], scope: Scope
    ) -> Spec:
        """Store the columns of a table whose rows depend on themselves, such as ``str.split(expand=True)`` gives."""
        call = with_slots(node, self._fits(node, specs))
        columns = ast.Call(load("TableColumns"), [call], [])
        state = self._kept(columns, node, scope, "columns", specs[fact.operand or "0"])
        return replace(made, serve=_method(state, "of", made))

    def _bins(
        self, node: ast.Call, fact: Fact, specs: dict[str, Spec], scope: Scope
    ) -> Spec | None:
        options = {name for name in specs if name not in {"0", "1", "x"}}
        if not all(_is_known(specs[name]) for name in options) or len(node.args) > 2:
            return None
        column = specs.get("1") or specs["x"]
        call = with_slots(node, self._fits(node, specs))
        keywords = [k for k in call.keywords if k.arg != "retbins"]
        made = ast.Call(load("Bins"), [call.func, *call.args], keywords)
        state = self._kept(made, node, scope, "bins", column)
        serve = _method(state, "cut", column)
        if "retbins" not in options:
            return self._result(node, fact, call, serve, column)
        several = [k for k in node.keywords if k.arg == "retbins"]
        if not all(isinstance(k.value, ast.Constant) and k.value.value is True for k in several):
            return None
        return self._first_of(node, fact, call, serve, column, fact.elements[0].kind)

    def _codes(
        self, node: ast.Call, fact: Fact, specs: dict[str, Spec], scope: Scope, of: str
    ) -> Spec | None:
        """Store the numbers that ``factorize`` gives to the values of a column."""
        column = specs.get(of)
        options = [spec for name, spec in specs.items() if name not in {of, "0"}]
        if column is None or not column.is_rows or any(s.bind is not Bind.STATIC for s in options):
            return None
        call = with_slots(node, self._fits(node, specs))
        given = [a for a in call.args if of == "0" or a is not call.args[0]]
        keywords = [k for k in call.keywords if k.arg != "values"]
        made = ast.Call(load("Codes"), [column.fit, *given], keywords)
        state = self._kept(made, node, scope, "codes", column)
        return self._first_of(node, fact, call, _method(state, "of", column), column, "array")

    def _first_of(
        self, node: ast.Call, fact: Fact, call: ast.expr, serve: ast.expr, column: Spec, kind: str
    ) -> Spec:
        """Return a pair of which only the first is rows; serving code of the pair's second is never needed."""
        whole = self._result(node, fact, call, serve, column)
        first = ast.Constant(0)
        rows = replace(whole, fit=ast.Subscript(call, first, ast.Load()), kind=kind)
        return replace(whole, kind="tuple", elements=(rows, frozen(node, kind="index")))

    def _categorical(
        self, node: ast.Call, fact: Fact, specs: dict[str, Spec], scope: Scope
    ) -> Spec | None:
        """Store the categories that ``pandas.Categorical`` finds."""
        column = specs.get("1") or specs.get("values")
        options = {name for name in specs if name not in {"0", "1", "values"}}
        if column is None or column.bind is not Bind.ROWS or not options <= {"ordered"}:
            return None
        call = with_slots(node, self._fits(node, specs))
        made = ast.Call(load("Categories"), [ast.Attribute(call, "dtype", ast.Load())], [])
        state = self._kept(made, node, scope, "categories", column)
        return self._result(node, fact, call, _method(state, "array_of", column), column)

    def _groups(
        self, node: ast.Call, grouping: Grouping, fact: Fact, specs: dict[str, Spec], scope: Scope
    ) -> Spec:
        """Store the values of ``table.groupby(keys)[column].transform(...)`` by key."""
        values = with_slots(node, {name: spec.fit for name, spec in specs.items()})
        made = ast.Call(load("GroupTable"), [grouping.fit, values], [])
        assert isinstance(node.func, ast.Attribute)
        hint = scope.prefix + _group_name(node, grouping)
        state = self._context.states.add(node, scope.keys, self._context.cell, hint)
        scope.before.append(capture(state, made))
        self._context.note(node, "group map", f"fitted.{state.name}")
        keys = replace(grouping.key, serve=grouping.serve)
        served = _method(state, "of", keys)
        raw = self._context.raw_of(grouping.texts) or grouping.raw or grouping.key.raw
        made_spec = self._result(node, fact, values, served, keys)
        return replace(made_spec, raw=raw | specs["0"].raw if grouping.is_column else raw)

    def _handed_parts(
        self, node: ast.Call, fact: Fact, specs: dict[str, Spec], scope: Scope
    ) -> Spec | None:
        """Store the statistics in a function that pandas hands the table, its columns or its groups."""
        assert isinstance(node.func, ast.Attribute)
        method, receiver = node.func.attr, specs["0"]
        if method in {"transform", "apply"} and receiver.bind is Bind.ACCESSOR:
            grouping = grouping_of(node.func.value, self._walker, scope)
            if grouping is None:
                return None
            return self._handed.by_group(node, grouping, fact, specs, scope)
        if receiver.bind is not Bind.ROWS:
            return None
        if method in {"apply", "transform"} and receiver.kind == "frame":
            return self._handed.by_column(node, fact, specs, scope)
        if method == "pipe":
            return self._handed.whole(node, fact, specs, scope)
        if method == "assign":
            return self._handed.assigned(node, fact, specs, scope)
        return None

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
        self, value: ast.expr, node: ast.expr, scope: Scope, what: str, column: Spec
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


def _is_category(node: ast.Call) -> bool:
    given = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "dtype")]
    return len(given) == 1 and isinstance(given[0], ast.Constant) and given[0].value == "category"


def _group_name(node: ast.Call, grouping: Grouping) -> str:
    """Return a name such as ``income_median_by_city``."""
    method = "_".join(str(a.value) for a in node.args[:1] if isinstance(a, ast.Constant))
    column, _, by = grouping.name.rpartition("by_")
    words = f"{column}_{method or 'value'}_by_{by}"
    return re.sub(r"\W+|_+", "_", words).strip("_").lower()[:60]
