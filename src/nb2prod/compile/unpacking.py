"""Specialise parallel assignments: ``a, b = ...`` and ``table["a"], table["b"] = ...``."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from nb2prod.compile.context import with_slots
from nb2prod.compile.expressions import Expressions
from nb2prod.compile.names import load, root_name
from nb2prod.compile.pieces import assignment, reads_own_targets, targets_assignment
from nb2prod.compile.residual import LABELS, Residual
from nb2prod.compile.scope import Scope
from nb2prod.compile.spec import Proviso, Spec
from nb2prod.compile.stores import Stores
from nb2prod.compile.unfollowed import Unfollowed

_Bind = Callable[[str, Spec, ast.stmt, Scope], Residual]


@dataclass(frozen=True, slots=True)
class _Part:
    """One target with its value: code of both at serving, None where nothing stays of it."""

    fit_target: ast.expr
    target: ast.expr | None
    value: ast.expr | None
    provisos: tuple[Proviso, ...]


class Unpacking:
    """Specialise parallel assignments.

    Args:
        expressions: Specialises the parts.
        stores: Specialises stores into tables.
        unfollowed: Handles what cannot be followed.
        bind: Binds a name.
    """

    def __init__(
        self, expressions: Expressions, stores: Stores, unfollowed: Unfollowed, bind: _Bind
    ) -> None:
        self._expressions = expressions
        self._stores = stores
        self._unfollowed = unfollowed
        self._bind = bind

    def residual(
        self, node: ast.stmt, target: ast.Tuple | ast.List, value: ast.expr, scope: Scope
    ) -> Residual:
        """Specialise one assignment to several targets."""
        value = self._expressions.told_apart(value, scope)
        spec = self._expressions.spec(value, scope)
        elements = _elements(spec, len(target.elts))
        if elements is None:
            return self._unfollowed.statement(node, scope)
        if all(isinstance(part, ast.Name) for part in target.elts):
            return self._names(node, target, spec, elements, scope)
        return self._parts(node, target, value, spec, elements, scope)

    def _names(
        self,
        node: ast.stmt,
        target: ast.Tuple | ast.List,
        spec: Spec,
        elements: Sequence[Spec],
        scope: Scope,
    ) -> Residual:
        names = [part.id for part in target.elts if isinstance(part, ast.Name)]
        fit = [targets_assignment(target, spec.fit, node)]
        serve: list[ast.stmt] = []
        provisos = spec.provisos
        for name, element in zip(names, elements, strict=True):
            bound = self._bind(name, replace(element, provisos=()), node, scope)
            serve += bound.serve
            provisos += element.provisos
            self._keep_labels(name, element, node, fit, scope)
        if reads_own_targets(serve, names):
            return self._unfollowed.statement(node, scope)
        return Residual(fit, serve, provisos)

    def _keep_labels(
        self, name: str, element: Spec, node: ast.stmt, fit: list[ast.stmt], scope: Scope
    ) -> None:
        """Keep the labels of a split's part under a name of their own: the part's name is often bound anew."""
        if not element.has_own_labels:
            return
        kept = f"{LABELS}{name}"
        fit.append(assignment(kept, ast.Attribute(load(name), "index", ast.Load()), node))
        bound = scope.names[name]
        scope.names[name] = replace(bound, labels=load(kept))

    def _parts(
        self,
        node: ast.stmt,
        target: ast.Tuple | ast.List,
        value: ast.expr,
        spec: Spec,
        elements: Sequence[Spec],
        scope: Scope,
    ) -> Residual:
        """Specialise targets of which some are parts of a table; they stay one statement, as all values come first."""
        nodes = value.elts if isinstance(value, ast.Tuple | ast.List) else [value] * len(elements)
        made: list[_Part] = []
        for part, element, one in zip(target.elts, elements, nodes, strict=True):
            found = self._part(node, part, element, one, scope)
            if found is None:
                return self._unfollowed.statement(node, scope)
            made.append(found)
        fit_target = ast.Tuple([part.fit_target for part in made], ast.Store())
        fit = ast.copy_location(ast.Assign([fit_target], spec.fit), node)
        stays = [(p.target, p.value) for p in made if p.target is not None and p.value is not None]
        provisos = (*spec.provisos, *(p for part in made for p in part.provisos))
        if not stays:
            return Residual([fit], [], provisos)
        targets, values = [t for t, _ in stays], [v for _, v in stays]
        single = len(stays) == 1
        served = ast.Assign(
            [targets[0] if single else ast.Tuple(targets, ast.Store())],
            values[0] if single else ast.Tuple(values, ast.Load()),
        )
        return Residual([fit], [ast.copy_location(served, node)], provisos)

    def _part(
        self, node: ast.stmt, target: ast.expr, spec: Spec, value: ast.expr, scope: Scope
    ) -> _Part | None:
        if isinstance(target, ast.Name):
            bound = self._bind(target.id, replace(spec, provisos=()), node, scope)
            stays = bool(bound.serve)
            served = ast.Name(target.id, ast.Store()) if stays else None
            return _Part(target, served, spec.serve if stays else None, spec.provisos)
        if not isinstance(target, ast.Subscript | ast.Attribute):
            return None
        if not self._stores.is_table(target, spec, scope):
            if spec.is_rows:
                return None
            self._stores.changed_value(node, root_name(target), scope)
            return _Part(target, None, None, ())
        stored = self._stores.stored(target, spec, value, scope)
        return _Part(
            with_slots(target, stored.fit),
            with_slots(target, stored.serve),
            stored.serve["value"],
            stored.provisos,
        )


def _elements(spec: Spec, count: int) -> Sequence[Spec] | None:
    """Return what each target is given; None where rows cannot be told apart."""
    if len(spec.elements) == count:
        return spec.elements
    return None if spec.is_rows else [replace(spec, elements=())] * count
