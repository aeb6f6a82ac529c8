"""Statements that the compiler makes, and what it asks of loops and assignments."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from nb2prod.compile.names import root_name
from nb2prod.compile.scope import Scope
from nb2prod.notebook.names import names_of
from nb2prod.notebook.trees import copied


def assignment(name: str, value: ast.expr, near: ast.stmt) -> ast.stmt:
    """Return ``name = value``."""
    made = ast.Assign([ast.Name(name, ast.Store())], value)
    return ast.copy_location(made, near)


def targets_assignment(target: ast.expr, value: ast.expr, near: ast.stmt) -> ast.stmt:
    """Return an assignment of another value to the same targets."""
    return ast.copy_location(ast.Assign([copied(target)], value), near)


def loop_over(node: ast.For, iterable: ast.expr, body: list[ast.stmt]) -> ast.stmt:
    """Return the same loop over another iterable and body."""
    made = ast.For(copied(node.target), iterable, body, [])
    return ast.copy_location(made, node)


def raise_changed(node: ast.If) -> ast.stmt:
    """Return the statement that stops a training whose data take the way that was never recorded."""
    condition = f"line {node.lineno}: the condition `{ast.unparse(node.test)}`"
    message = f"{condition} had the other outcome when this was compiled"
    error = ast.Call(ast.Name("BehaviourChanged", ast.Load()), [ast.Constant(message)], [])
    return ast.Raise(error, None)


def touched(body: Sequence[ast.stmt]) -> frozenset[str]:
    """Return receivers of methods in a loop's body: a fit changes its estimator."""
    found = set()
    for statement in body:
        for node in ast.walk(statement):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr.startswith("fit") or node.func.attr in {"append", "add"}:
                root = root_name(node.func)
                found |= {root} if root is not None else set()
    return frozenset(found)


def reads_own_targets(serve: Sequence[ast.stmt], names: Sequence[str]) -> bool:
    """Tell whether taking a parallel assignment one by one would read a name that was already bound anew."""
    bound: set[str] = set()
    for statement in serve:
        assert isinstance(statement, ast.Assign)
        read = {n.id for n in ast.walk(statement.value) if isinstance(n, ast.Name)}
        if read & bound:
            return True
        target = statement.targets[0]
        if isinstance(target, ast.Name) and target.id in names:
            bound.add(target.id)
    return False


def is_row_loop(iterable: ast.expr) -> bool:
    """Tell whether a loop runs over rows by its form: it has as many rounds as the table has rows."""
    text = ast.unparse(iterable)
    return any(part in text for part in (".iterrows(", ".itertuples(", "range(len(", ".shape[0]"))


def is_list(code: ast.expr) -> bool:
    """Tell whether code makes a list of what something runs over."""
    return isinstance(code, ast.Call) and isinstance(code.func, ast.Name) and code.func.id == "list"


def changed_around(definition: ast.FunctionDef) -> set[str]:
    """Return the names of others that a function binds anew through ``global``, or whose objects it changes."""
    arguments = definition.args
    own = {a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    found: set[str] = set()
    for statement in definition.body:
        declared = {n for s in ast.walk(statement) if isinstance(s, ast.Global) for n in s.names}
        names = names_of(statement)
        found |= declared | (names.mutates - own)
        own |= names.binds
    return found


def unpiped(node: ast.expr, scope: Scope) -> ast.expr:
    """Write ``table.pipe(function, ...)`` as the call of a cell's function that it is."""
    match node:
        case ast.Call(
            func=ast.Attribute(value=table, attr="pipe"),
            args=[ast.Name(id=name) as function, *rest],
        ):
            found = scope.find(name)
            if found is None or not isinstance(found[0].function, ast.FunctionDef):
                return node
            call = ast.copy_location(ast.Call(function, [table, *rest], node.keywords), node)
            if hasattr(node, "nb2prod_place"):
                call.nb2prod_place = node.nb2prod_place  # type: ignore[attr-defined]  # read by place_key
            return call
    return node


def pinned(code: ast.expr, dtype: str) -> ast.expr:
    """Give a column the dtype that the table had: one row alone can suggest another."""
    return ast.Call(ast.Attribute(code, "astype", ast.Load()), [ast.Constant(dtype)], [])
