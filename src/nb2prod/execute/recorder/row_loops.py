"""Run a loop over rows as it stands, and beside it the comprehension that it may be written as.

The comprehension is recorded as any operation on columns. Where it gives the very list that the loop gave, the rows of
that list are known, and the loop counts as the comprehension. The notebook goes on with what its loop made.
"""

from __future__ import annotations

import ast
import contextlib
import io
import random
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from nb2prod.execute.recorder import hooks
from nb2prod.execute.recorder.instrument import Instrumenter, Site
from nb2prod.execute.recorder.repeatable import Repeatable
from nb2prod.execute.recorder.rows import RowTable
from nb2prod.notebook.names import names_of
from nb2prod.notebook.recording import place_key
from nb2prod.notebook.row_loops import RowLoop, as_comprehension, starts_empty
from nb2prod.notebook.trees import copied

ROUND = "_rec_round"
"""What the names of the functions of a round begin with, which stand in the user's namespace until the run ends."""
Placed = tuple[int, ast.stmt]
"""A cell's number and one of its statements."""


def candidates(statements: Iterable[Placed]) -> set[str]:
    """Return the keys of loops that can run beside their comprehensions, and whose other names nothing reads later.

    Args:
        statements: The statements of the tagged cells, in order.
    """
    every = list(statements)
    repeatable = Repeatable(statement for _, statement in every)
    found = set()
    for position, (cell, statement) in enumerate(every):
        made = as_comprehension(statement)
        if made is None or not repeatable.is_repeatable(made.definition):
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


def with_comprehension(loop: ast.stmt, cell: int, register: Callable[[Site], int]) -> ast.stmt:
    """Return a loop that runs as it stands, with its comprehension, where it runs over rows; else it is recorded.

    Args:
        loop: A loop that ``candidates`` named.
        cell: Number of its cell.
        register: Gives a number to a site.
    """
    instrumenter = Instrumenter(cell, register)
    asked = Instrumenter(cell, lambda site: register(replace(site, key=f"{site.key}#asked")))
    name, again = round_names(cell, loop)
    made = as_comprehension(copied(loop), name)
    assert isinstance(made, RowLoop)
    value = made.store.value
    assert isinstance(value, ast.ListComp)
    columns = [asked.visit(copied(column)) for column in _columns(value)]
    compared = _call(
        hooks.SAME,
        [
            _later(copied(made.filled)),
            ast.Name(again, ast.Load()),
            ast.Constant(place_key(cell, loop)),
        ],
    )
    both: list[ast.stmt] = [
        instrumenter.visit(made.definition),
        ast.Assign(
            [ast.Name(again, ast.Store())],
            _call(hooks.QUIETLY, [_later(instrumenter.visit(value))]),
        ),
        copied(loop),
        ast.Expr(compared),
    ]
    if made.list_name is None:
        made.store.value = ast.copy_location(ast.Name(again, ast.Load()), loop)
        both[-1] = ast.If(compared, [instrumenter.visit(made.store)], [])
    test = _call(hooks.HAS_ROWS, [_later(ast.Tuple(columns, ast.Load()))])
    branch = ast.If(test, both, [instrumenter.visit(copied(loop))])
    for node in ast.walk(branch):
        if isinstance(node, ast.expr | ast.stmt) and not hasattr(node, "lineno"):
            ast.copy_location(node, loop)
    return ast.copy_location(branch, loop)


def round_names(cell: int, loop: ast.stmt) -> tuple[str, str]:
    """Return the names of the function of a round and of what the comprehension makes."""
    name = f"{ROUND}_{cell}_{loop.lineno}"
    return name, f"{name}_made"


def _columns(value: ast.ListComp) -> Sequence[ast.expr]:
    iterable = value.generators[0].iter
    match iterable:
        case ast.Call(func=ast.Name(id="zip"), args=columns):
            return columns
    return [iterable]


def _call(hook: str, arguments: list[ast.expr]) -> ast.expr:
    return ast.Call(ast.Name(hook, ast.Load()), arguments, [])


def _later(value: ast.expr) -> ast.expr:
    return ast.Lambda(ast.arguments([], [], None, [], [], None, []), value)


class RowLoops:
    """Which loops gave what their comprehensions give.

    Args:
        rows: Where the rows of living values come from.
    """

    def __init__(self, rows: RowTable) -> None:
        self._rows = rows
        self.same: list[str] = []

    def has_rows(self, columns: Callable[[], Sequence[Any]]) -> bool:
        """Tell whether a loop runs over rows of the raw table, which can be gone through twice."""
        given = quietly(columns) or ()
        if any(isinstance(column, Iterator | pd.DataFrame) for column in given):
            return False
        return any(self._rows.find(column) is not None for column in given)

    def compare(self, filled: Callable[[], Any], made: Any, key: str) -> bool:
        """Tell whether a loop filled a list or column with what its comprehension made, and know the list's rows.

        Args:
            filled: Gives what the loop filled.
            made: What the comprehension gave before.
            key: Key of the loop's place.
        """
        found = quietly(filled)
        tracked = self._rows.find(made) if _is_same(found, made) else None
        if tracked is None:
            return False
        if isinstance(found, list):
            self._rows.add(found, tracked.positions, tracked.method)
        self.same.append(key)
        return True


def quietly(make: Callable[[], Any]) -> Any:
    """Run what the notebook did not ask for: nothing is printed, warned of, raised or drawn; None where it fails."""
    states = random.getstate(), np.random.get_state()
    try:
        with (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")
            return make()
    except Exception:  # the loop itself did not need it
        return None
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])


def _is_same(filled: Any, made: Any) -> bool:
    if type(made) is not list or not hasattr(filled, "__len__") or len(filled) != len(made):
        return False
    if isinstance(filled, pd.Series):
        stored = pd.Series(made, index=filled.index)
        return stored.dtype == filled.dtype and stored.equals(filled)
    if isinstance(filled, np.ndarray):
        array = np.array(made, dtype=filled.dtype) if filled.ndim == 1 else filled
        return filled.ndim == 1 and all(map(_is_same_value, filled.tolist(), array.tolist()))
    return type(filled) is list and all(map(_is_same_value, filled, made))


def _is_same_value(one: Any, other: Any) -> bool:
    """Compare as rows are compared; an array's own numbers count as Python's, which a column's iteration gives."""
    one, other = (v.item() if isinstance(v, np.generic) else v for v in (one, other))
    if type(one) is not type(other):
        return False
    try:
        return bool(one == other or (one != one and other != other))
    except ValueError:  # arrays have no one truth
        return bool(np.array_equal(one, other))
