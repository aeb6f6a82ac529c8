"""Follow what is made from predictions, and where it meets the truth."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from nb2prod.compile.candidates import Candidate
from nb2prod.compile.context import Context
from nb2prod.compile.refusals import AFTER_PREDICT
from nb2prod.compile.scope import Scope
from nb2prod.compile.spec import Bind, Spec
from nb2prod.diagnostic import Diagnostic
from nb2prod.notebook.names import names_of
from nb2prod.notebook.recording import Compared, Fact
from nb2prod.notebook.slots import slots_of

PREDICT = frozenset({"predict", "predict_proba", "predict_log_proba", "decision_function", "score"})

_CONVERSIONS = frozenset(
    {
        "array", "asarray", "asanyarray", "copy", "flatten", "list", "ravel", "reset_index", "reshape", "squeeze",
        "to_frame", "to_list", "to_numpy", "tolist", "values", "DataFrame", "Series",
    }
)  # fmt: skip
"""What gives the same values in another container: they are asked by name, since on other rows clipping changes
what it left alone on these."""


_FOLLOWED = ast.Assign | ast.AnnAssign | ast.For | ast.If | ast.With
"""Statements whose expressions, or inner statements, are marked by themselves."""


class Predictions:
    """Mark what is made from predictions.

    Args:
        context: What the compilation shares.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._terms = itertools.count(1)

    def marked(self, spec: Spec, node: ast.expr, scope: Scope) -> Spec:
        """Mark what is no operation as made from predictions where it reads any; changes come with it."""
        is_operation = any(True for _ in slots_of(node))
        if is_operation or not spec.is_rows or not self._context.has_predictions:
            return spec
        sources = list(_sources(node, scope))
        if not (spec.from_predict or sources):
            return spec
        return replace(spec, from_predict=True, changes=changes_of([spec, *sources]))

    def operated(
        self, spec: Spec, node: ast.expr, specs: dict[str, Spec], fact: Fact | None
    ) -> Spec:
        """Say of an operation's rows in which terms they are, and whether it makes other values of predictions."""
        is_from = any(operand.from_predict for operand in specs.values())
        if not spec.is_rows:
            # A score is no prediction, but the smallest of them is made from predictions alone.
            is_made = is_from and not _is_predict(node) and not self._meets_target(specs)
            return replace(spec, from_predict=True) if is_made else spec
        is_same = _is_conversion(node, fact)
        source = specs.get((fact.operand if fact is not None else None) or "0")
        if spec.terms is None:
            kept = source.terms if is_same and source is not None else None
            spec = replace(spec, terms=_column(node, specs) or kept or next(self._terms))
        is_unchanged = fact is not None and (fact.is_same_content or fact.is_prediction)
        if _is_predict(node) or not is_from or self._meets_target(specs):
            return spec
        if _is_table_of(node):
            made_of = specs.get("1") or specs.get("data")
            spec = replace(spec, parts=made_of.parts if made_of is not None else {})
        changes = changes_of(specs.values())
        if not ((is_same and is_unchanged) or _is_selection(node, specs)):
            changes = (*changes, self._change(node))
        return replace(spec, from_predict=True, changes=changes)

    def _meets_target(self, specs: dict[str, Spec]) -> bool:
        """Tell whether an operation takes the truth, too: then it makes errors, and no answers."""
        target = self._context.target or frozenset()
        others = (s.raw for s in specs.values() if s.is_rows and not s.from_predict)
        return any(raw and raw <= target for raw in others)

    def stored(self, target: ast.expr, spec: Spec, scope: Scope) -> None:
        """Remember what a table got under a name, where it is made from predictions."""
        match target:
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=key)):
                found = scope.find(name)
                if found is not None and (spec.from_predict or found[0].parts):
                    parts = {**found[0].parts, key: spec}
                    found[1].names[name] = replace(found[0], parts=parts)

    def sources(self, node: ast.stmt, scope: Scope) -> list[Spec]:
        """Return what is made from predictions among the names that a statement is about to read."""
        return list(_sources(node, scope)) if self._context.has_predictions else []

    def after_statement(self, node: ast.stmt, sources: Sequence[Spec], scope: Scope) -> None:
        """Mark names that a statement binds to something made from predictions, or changes where they stand.

        Args:
            node: The statement.
            sources: What ``sources`` returned before it.
            scope: Where it stands.
        """
        if not self._context.has_predictions or self._is_harmless(node, scope):
            return
        is_from = bool(sources) or any(map(_is_predict, ast.walk(node)))
        names = names_of(node)
        left = self._not_taken(node, scope)
        for name in names.binds | names.mutates | left:
            found = scope.find(name)
            if found is None or not (found[0].from_predict or is_from):
                continue
            spec, owner = found
            if name in left:
                owner.names[name] = spec.refused(self._change(node))
                continue
            is_followed = isinstance(node, _FOLLOWED) and name not in names.mutates
            if spec.bind is Bind.FROZEN and not is_followed:
                owner.names[name] = replace(spec, from_predict=True)
            if not spec.is_rows or (spec.from_predict and name not in names.mutates):
                continue
            if _gets_part(node, name, spec) or _takes_predict_apart(node):
                owner.names[name] = replace(spec, from_predict=True)
                continue
            changes = (*changes_of([spec, *sources]), self._change(node))
            owner.names[name] = replace(spec, from_predict=True, changes=changes, parts={})

    def _not_taken(self, node: ast.stmt, scope: Scope) -> set[str]:
        """Return what a way would bind that predictions alone kept the notebook from taking."""
        if not isinstance(node, ast.If):
            return set()
        if not any(True for _ in _sources(node.test, scope)):
            return set()
        truths = self._context.facts.truths(self._context.cell, node, scope.path)
        left = [*(() if True in truths else node.body), *(() if False in truths else node.orelse)]
        return {n for s in left for n in names_of(s).binds | names_of(s).mutates}

    def _change(self, node: ast.expr | ast.stmt) -> Diagnostic:
        """Note a change of predictions; it matters where the answer is not known to hold it."""
        change = self._context.refuse(AFTER_PREDICT, node)
        self._context.changes.append((self._context.number, change))
        return change

    def _is_harmless(self, node: ast.stmt, scope: Scope) -> bool:
        """Tell whether a statement only calls something, which changed none of its operands."""
        if not isinstance(node, ast.Expr):
            return False
        fact = self._context.fact(node.value, scope)
        return fact is None or not fact.mutated

    def meet(self, node: ast.expr, specs: dict[str, Spec], scope: Scope) -> None:
        """Note which operands of an operation are made from predictions and were compared on the scored rows."""
        found = self._context.compared.get((self._context.place(node), scope.path), {})
        written = {slot.name: slot.get() for slot in slots_of(node)} if found else {}
        for name, compared in found.items():
            if name not in specs:
                continue
            spec = _part(written[name], scope) or specs[name]
            change = self._context.refuse(AFTER_PREDICT, node)
            terms = {specs[other].terms for other in compared.others if other in specs} - {None}
            self._context.candidates.append(
                Candidate(
                    compared,
                    spec,
                    spec.serve,
                    self._context.number,
                    change,
                    self._context.target_terms in terms,
                    is_plain=scope.parent is None and not (scope.loops or compared.is_repeated),
                )
            )


def by_place(
    compared: Sequence[Compared],
) -> dict[tuple[str, tuple[str, ...]], dict[str, Compared]]:
    """Arrange comparisons by their operation and operand."""
    found: dict[tuple[str, tuple[str, ...]], dict[str, Compared]] = {}
    for one in compared:
        found.setdefault((one.place, one.path), {})[one.operand] = one
    return found


def _is_predict(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in PREDICT
    )


def _is_selection(node: ast.expr, specs: dict[str, Spec]) -> bool:
    """Tell whether some rows or columns of predictions are taken; a look-up by a prediction makes something else."""
    is_key = any(spec.from_predict for name, spec in specs.items() if name != "0")
    return isinstance(node, ast.Subscript) and not is_key


def _is_conversion(node: ast.expr, fact: Fact | None) -> bool:
    match node:
        case ast.Attribute(attr=name) | ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name in _CONVERSIONS and fact is not None and fact.relation == "kept"
    return False


def _is_table_of(node: ast.AST) -> bool:
    """Tell whether a call makes a table of a dictionary of columns."""
    match node:
        case ast.Call(func=ast.Attribute(attr="DataFrame") | ast.Name(id="DataFrame")):
            return bool(node.args) or any(k.arg == "data" for k in node.keywords)
    return False


def _gets_part(node: ast.stmt, name: str, table: Spec) -> bool:
    """Tell whether a statement stores a column whose making is known."""
    match node:
        case ast.Assign(
            targets=[ast.Subscript(value=ast.Name(id=stored), slice=ast.Constant(value=key))]
        ):
            return stored == name and key in table.parts
    return False


def _takes_predict_apart(node: ast.stmt) -> bool:
    """Tell whether a statement names the several things that a predict gives, as with ``return_std``."""
    match node:
        case ast.Assign(targets=[ast.Tuple() | ast.List()], value=value):
            return _is_predict(value)
    return False


def _part(node: ast.expr, scope: Scope) -> Spec | None:
    """Return what a column is, where the table got it under that name."""
    match node:
        case (
            ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=key))
            | ast.Attribute(value=ast.Name(id=name), attr=key)
        ):
            found = scope.find(name)
            return None if found is None else found[0].parts.get(key)
    return None


def _column(node: ast.expr, specs: dict[str, Spec]) -> str | None:
    """Return the column that is taken of a table: parts of one table have it in the same terms."""
    match node:
        case ast.Subscript(slice=ast.Constant(value=str() as name)):
            return name
        case ast.Attribute(attr=name) if specs["0"].kind == "frame":
            return name
    return None


def _sources(node: ast.AST, scope: Scope) -> Iterator[Spec]:
    """Yield what is made from predictions among the names that code reads, but for what a predict is asked."""
    if _is_predict(node):
        return
    if isinstance(node, ast.Name):
        found = scope.find(node.id)
        if found is not None and found[0].from_predict:
            yield found[0]
    for part in ast.iter_child_nodes(node):
        yield from _sources(part, scope)


def changes_of(specs: Iterable[Spec]) -> tuple[Diagnostic, ...]:
    """Return the operations that made other values of predictions on the way to any of these."""
    return tuple(dict.fromkeys(change for spec in specs for change in spec.changes))
