"""Tell statistics that only decide which rows are kept, such as the bounds of an outlier filter."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from enum import Enum

from nb2prod.compile.leaking.spots import Spot
from nb2prod.notebook.recording import Fact, Recording, place_key

_DEEPEST = 6


class Decision(Enum):
    """What a value decides about rows."""

    FILTER = "filter"
    SPLIT = "split"


class Deciding:
    """Follow values through names to the selections of rows that they take part in.

    Args:
        recording: What the run did.
        statements: The statements that the model and the features depend on.
    """

    def __init__(self, recording: Recording, statements: Sequence[tuple[int, ast.stmt]]) -> None:
        self._recording = recording
        self._held_out = 0 if recording.scored is None else recording.scored.held_out_rows
        self._statements = statements

    def decision(self, spot: Spot) -> Decision | None:
        """Return what an expression decides, or None where its value has any other use."""
        found = self._uses(spot.cell, spot.node, self._scope(spot), 0)
        if not found or None in found:
            return None
        return Decision.FILTER if Decision.FILTER in found else Decision.SPLIT

    def _scope(self, spot: Spot) -> list[tuple[int, ast.stmt]]:
        """Return the function that an expression stands in, or else what the model depends on."""
        if not spot.is_in_function:
            return [(cell, s) for cell, s in self._statements if not _is_definition(s)]
        for cell, statement in self._statements:
            if cell == spot.cell and _holds(statement, spot.node):
                return [(cell, statement)]
        return []

    def _uses(
        self, cell: int, node: ast.expr, scope: Sequence[tuple[int, ast.stmt]], depth: int
    ) -> set[Decision | None]:
        if depth > _DEEPEST:
            return {None}
        way = next((way for c, s in scope if c == cell and (way := _way_to(s, node))), ())
        for outer in way:
            if isinstance(outer, ast.expr) and (made := self._selects(cell, outer, node)):
                return {made}
        match way[-1] if way else None:
            case ast.Assign(targets=[ast.Name() | ast.Tuple() as target]):
                parts = target.elts if isinstance(target, ast.Tuple) else [target]
                names = {part.id for part in parts if isinstance(part, ast.Name)}
                if len(names) == len(parts):
                    return self._uses_of(names, scope, depth)
        return {None}

    def _uses_of(
        self, names: set[str], scope: Sequence[tuple[int, ast.stmt]], depth: int
    ) -> set[Decision | None]:
        found: set[Decision | None] = set()
        for cell, statement in scope:
            for node in ast.walk(statement):
                is_use = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
                if is_use and isinstance(node, ast.Name) and node.id in names:
                    found |= self._uses(cell, node, scope, depth + 1)
        return found

    def _selects(self, cell: int, outer: ast.expr, node: ast.expr) -> Decision | None:
        """Return what an expression selects where a part of it, which is not the table itself, decides that."""
        match outer:
            case ast.Subscript(ctx=ast.Load(), value=table) | ast.Call(func=table):
                if outer is node or any(part is node for part in ast.walk(table)):
                    return None
            case _:
                return None
        facts = [o.fact for o in self._recording.occurrences.get(place_key(cell, outer), ())]
        if facts and all(fact.relation == "elements" for fact in facts):
            return Decision.SPLIT if _only_guides(outer, node, facts) else None
        if not facts or any(f.relation != "rows" or f.given >= f.seen for f in facts):
            return None
        is_split = all(self._is_split(fact) for fact in facts)
        return Decision.SPLIT if is_split else Decision.FILTER

    def _is_split(self, fact: Fact) -> bool:
        """Tell whether just the held-out rows, or just the others, are selected of both."""
        others = fact.seen - fact.seen_held_out
        if not 0 < fact.seen_held_out < fact.seen:
            return False
        takes_held_out = fact.given == fact.given_held_out == fact.seen_held_out
        return takes_held_out or (fact.given_held_out == 0 and fact.given == others)


def _only_guides(call: ast.expr, node: ast.expr, facts: Sequence[Fact]) -> bool:
    """Tell whether an operand of a split only says how to split, as ``stratify`` does."""
    divided = {element.operand for fact in facts for element in fact.elements}
    keywords = call.keywords if isinstance(call, ast.Call) else []
    names = [k.arg for k in keywords if any(part is node for part in ast.walk(k.value))]
    return bool(names) and not divided & set(names)


def _is_definition(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.FunctionDef | ast.ClassDef)


def _holds(statement: ast.stmt, node: ast.AST) -> bool:
    return any(part is node for part in ast.walk(statement))


def _way_to(statement: ast.stmt, node: ast.AST) -> tuple[ast.AST, ...]:
    """Return what stands around a node, innermost first, up to its own statement; empty where it is not there."""
    return next((way for found, way in _ways(statement, (statement,)) if found is node), ())


def _ways(node: ast.AST, way: tuple[ast.AST, ...]) -> Iterator[tuple[ast.AST, tuple[ast.AST, ...]]]:
    for child in ast.iter_child_nodes(node):
        yield child, way
        yield from _ways(child, (child,) if isinstance(child, ast.stmt) else (child, *way))
