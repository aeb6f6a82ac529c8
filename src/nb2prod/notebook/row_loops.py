"""Write a loop over rows that fills one list or column as a comprehension over columns.

``for i in range(len(df)): labels.append(f(df["a"][i]))`` is ``labels = [f(a) for a in df["a"]]`` where no round knows
of another. A comprehension is an operation on columns, which can be recorded, served and proved; a loop is not. Whether
both give the same is for the recorder to see: ``df["a"][i]`` may be another row than the one at ``i``.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from nb2prod.notebook.rewritten import Rewritten
from nb2prod.notebook.rounds import appended_list, as_function_body, bound_in
from nb2prod.notebook.row_values import RowValues, Stored, named, row_values
from nb2prod.notebook.trees import at, copied

_STORED = "_stored"
"""Stands for a list of what the rounds store."""


def as_comprehension(loop: ast.stmt, function: str | None = None) -> Rewritten | None:
    """Return a loop as a comprehension over columns, or None where it does more than fill one column row by row.

    Args:
        loop: A statement; its nodes keep their places.
        function: Name of the function of a round; from what the loop fills without.
    """
    if not isinstance(loop, ast.For) or loop.orelse:
        return None
    values = row_values(loop)
    body = values.body() if values is not None else None
    if values is None or body is None:
        return None
    name = appended_list(body)
    if values.stored is not None:
        return _storing(loop, values, values.stored, body, function) if name is None else None
    if name is None or mentions([loop.iter], name):
        return None
    made = _written(loop, values, body, name, function or f"{name}_of_row")
    if made is None:
        return None
    target = at(ast.Name(name, ast.Store()), loop)
    return _loop(loop, made, target, name, named(name, loop))


def _storing(
    loop: ast.For,
    values: RowValues,
    stored: Stored,
    body: Sequence[ast.stmt],
    function: str | None,
) -> Rewritten | None:
    """Write a loop that stores into the rows of one column: a round returns what its row holds after it."""
    if any(mentions(body, n.id) for n in ast.walk(stored.column) if isinstance(n, ast.Name)):
        return None  # rounds may see what earlier ones stored
    append = at(ast.Attribute(named(_STORED, loop), "append", ast.Load()), loop)
    call = at(ast.Call(append, [named(stored.name, loop)], []), loop)
    body = [*body, at(ast.Expr(call), loop)]
    function = function or f"{stored.name}_of_row"
    made = _written(loop, values, body, _STORED, function)
    if made is None:  # some rounds leave the row as it is
        # Read and stored under one place, both would be taken for one operation.
        values.found[stored.name] = at(copied(stored.column), loop.target)
        made = _written(loop, values, body, _STORED, function)
    return None if made is None else _loop(loop, made, stored.target, None, stored.column)


def _written(
    loop: ast.For, values: RowValues, body: Sequence[ast.stmt], name: str, function: str
) -> tuple[ast.FunctionDef, ast.ListComp] | None:
    """Return the function of a round, and the comprehension that calls it."""
    element, iterable = values.over()
    if element is None or iterable is None:
        return None
    given = [n.id for n in ast.walk(element) if isinstance(n, ast.Name)]
    made = as_function_body(body, name, frozenset(given))
    if made is None or mentions(made, name):
        return None
    arguments = ast.arguments([], [at(ast.arg(n), loop) for n in given], None, [], [], None, [])
    definition = at(ast.FunctionDef(function, arguments, made, [], None), loop)
    call = at(ast.Call(named(function, loop), [named(n, loop) for n in given], []), loop)
    over = ast.comprehension(element, iterable, [], 0)
    return definition, at(ast.ListComp(call, [over]), loop)


def _loop(
    loop: ast.For,
    made: tuple[ast.FunctionDef, ast.ListComp],
    target: ast.expr,
    name: str | None,
    filled: ast.expr,
) -> Rewritten:
    store = at(ast.Assign([target], made[1]), loop)
    return Rewritten(store, filled, made[0], name, frozenset(bound_in([loop])))


def mentions(body: Sequence[ast.AST], name: str) -> bool:
    """Tell whether code names a variable."""
    return any(isinstance(n, ast.Name) and n.id == name for s in body for n in ast.walk(s))
