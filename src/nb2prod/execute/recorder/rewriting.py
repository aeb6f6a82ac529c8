"""Run a statement as it stands, and beside it the operation that it may be written as.

A loop over rows may be a comprehension over columns, and ``x += y`` may be ``x = x + y``. The operation is recorded as
any other. Where it gives the very values that the statement left, the statement counts as that operation. The notebook
goes on with what its own statement made.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from nb2prod.execute.recorder import hooks
from nb2prod.execute.recorder.instrument import Instrumenter, Site
from nb2prod.execute.recorder.repeatable import Repeatable
from nb2prod.notebook.names import names_of
from nb2prod.notebook.recording import place_key
from nb2prod.notebook.rewriting import rewritten, starts_empty
from nb2prod.notebook.trees import copied

ROUND = "_rec_round"
"""What the names of the functions of a round begin with, which stand in the user's namespace until the run ends."""
Placed = tuple[int, ast.stmt]
"""A cell's number and one of its statements."""


def candidates(statements: Iterable[Placed]) -> set[str]:
    """Return the keys of statements that can run beside their operations, and whose other names nothing reads later.

    Args:
        statements: The statements of the tagged cells, in order.
    """
    every = list(statements)
    repeatable = Repeatable(statement for _, statement in every)
    found = set()
    for position, (cell, statement) in enumerate(every):
        made = rewritten(statement)
        if made is None or not repeatable.is_repeatable(made.definition or made.store.value):
            continue
        before = [s for number, s in every[:position] if number == cell]
        later = (s for _, s in every[position + 1 :])
        is_new = made.list_name is None or starts_empty(made.list_name, before)
        if is_new and not _reads_later(later, made.left):
            found.add(place_key(cell, statement))
    return found


def _reads_later(statements: Iterable[ast.stmt], left: Iterable[str]) -> bool:
    alive = set(left)
    for statement in statements:
        names = names_of(statement)
        if alive & (names.reads | names.mutates | names.calls_need):
            return True
        alive -= names.binds
    return False


def beside_operation(statement: ast.stmt, cell: int, register: Callable[[Site], int]) -> ast.stmt:
    """Return a statement that runs as it stands beside its operation, where rows go in; else it is recorded alone.

    Args:
        statement: One that ``candidates`` named.
        cell: Number of its cell.
        register: Gives a number to a site.
    """
    instrumenter = Instrumenter(cell, register)
    asked = Instrumenter(cell, lambda site: register(replace(site, key=f"{site.key}#asked")))
    name, again = round_names(cell, statement)
    made = rewritten(copied(statement), name)
    assert made is not None
    is_loop = ast.Constant(isinstance(made.store.value, ast.ListComp))
    columns = [asked.visit(copied(column)) for column in _columns(made.store.value)]
    operation = instrumenter.visit(made.store.value)
    key = ast.Constant(place_key(cell, statement))
    filled = _later(copied(made.filled))
    compared = _call(hooks.SAME, [filled, ast.Name(again, ast.Load()), key])
    both: list[ast.stmt] = [] if made.definition is None else [instrumenter.visit(made.definition)]
    value = _call(hooks.QUIETLY, [_later(operation)])
    both += [ast.Assign([ast.Name(again, ast.Store())], value), copied(statement)]
    if isinstance(made.store.targets[0], ast.Name):
        both.append(ast.Expr(compared))
    else:
        made.store.value = ast.copy_location(ast.Name(again, ast.Load()), statement)
        both.append(ast.If(compared, [instrumenter.visit(made.store)], []))
    both.append(ast.Delete([ast.Name(again, ast.Del())]))
    test = _call(hooks.HAS_ROWS, [_later(ast.Tuple(columns, ast.Load()))])
    test.keywords = [ast.keyword("is_loop", is_loop)]
    branch = ast.If(test, both, [instrumenter.visit(copied(statement))])
    for node in ast.walk(branch):
        if isinstance(node, ast.expr | ast.stmt) and not hasattr(node, "lineno"):
            ast.copy_location(node, statement)
    return ast.copy_location(branch, statement)


def round_names(cell: int, statement: ast.stmt) -> tuple[str, str]:
    """Return the names of the function of a round and of what the operation makes."""
    name = f"{ROUND}_{cell}_{statement.lineno}"
    return name, f"{name}_made"


def _columns(value: ast.expr) -> Sequence[ast.expr]:
    """Return what an operation takes of rows."""
    match value:
        case ast.ListComp(
            generators=[ast.comprehension(iter=ast.Call(func=ast.Name(id="zip"), args=columns))]
        ):
            return columns
        case ast.ListComp(generators=[ast.comprehension(iter=column)]):
            return [column]
        case ast.BinOp(left=left):
            return [left]
        case ast.DictComp(
            generators=[ast.comprehension(iter=ast.Call(func=ast.Attribute(value=table)))]
        ):
            return [table]
    return []


def _call(hook: str, arguments: list[ast.expr]) -> ast.Call:
    return ast.Call(ast.Name(hook, ast.Load()), arguments, [])


def _later(value: ast.expr) -> ast.expr:
    return ast.Lambda(ast.arguments([], [], None, [], [], None, []), value)
