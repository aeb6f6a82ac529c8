"""Specialise statements that store into a table or delete a part of it."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from nb2prod.compile.context import Context, with_slots
from nb2prod.compile.expressions import Expressions
from nb2prod.compile.names import load, root_name
from nb2prod.compile.predictions import Predictions
from nb2prod.compile.refusals import (
    ROW_CONSTANT,
    TABLE_DEPENDENT,
    UNDECIDED,
    UNRECORDED,
    Reason,
)
from nb2prod.compile.residual import Residual
from nb2prod.compile.scope import Scope
from nb2prod.compile.spec import Bind, Proviso, Spec, frozen
from nb2prod.compile.unfollowed import UNFOLLOWED, Unfollowed
from nb2prod.diagnostic import Diagnostic
from nb2prod.notebook.recording import Fact
from nb2prod.notebook.slots import slots_of


@dataclass(frozen=True, slots=True)
class Stored:
    """What a store becomes: the code of its parts by slot, and why it cannot be served."""

    fit: Mapping[str, ast.expr]
    serve: Mapping[str, ast.expr]
    provisos: tuple[Proviso, ...]


class Stores:
    """Specialise stores.

    Args:
        context: What the compilation shares.
        expressions: Specialises the parts.
        unfollowed: Handles what cannot be followed.
    """

    def __init__(self, context: Context, expressions: Expressions, unfollowed: Unfollowed) -> None:
        self._context = context
        self._expressions = expressions
        self._unfollowed = unfollowed
        self._predictions = Predictions(context)

    def assign(
        self,
        node: ast.Assign | ast.AnnAssign,
        target: ast.Subscript | ast.Attribute,
        value: ast.expr,
        scope: Scope,
    ) -> Residual:
        """Specialise ``table[key] = value`` and ``table.name = value``."""
        spec = self._expressions.spec(value, scope)
        root = root_name(target)
        if not self.is_table(target, spec, scope):
            container = self._expressions.spec(target.value, scope)
            if spec.is_rows and container.bind is not Bind.OPAQUE:
                return self._unfollowed.name(node, root, scope, "rows are kept in a container")
            for slot in slots_of(target):
                self._expressions.spec(slot.get(), scope)
            return self.changed_value(node, root, scope)
        made = self.stored(target, spec, value, scope)
        if isinstance(node, ast.AnnAssign):
            return self._unfollowed.statement(node, scope)
        return Residual([with_slots(node, made.fit)], [with_slots(node, made.serve)], made.provisos)

    def is_table(self, target: ast.Subscript | ast.Attribute, spec: Spec, scope: Scope) -> bool:
        """Tell whether a value is stored into rows, or begins a table."""
        container = self._expressions.spec(target.value, scope)
        return container.is_rows or self._begins_table(target, container, spec, scope)

    def stored(
        self, target: ast.Subscript | ast.Attribute, spec: Spec, value: ast.expr, scope: Scope
    ) -> Stored:
        """Specialise the store of a value into a part of a table."""
        specs = {"value": spec, "0": self._expressions.spec(target.value, scope)}
        slots = {"value": value}
        for slot in slots_of(target):
            slots[slot.name] = slot.get()
            if slot.name not in specs:
                specs[slot.name] = self._expressions.spec(slot.get(), scope)
        fact = self._context.fact(target, scope)
        provisos = self._judge_store(target, fact, specs)
        fit, serve, more = self._codes(specs, slots, scope)
        if fact is not None and fact.columns_before and fact.columns:
            for old, new in zip(fact.columns_before, fact.columns, strict=True):
                self._context.origins[new] = self._context.raw_of([old])
        else:
            self._note_column(target, spec)
        root = root_name(target)
        if root is not None:
            scope.touch(root)
        self._predictions.stored(target, spec, scope)
        return Stored(fit, serve, (*provisos, *more))

    def _begins_table(
        self, target: ast.Subscript | ast.Attribute, container: Spec, spec: Spec, scope: Scope
    ) -> bool:
        """Tell whether an empty table is given its first column: from then on it has the request's rows."""
        is_empty = container.bind is Bind.STATIC and container.kind == "frame"
        if not is_empty or not spec.is_rows or not isinstance(target.value, ast.Name):
            return False
        name = target.value.id
        table = Spec(Bind.ROWS, load(name), load(name), "frame", raw=spec.raw)
        scope.bind(name, table)
        return True

    def _codes(
        self, specs: dict[str, Spec], slots: dict[str, ast.expr], scope: Scope
    ) -> tuple[dict[str, ast.expr], dict[str, ast.expr], tuple[Proviso, ...]]:
        fit, serve = {}, {}
        provisos: tuple[Proviso, ...] = ()
        for name, spec in specs.items():
            code = self._expressions.residual(spec, slots[name], scope)
            fit[name], serve[name] = code.fit, code.serve
            provisos += code.provisos
        return fit, serve, provisos

    def _judge_store(
        self, target: ast.expr | ast.stmt, fact: Fact | None, specs: dict[str, Spec]
    ) -> tuple[Diagnostic, ...]:
        if fact is None:
            return (self._context.refuse(UNRECORDED, target),)
        value = specs.get("value")
        if value is not None and value.kind == UNFOLLOWED:
            return ()
        if (reason := _aligned_value(value)) is not None:
            return (self._context.refuse(reason, target, "pandas aligns it by row labels"),)
        if fact.is_through_view:
            # No name says which other tables this changes, so it counts whatever is served.
            self._context.unseen_changes.append(
                self._context.refuse(UNDECIDED, target, fact.evidence)
            )
        table = fact.lengths.get("0")
        is_constant = (
            value is not None
            and value.bind is Bind.FROZEN
            and table is not None
            and table > 1
            and fact.lengths.get("value") == table
            and fact.columns_before is None
        )
        if fact.relation == "kept" and fact.verdict == "row" and not is_constant:
            self._context.note(target, "row-wise")
            return ()
        reason = TABLE_DEPENDENT if fact.verdict == "table" else UNDECIDED
        self._context.note(target, "refused", fact.evidence)
        return (
            self._context.refuse(ROW_CONSTANT if is_constant else reason, target, fact.evidence),
        )

    def _note_column(self, target: ast.Subscript | ast.Attribute, spec: Spec) -> None:
        """Remember which raw columns a stored column derives from."""
        key = target.slice if isinstance(target, ast.Subscript) else ast.Constant(target.attr)
        if isinstance(key, ast.Tuple) and len(key.elts) == 2:
            key = key.elts[1]
        match key:
            case ast.Constant(value=column):
                self._context.inexact -= {column}
                self._context.inexact |= set() if spec.is_exact else {column}
                known = self._context.origins.get(column, frozenset())
                is_part = isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Tuple)
                self._context.origins[column] = spec.raw | (known if is_part else frozenset())
                self._context.constants -= {column}
                self._context.constants |= set() if spec.is_rows or is_part else {column}

    def changed_value(self, node: ast.stmt, root: str | None, scope: Scope) -> Residual:
        """Handle a store into something that holds no rows: it is a value of the training run from here on."""
        if root is not None:
            found = scope.find(root)
            if found is not None and found[0].bind is Bind.STATIC and not found[0].is_imported:
                found[1].names[root] = frozen(load(root), kind=found[0].kind)
            scope.touch(root)
        return Residual([node])

    def augmented(self, node: ast.AugAssign, scope: Scope) -> Residual:
        """Specialise ``table[key] += value``."""
        target = node.target
        if isinstance(target, ast.Name):
            value = self._expressions.spec(node.value, scope)
            own = self._expressions.spec(load(target.id), scope)
            if value.is_rows or own.is_rows:
                return self._unfollowed.name(node, target.id, scope, "write it as `x = x + ...`")
            scope.bind(target.id, frozen(load(target.id), taint=(*value.taint, *own.taint)))
            return Residual([node])
        container = self._expressions.spec(target.value, scope)
        if not container.is_rows:
            return self.changed_value(node, root_name(target), scope)
        specs = {slot.name: self._expressions.spec(slot.get(), scope) for slot in slots_of(node)}
        slots = {slot.name: slot.get() for slot in slots_of(node)}
        provisos = self._judge_store(node, self._context.fact(node, scope), specs)
        fit, serve, more = self._codes(specs, slots, scope)
        if (root := root_name(target)) is not None:
            scope.touch(root)
        return Residual([with_slots(node, fit)], [with_slots(node, serve)], (*provisos, *more))

    def delete(self, node: ast.Delete, scope: Scope) -> Residual:
        """Specialise ``del table[key]`` and ``del name``."""
        serve: list[ast.stmt] = []
        fit: list[ast.stmt] = []
        provisos: tuple[Proviso, ...] = ()
        for target in node.targets:
            single = ast.copy_location(ast.Delete([target]), node)
            fit.append(single)
            if not isinstance(target, ast.Subscript):
                continue
            specs = {s.name: self._expressions.spec(s.get(), scope) for s in slots_of(target)}
            if not specs["0"].is_rows:
                self.changed_value(single, root_name(target), scope)
                continue
            slots = {slot.name: slot.get() for slot in slots_of(target)}
            provisos += self._judge_store(target, self._context.fact(target, scope), specs)
            fits, serves, more = self._codes(specs, slots, scope)
            provisos += more
            fit[-1] = ast.copy_location(ast.Delete([with_slots(target, fits)]), node)
            serve.append(ast.copy_location(ast.Delete([with_slots(target, serves)]), node))
            if (root := root_name(target)) is not None:
                scope.touch(root)
        return Residual(fit, serve, provisos)


def _aligned_value(value: Spec | None) -> Reason | None:
    """Return the reason where what is stored would be aligned by labels that a request does not have."""
    if value is None:
        return None
    if value.bind is Bind.FROZEN and value.kind in {"series", "frame"}:
        return ROW_CONSTANT
    return TABLE_DEPENDENT if value.is_rows and value.kind == "index" else None
