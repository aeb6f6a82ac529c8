"""Write statements as simpler ones that mean the same: named values before their use, one ``return`` at the end."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from nb2prod.compile.names import load
from nb2prod.notebook.trees import copied

_Hoisting = ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Expr | ast.If | ast.Return
_LATER = (
    ast.BoolOp,
    ast.IfExp,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)
"""Expressions whose parts may run never, or several times."""


_APPLIED = frozenset({"apply", "map", "transform", "applymap", "pipe"})


def simplified(
    body: Sequence[ast.stmt], functions: Collection[str] | None = None
) -> list[ast.stmt]:
    """Write statements as simpler ones.

    What ``:=`` binds for certain is bound in a statement of its own before; ``name = lambda ...`` becomes a function.

    Args:
        body: The statements.
        functions: Names that stand for one lambda wherever they are used; those of the body itself if None.
    """
    known = lambda_names(body) if functions is None else functions
    return [made for s in body for made in _named_before(_defined(s, known))]


def lambda_names(program: Sequence[ast.stmt]) -> frozenset[str]:
    """Return the names that are bound once, to a lambda, and only called or handed to a method of a table."""
    lambdas = {s.targets[0].id for s in program if _is_lambda(s)}  # type: ignore[attr-defined]  # of a lambda's name
    nodes = [node for statement in program for node in ast.walk(statement)]
    bound = [n.id for n in nodes if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)]
    read = [n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)]
    used = [name for node in nodes if isinstance(node, ast.Call) for name in _functions_of(node)]
    return frozenset(
        name for name in lambdas if bound.count(name) == 1 and read.count(name) == used.count(name)
    )


def _functions_of(call: ast.Call) -> Iterator[str]:
    given = [call.func]
    if isinstance(call.func, ast.Attribute) and call.func.attr in _APPLIED:
        given += call.args[:1]
    yield from (node.id for node in given if isinstance(node, ast.Name))


def _is_lambda(statement: ast.stmt) -> bool:
    match statement:
        case ast.Assign(targets=[ast.Name()], value=ast.Lambda()):
            return True
        case _:
            return False


def _defined(statement: ast.stmt, functions: Collection[str]) -> ast.stmt:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda() as value) if (
            name in functions
        ):
            body = ast.copy_location(ast.Return(value.body), value.body)
            made = ast.FunctionDef(name, value.args, [body], [], None)
            return ast.copy_location(made, statement)
        case _:
            return statement


def _named_before(statement: ast.stmt) -> Iterator[ast.stmt]:
    if not any(isinstance(node, ast.NamedExpr) for node in ast.walk(statement)):
        yield statement
        return
    made = copied(statement)
    if isinstance(made, ast.If | ast.For | ast.With | ast.FunctionDef):
        made.body = simplified(made.body)
    if isinstance(made, ast.If | ast.For):
        made.orelse = simplified(made.orelse)
    if isinstance(made, _Hoisting):
        field = "test" if isinstance(made, ast.If) else "value"
        hoister = _Hoister()
        value = getattr(made, field)
        if value is not None:
            setattr(made, field, hoister.visit(value))
        yield from hoister.found
    yield made


class _Hoister(ast.NodeTransformer):
    """Replace ``name := value`` by the name, from the inside outwards."""

    def __init__(self) -> None:
        self.found: list[ast.stmt] = []

    def visit(self, node: ast.AST) -> ast.AST:
        """Leave alone what may run never, or several times."""
        made: ast.AST = node if isinstance(node, _LATER) else super().visit(node)
        return made

    def visit_NamedExpr(self, node: ast.NamedExpr) -> ast.expr:
        """Take the binding out."""
        value: Any = self.visit(node.value)
        target = ast.copy_location(ast.Name(node.target.id, ast.Store()), node)
        self.found.append(ast.copy_location(ast.Assign([target], value), node))
        return ast.copy_location(load(node.target.id), node)


def single_exit(definition: ast.FunctionDef) -> ast.FunctionDef:
    """Return a function whose early ``return`` statements became branches; itself where it has none.

    ``if c: return a`` followed by the rest becomes ``if c: result = a`` and ``else:`` the rest. A ``return`` within a
    loop stays, and so does one in a branch that may also go on.
    """
    if not any(has_return(s) for s in definition.body if not isinstance(s, ast.Return)):
        return definition
    result = _free_name(definition)
    body = _branched([copied(statement) for statement in definition.body], result)
    if body is None:
        return definition
    made = copied(definition)
    last = ast.copy_location(ast.Return(load(result)), definition.body[-1])
    made.body = [*body, last]
    return made


def has_return(statement: ast.AST) -> bool:
    """Tell whether a statement may leave the function that it stands in."""
    if isinstance(statement, ast.Return):
        return True
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
        return False
    return any(has_return(child) for child in ast.iter_child_nodes(statement))


def _branched(body: Sequence[ast.stmt], result: str) -> list[ast.stmt] | None:
    """Return statements that bind the result on every way, or None where that cannot be written."""
    made: list[ast.stmt] = []
    for position, statement in enumerate(body):
        if isinstance(statement, ast.Return):
            return [*made, _bound(result, statement.value, statement)]
        if not has_return(statement):
            made.append(statement)
            continue
        branch = _branch(statement, body[position + 1 :], result)
        return None if branch is None else [*made, branch]
    near = body[-1] if body else ast.Pass(lineno=1, col_offset=0)
    return [*made, _bound(result, None, near)]


def _branch(statement: ast.stmt, rest: Sequence[ast.stmt], result: str) -> ast.stmt | None:
    if not isinstance(statement, ast.If):
        return None
    goes_on = [not _always_returns(way) for way in (statement.body, statement.orelse)]
    if all(goes_on):
        return None
    ways = [
        _branched([*way, *rest] if may else way, result)
        for way, may in zip((statement.body, statement.orelse), goes_on, strict=True)
    ]
    if ways[0] is None or ways[1] is None:
        return None
    made = copied(statement)
    made.body, made.orelse = ways[0], ways[1]
    return made


def _always_returns(body: Sequence[ast.stmt]) -> bool:
    if not body:
        return False
    last = body[-1]
    if isinstance(last, ast.If):
        return _always_returns(last.body) and _always_returns(last.orelse)
    return isinstance(last, ast.Return | ast.Raise)


def _bound(result: str, value: ast.expr | None, near: ast.stmt) -> ast.stmt:
    target = ast.Name(result, ast.Store())
    return ast.copy_location(ast.Assign([target], value or ast.Constant(None)), near)


def _free_name(definition: ast.FunctionDef) -> str:
    taken = {n.id for n in ast.walk(definition) if isinstance(n, ast.Name)}
    taken |= {a.arg for a in ast.walk(definition) if isinstance(a, ast.arg)}
    name, number = "result", 2
    while name in taken:
        name, number = f"result_{number}", number + 1
    return name
