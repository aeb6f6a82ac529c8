"""Write the rounds of a loop that appends one value to a list as a function of that round."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from nb2prod.notebook.trees import copied

_Bindings = ast.Assign | ast.AnnAssign | ast.AugAssign
_ALLOWED = _Bindings | ast.If | ast.For | ast.While | ast.Try | ast.Pass | ast.Break | ast.Continue
_LEAVING = (ast.Return, ast.Global, ast.Nonlocal, ast.Yield, ast.YieldFrom, ast.Await)


def appended_list(body: Sequence[ast.stmt]) -> str | None:
    """Return the one list that the statements append to at the end of a round, or None."""
    names = {name for s in body for node in ast.walk(s) if (name := _appended_to(node)) is not None}
    names -= bound_in(body)
    return names.pop() if len(names) == 1 else None


def as_function_body(
    body: Sequence[ast.stmt], name: str, given: frozenset[str]
) -> list[ast.stmt] | None:
    """Return statements that return what a round appends, or None where rounds do more, or depend on each other.

    Args:
        body: The loop's body.
        name: The list.
        given: Names that each round is given.
    """
    if any(isinstance(node, _LEAVING) for s in body for node in ast.walk(s)):
        return None
    own = bound_in(body)
    if not all(_is_own_work(s, name, own) for s in _simple(body)):
        return None
    if _bound_for_certain(body, set(given), own - given) is None:
        return None
    return _returning(list(body), name)


def bound_in(body: Sequence[ast.stmt]) -> set[str]:
    """Return the names that statements bind, but for those of comprehensions."""
    return {
        node.id
        for s in body
        for node in ast.walk(s)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    } - {name for s in body for name in _of_comprehensions(s)}


def _of_comprehensions(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.comprehension):
            yield from (n.id for n in ast.walk(part.target) if isinstance(n, ast.Name))


def _appended_to(node: ast.AST) -> str | None:
    match node:
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(value=ast.Name(id=name), attr="append"), args=[_], keywords=[]
            )
        ):
            return name
    return None


def _simple(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield all statements, those within others too."""
    for statement in body:
        yield from (node for node in ast.walk(statement) if isinstance(node, ast.stmt))


def _is_own_work(statement: ast.stmt, name: str, own: set[str]) -> bool:
    """Tell whether a statement changes nothing but names of its own round, and the list by appending."""
    if _appended_to(statement) is not None:
        return _appended_to(statement) == name or _appended_to(statement) in own
    if not isinstance(statement, _ALLOWED):
        return False
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    targets = [*targets, *([statement.target] if hasattr(statement, "target") else [])]
    return all(_root(t) in own for target in targets for t in _parts(target))


def _parts(target: ast.expr) -> Iterator[ast.expr]:
    if isinstance(target, ast.Tuple | ast.List):
        for element in target.elts:
            yield from _parts(element)
    else:
        yield target.value if isinstance(target, ast.Starred) else target


def _root(node: ast.expr) -> str | None:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _bound_for_certain(body: Sequence[ast.stmt], bound: set[str], own: set[str]) -> set[str] | None:
    """Return the names that are bound after the statements; None where one may be read that an earlier round bound.

    Args:
        body: The statements.
        bound: Names that are bound before.
        own: Names that rounds bind.
    """
    for statement in body:
        heads = (
            [statement] if not isinstance(statement, ast.If | ast.For | ast.While | ast.Try) else []
        )
        heads += [
            part for f in ("test", "iter") if (part := getattr(statement, f, None)) is not None
        ]
        if any(_reads(head) & own - bound for head in heads):
            return None
        after = [
            _bound_for_certain(inner, bound | set(_targets(statement)), own)
            for field in ("body", "orelse", "finalbody")
            if (inner := getattr(statement, field, None))
        ]
        after += [
            _bound_for_certain(h.body, set(bound), own) for h in getattr(statement, "handlers", ())
        ]
        ways = [way for way in after if way is not None]
        if len(ways) < len(after):
            return None
        if isinstance(statement, ast.If) and len(ways) == 2:
            bound = bound | (ways[0] & ways[1])
        elif isinstance(statement, ast.Try) and not statement.finalbody:
            bound = bound | set.intersection(*ways)
        elif not ways:
            bound = bound | bound_in([statement])
    return bound


def _targets(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.For):
        yield from (n.id for n in ast.walk(statement.target) if isinstance(n, ast.Name))


def _reads(node: ast.AST) -> set[str]:
    found = {
        n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)
    }
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        found.add(node.target.id)
    return found - set(_of_comprehensions(node))


def _returning(body: list[ast.stmt], name: str) -> list[ast.stmt] | None:
    made: list[ast.stmt] = []
    for position, statement in enumerate(body):
        rest = body[position + 1 :]
        if _appended_to(statement) == name:
            is_end = not rest or (len(rest) == 1 and isinstance(rest[0], ast.Continue))
            return [*made, _return(statement)] if is_end else None
        if not any(_appended_to(node) == name for node in ast.walk(statement)):
            if _ends_round(statement):
                return None
            made.append(copied(statement))
            continue
        branch = _branch(statement, rest, name)
        return None if branch is None else [*made, *branch]
    return None


def _ends_round(statement: ast.AST) -> bool:
    if isinstance(statement, ast.For | ast.While):
        return any(_ends_round(s) for s in statement.orelse)
    if isinstance(statement, ast.Break | ast.Continue):
        return True
    return any(_ends_round(child) for child in ast.iter_child_nodes(statement))


def _branch(statement: ast.stmt, rest: list[ast.stmt], name: str) -> list[ast.stmt] | None:
    """Return a condition whose ways return; where it has one way that ends the round, the rest is the other."""
    if not isinstance(statement, ast.If):
        return None
    if not statement.orelse and not isinstance(statement.body[-1], ast.Continue):
        return None
    if statement.orelse and rest:
        return None
    yes = _returning(statement.body, name)
    no = _returning(statement.orelse or rest, name)
    if yes is None or no is None:
        return None
    made = copied(statement)
    made.body, made.orelse = yes, no if statement.orelse else []
    return [made] if statement.orelse else [made, *no]


def _return(statement: ast.stmt) -> ast.stmt:
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Call)
    return ast.copy_location(ast.Return(copied(statement.value.args[0])), statement)
