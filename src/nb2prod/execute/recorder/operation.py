"""An operation with samples of its operands, so that it can be run again on other rows."""

from __future__ import annotations

import ast
import builtins
import copy
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nb2prod.execute.recorder.matching import Positions
from nb2prod.execute.recorder.values import is_from_cell
from nb2prod.notebook.slots import placeholder

SAMPLE_ROWS = 16
"""Rows kept of each operand."""

_WANTED_ROWS = 12
"""Of these, how many are wanted ones; the others may be rows that the notebook drops."""

BASE = "base of "
"""Prefix of the name under which the table behind an accessor operand is found after a run."""

_FIXED_CELLS = 200_000


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of an operand, taken before the operation ran."""

    sample: Any
    kind: str
    positions: Positions


@dataclass(frozen=True, slots=True)
class Fixed:
    """An operand that does not depend on the rows."""

    value: Any


@dataclass(frozen=True, slots=True)
class Container:
    """A list, tuple or dict display that holds rows."""

    keys: tuple[Any, ...] | None
    items: tuple[Operand, ...]
    is_tuple: bool


@dataclass(frozen=True, slots=True)
class Unknown:
    """An operand that could not be kept; the operation cannot be run again."""

    why: str


@dataclass(slots=True)
class Operation:
    """What is needed to run an operation again.

    Attributes:
        template: The expression or statement, with placeholders for its operands.
        operands: Samples by operand name.
        namespace: The user's globals, for names that are no operands.
        stores: Whether it is a statement that changes operand ``0``.
        changes: Names of operands that it changes in place.
    """

    template: ast.expr | ast.stmt
    operands: dict[str, Operand] = field(default_factory=dict)
    namespace: dict[str, Any] = field(default_factory=dict)
    stores: bool = False
    changes: tuple[str, ...] = ()


Operand = Rows | Fixed | Container | Unknown | Operation

Select = Callable[[Rows], Any]


def fixed(value: Any, kind: str) -> Operand:
    """Keep an operand that carries no rows: by value where it could change, by reference where it is no data."""
    if kind in {"frame", "series", "array", "extension", "index", "sparse"}:
        size = getattr(value, "size", 0)
        return Fixed(value.copy()) if size <= _FIXED_CELLS else Unknown("a large table")
    if kind in {"list", "dict", "tuple"} and len(value) <= _FIXED_CELLS:
        return Fixed(copy.copy(value))
    if kind == "callable" and is_from_cell(value):
        return Fixed(_as_it_is_now(value))
    return Fixed(value)


def _as_it_is_now(function: Any) -> Any:
    """Copy a function from a cell with the values that it reads now: a loop gives its names others later."""
    if not isinstance(function, types.FunctionType):
        return function
    names = _names_read(function.__code__)
    scope = {name: v for name, v in function.__globals__.items() if name in names}
    scope["__builtins__"] = builtins
    copied = types.FunctionType(
        function.__code__, scope, function.__name__, function.__defaults__, function.__closure__
    )
    copied.__kwdefaults__ = function.__kwdefaults__
    return copied


def _names_read(code: types.CodeType) -> set[str]:
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= _names_read(constant)
    return names


def sample_offsets(positions: Positions, wanted: Positions) -> npt.NDArray[np.int64]:
    """Choose the same rows for every operand that has the same rows: the wanted ones, then evenly spaced others."""
    hits = np.flatnonzero(np.isin(positions, wanted))[:_WANTED_ROWS]
    if len(hits) < SAMPLE_ROWS and len(positions) > len(hits):
        spread = np.linspace(0, len(positions) - 1, min(len(positions), SAMPLE_ROWS)).astype(int)
        extra = [offset for offset in spread if offset not in set(hits.tolist())]
        hits = np.sort(np.concatenate([hits, extra[: SAMPLE_ROWS - len(hits)]]).astype(np.int64))
    return hits.astype(np.int64)


def rows_in(operand: Operand) -> Iterator[Rows]:
    """Yield every row-carrying operand below ``operand``."""
    match operand:
        case Rows():
            yield operand
        case Container(items=items):
            for item in items:
                yield from rows_in(item)
        case Operation(operands=operands):
            for item in operands.values():
                yield from rows_in(item)
        case _:
            return


def unknowns_in(operand: Operand) -> Iterator[Unknown]:
    """Yield every operand below ``operand`` that could not be kept."""
    match operand:
        case Unknown():
            yield operand
        case Container(items=items):
            for item in items:
                yield from unknowns_in(item)
        case Operation(operands=operands):
            for item in operands.values():
                yield from unknowns_in(item)
        case _:
            return


def build(operand: Operand, select: Select) -> Any:
    """Make an operand's value for the rows that ``select`` takes."""
    match operand:
        case Rows():
            return select(operand)
        case Fixed(value=value):
            if isinstance(value, pd.DataFrame | pd.Series | np.ndarray | list | dict):
                return copy.copy(value)
            return value
        case Container(keys=keys, items=items, is_tuple=is_tuple):
            built = [build(item, select) for item in items]
            if keys is not None:
                return dict(zip(keys, built, strict=True))
            return tuple(built) if is_tuple else built
        case Operation():
            return run(operand, select)[0]
        case Unknown(why=why):
            raise LookupError(why)


def run(operation: Operation, select: Select) -> tuple[Any, dict[str, Any]]:
    """Run an operation on other rows.

    Returns:
        Its result, and the operands by name as they are afterwards.
    """
    built: dict[str, Any] = {}
    for name, operand in operation.operands.items():
        if isinstance(operand, Operation):
            built[name], inner = run(operand, select)
            built[f"{BASE}{name}"] = inner.get(f"{BASE}0", inner.get("0"))
        else:
            built[name] = build(operand, select)
    scope = dict(operation.namespace)
    scope.update({placeholder(name): value for name, value in built.items()})
    template = operation.template
    if isinstance(template, ast.expr):
        code = compile(ast.Expression(body=template), "<operation>", "eval")
        return eval(code, scope), built  # noqa: S307 (the user's own expression, in the user's own kernel)
    code = compile(ast.Module(body=[template], type_ignores=[]), "<operation>", "exec")
    exec(code, scope)  # noqa: S102 (the user's own statement, in the user's own kernel)
    return built.get("0"), built
