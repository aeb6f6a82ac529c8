"""Specialise operations: calls, attributes, subscripts and operators, by what the recording says that they did."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Any

from nb2prod.compile.calls import Calls, Walker
from nb2prod.compile.closures import stored_operands
from nb2prod.compile.context import Context, with_slots
from nb2prod.compile.domain import Domain
from nb2prod.compile.outside import A_DRAW, outside_world
from nb2prod.compile.pieces import pinned, unpiped
from nb2prod.compile.predictions import Predictions
from nb2prod.compile.refusals import (
    LAMBDA_KEPT,
    OUTSIDE_WORLD,
    ROW_CONSTANT,
    TABLE_DEPENDENT,
    UNDECIDED,
    UNRECORDED,
)
from nb2prod.compile.scope import Scope
from nb2prod.compile.spec import Bind, Spec, frozen
from nb2prod.compile.stored import Stored
from nb2prod.notebook.recording import Fact
from nb2prod.notebook.slots import slots_of

_PURE_BUILTINS = frozenset(
    {
        "len", "list", "dict", "tuple", "set", "frozenset", "sorted", "range", "zip", "enumerate", "int", "float",
        "str", "bool", "abs", "min", "max", "sum", "round", "slice", "map", "filter", "reversed", "isinstance",
        "getattr", "hasattr", "type", "any", "all", "repr",
    }
)  # fmt: skip
_NOT_DRAWN = "fill in a statistic such as the median, or draw from a generator in training only"

_ROW_KINDS = frozenset({"dict", "series", "array", "list", "extension", "frame", "index", "sparse"})


class Operations:
    """Specialise operations.

    Args:
        context: What the compilation shares.
        walker: Specialises the operands.
    """

    def __init__(self, context: Context, walker: Walker) -> None:
        self._context = context
        self._walker = walker
        self.calls = Calls(context, walker)
        self._domain = Domain(context)
        self._stored = Stored(context, walker)
        self._predictions = Predictions(context)

    def spec(self, node: ast.expr, scope: Scope) -> Spec:
        """Return what an operation is."""
        node = unpiped(node, scope)
        slots = list(slots_of(node))
        with self.calls.entering(node):
            specs = {slot.name: self._walker.spec(slot.get(), scope) for slot in slots}
        element = _element(node, specs)
        if element is not None:
            return element
        self._predictions.meet(node, specs, scope)
        made = self._made(node, specs, scope)
        return self._predictions.operated(made, node, specs, self._context.fact(node, scope))

    def _made(self, node: ast.expr, specs: dict[str, Spec], scope: Scope) -> Spec:
        special = self.calls.special(node, specs, scope) if isinstance(node, ast.Call) else None
        if special is not None:
            return special
        if any(spec.is_rows for spec in specs.values()):
            if any(spec.bind is Bind.OPAQUE for spec in specs.values()):
                return self._looked_up(node, specs, scope)
            return self._row_operation(node, specs, scope)
        if any(spec.bind is Bind.OPAQUE for spec in specs.values()):
            return self._rebuilt(node, specs, scope, Bind.OPAQUE)
        return self._value_operation(node, specs, scope)

    def _looked_up(self, node: ast.expr, specs: dict[str, Spec], scope: Scope) -> Spec:
        """Refuse a look-up in the table by a value of the row that a library hands to a function."""
        why = "the table is looked up by a value of the row"
        refusal = self._context.refuse(TABLE_DEPENDENT, node, why)
        return self._rebuilt(node, specs, scope, Bind.OPAQUE).refused(refusal)

    def _value_operation(self, node: ast.expr, specs: dict[str, Spec], scope: Scope) -> Spec:
        """Specialise an operation that touches no rows."""
        specs = stored_operands(node, specs)
        taint = tuple(d for spec in specs.values() for d in spec.taint)
        outside = outside_world(node) if isinstance(node, ast.Call) else None
        if outside is not None and not self._context.is_reference:
            taint += (self._context.refuse(OUTSIDE_WORLD, node, f"it takes {outside}"),)
        kind = self._recorded_kind(node, scope)
        if kind in {"estimator", "object", "callable"} and any(
            isinstance(s.function, ast.Lambda) for s in specs.values()
        ):
            taint += (self._context.refuse(LAMBDA_KEPT, node),)
        if any(spec.bind is Bind.FROZEN for spec in specs.values()):
            lost = tuple(d for spec in specs.values() for d in spec.lost)
            return frozen(node, taint=taint, kind=kind, lost=lost[:1])
        first = specs["0"]
        if isinstance(node, ast.Call):
            return self._static_call(node, first, specs, scope, taint)
        is_imported = first.is_imported and isinstance(node, ast.Attribute)
        return replace(
            self._rebuilt(node, specs, scope, Bind.STATIC), is_imported=is_imported, kind="object"
        )

    def _static_call(
        self,
        node: ast.Call,
        first: Spec,
        specs: dict[str, Spec],
        scope: Scope,
        taint: tuple[Any, ...],
    ) -> Spec:
        """Decide whether a call of static operands stays code: builtins and methods of literals do."""
        is_builtin = isinstance(node.func, ast.Name) and node.func.id in _PURE_BUILTINS
        is_method = isinstance(node.func, ast.Attribute) and not first.is_imported
        is_empty_table = ast.unparse(node) in {"pd.DataFrame()", "pandas.DataFrame()"}
        if is_empty_table:
            return replace(self._rebuilt(node, specs, scope, Bind.STATIC), kind="frame")
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
                return self._aggregate(node, fact, specs)
            case "rows":
                return self._selection(node, fact, specs, scope)
            case "kept" if fact.verdict == "row" or _is_labels(node, fact):
                return self._row_wise(node, fact, specs, scope)
            case "kept" if fact.verdict == "columns":
                made = self._row_wise(node, fact, specs, scope)
                return self._stored.with_columns(node, made, fact, specs, scope)
            case "accessor":
                return replace(self._rebuilt(node, specs, scope, Bind.ACCESSOR), raw=raw)
            case "elements":
                stored = self._stored.spec(node, fact, specs, scope)
                return stored or self._elements(node, fact, specs)
            case "same" if fact.operand in specs and not fact.mutated:
                return specs[fact.operand or "0"]
        return self._refused_rows(node, fact, specs, scope, raw)

    def _aggregate(self, node: ast.expr, fact: Fact, specs: dict[str, Spec]) -> Spec:
        """Specialise an operation that leaves no rows: a statistic, unless a model is asked about it later."""
        self._context.note(node, "aggregate", fact.text)
        taint = tuple(d for spec in specs.values() for d in spec.taint)
        lost = (
            self._context.refuse(TABLE_DEPENDENT, node, "the rows cannot be told apart after it"),
        )
        is_data = fact.kind in {"frame", "array", "sparse", "list"}
        return frozen(node, kind=fact.kind, taint=taint, lost=lost if is_data else ())

    def _refused_rows(
        self,
        node: ast.expr,
        fact: Fact,
        specs: dict[str, Spec],
        scope: Scope,
        raw: frozenset[Any],
    ) -> Spec:
        if fact.verdict == "table" and isinstance(node, ast.Call):
            stored = self._stored.spec(node, fact, specs, scope)
            if stored is not None:
                return stored
        reason = TABLE_DEPENDENT if fact.verdict == "table" else UNDECIDED
        if fact.verdict == "undecided" and (late := self._row_constant(node, fact, specs)):
            reason = late
        self._context.note(node, reason.name, fact.evidence)
        refusal = self._context.refuse(reason, node, fact.evidence)
        if fact.draws:
            refusal = self._context.refuse(OUTSIDE_WORLD, node, f"it takes {A_DRAW}", _NOT_DRAWN)
        made = self._rebuilt(node, specs, scope, Bind.ROWS)
        return replace(made.refused(refusal), raw=raw, kind=fact.kind, columns=_columns(fact))

    def _row_constant(self, node: ast.expr, fact: Fact, specs: dict[str, Spec]) -> Any:
        """Return the reason where a frozen operand has about one entry for each row of the table."""
        if isinstance(node, ast.Subscript | ast.Attribute):
            return None
        rows = max((fact.lengths.get(n, 0) for n, s in specs.items() if s.is_rows), default=0)
        rows = rows or self._context.recording.raw_rows
        for name, spec in specs.items():
            entries = fact.lengths.get(name, 0)
            is_data = fact.operands.get(name) in _ROW_KINDS
            if spec.bind is Bind.FROZEN and is_data and entries >= max(10, rows / 2):
                return ROW_CONSTANT
        return None

    def _row_wise(self, node: ast.expr, fact: Fact, specs: dict[str, Spec], scope: Scope) -> Spec:
        reason = self._row_constant(node, fact, specs) or _misused_labels(node, specs)
        if reason is not None:
            refusal = self._context.refuse(reason, node)
            return self._rebuilt(node, specs, scope, Bind.ROWS).refused(refusal)
        made = self._rebuilt(node, specs, scope, Bind.ROWS)
        serve = made.serve
        kept = specs["0"].kept if _is_labels(node, fact) else None
        if kept is not None:
            # Labels name rows: of some rows they must name those alone.
            serve = with_slots(node, {"0": kept})
        if not fact.is_stable_dtype and fact.kind == "series" and fact.dtype is not None:
            serve = pinned(serve, fact.dtype)
        self._context.note(node, "row-wise")
        spec = replace(
            made,
            serve=serve,
            kind=fact.kind,
            columns=_columns(fact),
            is_condition=fact.dtype in {"bool", "boolean"},
            has_exact_labels=kept is not None,
            provisos=made.refusals if kept is not None else made.provisos,
        )
        spec = replace(spec, **_labels(fact, specs))
        if kept is not None:
            return replace(spec, raw=specs["0"].asked)
        return self._with_origin(spec, fact, specs)

    def _with_origin(self, spec: Spec, fact: Fact, specs: dict[str, Spec]) -> Spec:
        """Note which raw columns a result derives from, by its column names where it has some."""
        source = specs.get(fact.operand or "")
        union = frozenset(column for s in specs.values() for column in s.raw)
        columns = _columns(fact)
        are_exact = all(s.is_exact for s in specs.values() if s.is_rows)
        if columns is None or source is None:
            is_exact = are_exact and (source is None or source.kind != "frame")
            return replace(spec, raw=union, is_exact=is_exact)
        before = fact.columns_before
        if fact.kind == "frame" and before is not None and len(before) == len(columns):
            renamed = {
                new: self._context.raw_of([old]) for old, new in zip(before, columns, strict=True)
            }
            self._context.origins.update(renamed)
        known = self._context.raw_of(columns)
        if fact.kind == "series" and source.kind == "series":
            return replace(spec, raw=union, is_exact=are_exact)
        if not known and self._context.constants.issuperset(columns):
            return replace(spec, raw=frozenset(), is_exact=True)
        is_exact = bool(known) and self._context.inexact.isdisjoint(columns)
        return replace(spec, raw=known or union, is_exact=is_exact)

    def _selection(self, node: ast.expr, fact: Fact, specs: dict[str, Spec], scope: Scope) -> Spec:
        """Specialise an operation that only drops or reorders rows: at serving the rows are the request."""
        shrank = not fact.is_complete and fact.verdict == "rebuilt"
        is_sliced = _is_sliced(node) and fact.method != "content"
        is_filter = is_sliced or fact.callee == "numpy.delete" or self._domain.is_mask(node, specs)
        if shrank and not is_filter and fact.kind in {"series", "index", "array", "extension"}:
            return self._aggregate(node, fact, specs)
        source = specs[fact.operand or "0"]
        check = self._domain.check(node, fact, specs)
        asked = "training only; a request is asked" if check is not None else "training only"
        self._context.note(node, "row-dropping", asked)
        if check is None and not fact.is_complete:
            self._context.note_filter(node)
        if source.elements and all(element.is_rows for element in source.elements):
            # Tables put one below the other: at serving each of them is the request, and what one leaves out another
            # may hold.
            source = replace(source.elements[0], provisos=source.elements[0].refusals)
        provisos = source.provisos if check is None else (*source.provisos, check)
        if source.bind is Bind.ACCESSOR:
            made = self._located(node, fact, specs, scope)
            return replace(made, provisos=(*made.provisos, *provisos[len(source.provisos) :]))
        return replace(
            source,
            fit=_fit_code(node, specs),
            columns=_columns(fact),
            kind=fact.kind,
            labels=None,
            has_own_labels=_has_own_labels(fact),
            provisos=provisos,
            kept=self._domain.kept(node, fact, specs),
            asked=check.raw if check is not None else frozenset(),
        )

    def _located(self, node: ast.expr, fact: Fact, specs: dict[str, Spec], scope: Scope) -> Spec:
        """Specialise ``df.loc[rows, columns]``: the columns stay, the rows are the request's."""
        source = specs["0"]
        if not isinstance(node, ast.Subscript) or not isinstance(source.serve, ast.Attribute):
            refusal = self._context.refuse(UNDECIDED, node, "rows are selected through an accessor")
            return replace(source, bind=Bind.ROWS, fit=node).refused(refusal)
        table = source.serve.value
        if not isinstance(node.slice, ast.Tuple):
            return replace(
                source,
                bind=Bind.ROWS,
                fit=node,
                serve=table,
                kind=fact.kind,
                columns=_columns(fact),
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
                elements.append(
                    replace(
                        source,
                        fit=node,
                        kind=element.kind,
                        columns=_columns(element),
                        labels=None,
                        has_own_labels=_has_own_labels(element),
                    )
                )
            elif element.relation == "unknown":
                refusal = self._context.refuse(TABLE_DEPENDENT, node)
                elements.append(Spec(Bind.ROWS, node, node, element.kind).refused(refusal))
            else:
                lost = next((spec.lost for spec in specs.values() if spec.lost), ())
                elements.append(frozen(node, kind=element.kind, lost=lost))
        self._context.note(node, "split")
        return Spec(Bind.ROWS, node, node, "tuple", elements=tuple(elements))

    def _rebuilt(self, node: ast.expr, specs: dict[str, Spec], scope: Scope, bind: Bind) -> Spec:
        fit, serve = {}, {}
        provisos: list[Any] = []
        for slot in slots_of(node):
            code = self._walker.residual(specs[slot.name], slot.get(), scope)
            fit[slot.name], serve[slot.name] = code.fit, code.serve
            provisos += code.provisos
        raw = frozenset(column for spec in specs.values() for column in spec.raw)
        return Spec(
            bind, with_slots(node, fit), with_slots(node, serve), raw=raw, provisos=tuple(provisos)
        )


def _element(node: ast.expr, specs: dict[str, Spec]) -> Spec | None:
    """Return the element that ``several(...)[0]`` takes of a call which returns several values."""
    match node:
        case ast.Subscript(slice=ast.Constant(value=int() as position)):
            several = specs["0"]
            if 0 <= position < len(several.elements) and several.is_rows:
                element = several.elements[position]
                return replace(element, provisos=(*several.provisos, *element.provisos))
    return None


def _columns(fact: Fact) -> tuple[Any, ...] | None:
    return tuple(fact.columns) if fact.columns is not None else None


def _fit_code(node: ast.expr, specs: dict[str, Spec]) -> ast.expr:
    code: ast.expr = with_slots(node, {name: spec.fit for name, spec in specs.items()})
    return code


def _has_own_labels(fact: Fact) -> bool:
    """Tell whether the index of a result holds the raw table's labels."""
    return fact.method == "label" and fact.kind in {"frame", "series"}


def _labels(fact: Fact, specs: dict[str, Spec]) -> dict[str, Any]:
    """Return where the labels of a result's rows are: in its own index, or where its operand's are kept."""
    source = specs.get(fact.operand or "")
    kept = source.labels if source is not None and isinstance(source.labels, ast.Name) else None
    return {"labels": kept, "has_own_labels": _has_own_labels(fact)}


def _is_sliced(node: ast.expr) -> bool:
    """Tell whether rows are taken by their positions: ``array[start:stop]``."""
    match node:
        case (
            ast.Subscript(slice=ast.Slice())
            | ast.Subscript(slice=ast.Tuple(elts=[ast.Slice(), *_]))
        ):
            return True
    return False


def _misused_labels(node: ast.expr, specs: dict[str, Spec]) -> Any:
    """Return the reason where row labels are taken as values: a request has no labels of its own."""
    for name, spec in specs.items():
        if spec.is_rows and spec.kind == "index" and name != "index":
            is_selection = isinstance(node, ast.Subscript) and name != "0"
            if not is_selection:
                return TABLE_DEPENDENT
    return None


def _is_labels(node: ast.expr, fact: Fact) -> bool:
    """Tell whether the row labels of a table are read: they go with the rows, but are no values."""
    return fact.kind == "index" and isinstance(node, ast.Attribute) and node.attr == "index"
