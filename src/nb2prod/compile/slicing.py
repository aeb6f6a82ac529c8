"""Keep what is needed: the serving code that feeds the scored predict, the training code that feeds the rest."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nb2prod.compile.domain import mark_of
from nb2prod.compile.residual import is_identity
from nb2prod.notebook.names import names_of

_FITS = frozenset({"fit", "fit_transform", "fit_predict", "partial_fit"})


@dataclass(frozen=True, slots=True)
class Effects:
    """Names that a statement binds for certain, may bind, reads and changes."""

    kills: frozenset[str]
    binds: frozenset[str]
    reads: frozenset[str]
    changes: frozenset[str]


def effects_of(statement: ast.stmt, mutators: Iterable[str] = ()) -> Effects:
    """Return what a statement does to names; calls of ``mutators`` may change their arguments."""
    names = names_of(statement)
    changes = set(names.mutates | names.deletes)
    changing = frozenset(mutators)
    for node in ast.walk(statement):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute) and node.func.attr in _FITS:
            changes |= _roots([node.func.value])
        changes |= _roots(keyword.value for keyword in node.keywords if keyword.arg == "out")
        if isinstance(node.func, ast.Name) and node.func.id in changing:
            changes |= _roots(node.args)
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        function = statement.value.func
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
            changes.add(function.value.id)
    if isinstance(statement, ast.For):
        changes |= _looped_changes(statement, changing)
    if mark_of(statement) is None:
        marks = map(mark_of, ast.walk(statement))
        changes |= {mark.about for mark in marks if mark is not None and mark.about is not None}
    kills = _bound_for_certain(statement)
    return Effects(kills, names.binds, names.reads | names.calls_need, frozenset(changes))


def _bound_for_certain(statement: ast.stmt) -> frozenset[str]:
    match statement:
        case ast.Assign() | ast.AnnAssign():
            return names_of(statement).binds
        case ast.With(body=body):
            return frozenset(name for inner in body for name in _bound_for_certain(inner))
    return frozenset()


def _looped_changes(loop: ast.For, mutators: frozenset[str]) -> set[str]:
    """Return the tables that a loop such as ``for frame in [train, test]`` changes through its variable."""
    changed = {n for s in loop.body for n in effects_of(s, mutators).changes}
    targets = {n.id for n in ast.walk(loop.target) if isinstance(n, ast.Name)}
    if not changed & targets:
        return set()
    return {n.id for n in ast.walk(loop.iter) if isinstance(n, ast.Name)}


def _roots(nodes: Iterable[ast.expr]) -> set[str]:
    found = set()
    for node in nodes:
        inner = node
        while isinstance(inner, ast.Attribute | ast.Subscript):
            inner = inner.value
        if isinstance(inner, ast.Name):
            found.add(inner.id)
    return found


class Aliases:
    """Names that stand for one object because of ``a = b``."""

    def __init__(self, statements: Iterable[ast.stmt]) -> None:
        self._groups: dict[str, set[str]] = {}
        for statement in statements:
            match statement:
                case ast.Assign(targets=[ast.Name(id=one)], value=ast.Name(id=other)):
                    if not is_identity(statement):
                        self._join(one, other)
                case ast.Assign(targets=[ast.Name(id=one)], value=ast.List() | ast.Tuple() as held):
                    for part in held.elts:
                        if isinstance(part, ast.Name):
                            self._join(one, part.id)

    def _join(self, one: str, other: str) -> None:
        joined = self._groups.get(one, {one}) | self._groups.get(other, {other})
        for name in joined:
            self._groups[name] = joined

    def of(self, names: Iterable[str]) -> set[str]:
        """Return the names and all their aliases."""
        return {alias for name in names for alias in self._groups.get(name, {name})}


def needed(
    statements: Sequence[ast.stmt],
    roots: Iterable[str],
    mutators: Iterable[str] = (),
    forced: frozenset[int] = frozenset(),
) -> tuple[list[int], set[str]]:
    """Slice statements backwards from the names that are needed after them.

    Args:
        statements: In order.
        roots: Names that are needed at the end.
        mutators: Functions that change their arguments.
        forced: Statements that stay whatever they bind.

    Returns:
        Positions of the statements to keep, in order, and the names needed before the first.
    """
    changing = frozenset(mutators)
    aliases = Aliases(statements)
    live = set(roots)
    kept: list[int] = []
    for position in range(len(statements) - 1, -1, -1):
        effects = effects_of(statements[position], changing)
        mark = mark_of(statements[position])
        if mark is not None:
            if mark.about in live or any(statements[k] is mark.owner for k in kept):
                kept.append(position)
                live |= effects.reads
            continue
        if position in forced or effects.binds & live or aliases.of(effects.changes) & live:
            kept.append(position)
            live -= effects.kills
            live |= effects.reads | effects.changes
    return kept[::-1], live


def separate_copies(statements: Sequence[ast.stmt], mutators: Iterable[str] = ()) -> list[ast.stmt]:
    """Give ``a = b`` a copy where one of the two is changed later and they were two objects in the notebook."""
    changing = frozenset(mutators)
    aliases = Aliases(statements)
    made: list[ast.stmt] = []
    for position, statement in enumerate(statements):
        # A loop may come round again: what it changes itself counts for what stands in it.
        first = position + isinstance(statement, ast.Assign)
        changes = (n for s in statements[first:] for n in effects_of(s, changing).changes)
        made.append(_Separate(aliases.of(changes)).visit(statement))
    return made


class _Separate(ast.NodeTransformer):
    def __init__(self, changed: set[str]) -> None:
        self._changed = changed

    def visit_Assign(self, node: ast.Assign) -> ast.stmt:
        """Copy where the two names are no aliases in the notebook."""
        match node:
            case ast.Assign(targets=[ast.Name(id=one)], value=ast.Name(id=other)) if is_identity(
                node
            ):
                if {one, other} & self._changed:
                    method = ast.Attribute(ast.Name(other, ast.Load()), "copy", ast.Load())
                    copied = ast.Assign([ast.Name(one, ast.Store())], ast.Call(method, [], []))
                    return ast.copy_location(copied, node)
        return node
