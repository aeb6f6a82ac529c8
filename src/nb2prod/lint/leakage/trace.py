"""What happens to data and models in a notebook, in order."""

import ast
from typing import NamedTuple

from nb2prod.lint.leakage.values import Value


class Fit(NamedTuple):
    """Something is fitted to data.

    Attributes:
        number: Which fit it is.
        cell: Where.
        node: The call.
        receiver: The name that is fitted; empty when it has none.
        path: The class that is fitted.
        data: The features.
        target: The answers.
        loops: The loops around it, outermost first.
    """

    number: int
    cell: int
    node: ast.Call
    receiver: str
    path: str
    data: Value
    target: Value
    loops: tuple[ast.stmt, ...]


class Split(NamedTuple):
    """Rows are divided, by a splitter or by cross-validation."""

    cell: int
    node: ast.Call
    data: Value
    target: Value
    is_shuffled: bool
    is_validation: bool


class Score(NamedTuple):
    """A model is judged: by a metric, or by its own ``score``.

    Attributes:
        cell: Where.
        node: The call.
        models: Numbers of the fits that the model may come from.
        data: The rows that judge.
        loops: The loops around it, outermost first.
    """

    cell: int
    node: ast.Call
    models: frozenset[int]
    data: Value
    loops: tuple[ast.stmt, ...]


class Resampling(NamedTuple):
    """Rows are drawn or made to balance classes."""

    number: int
    cell: int
    node: ast.Call
    data: Value


class RowChoice(NamedTuple):
    """Rows are chosen: by ``sample``, by a ``slice`` with its bounds, or by a ``mask``."""

    number: int
    cell: int
    node: ast.AST
    kind: str
    bounds: tuple[int | None, int | None] | None


class Trace(NamedTuple):
    """All that happened, each kind in order."""

    fits: list[Fit]
    splits: list[Split]
    scores: list[Score]
    resamplings: list[Resampling]
    choices: list[RowChoice]
    order: list[object]
    aliases: dict[str, str]
