"""What a statement becomes."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from nb2prod.compile.program import Step
from nb2prod.compile.reading import captures_in, state_names
from nb2prod.compile.spec import Proviso


@dataclass(slots=True)
class Residual:
    """A statement after specialisation.

    Attributes:
        fit: Training code that also fills the fitted state.
        serve: Serving code; empty where nothing stays.
        provisos: Why it cannot be served, and what a request is asked; they count only if its serving code is needed.
        is_looking: Whether it only shows something of a table and changes nothing.
    """

    fit: list[ast.stmt] = field(default_factory=list)
    serve: list[ast.stmt] = field(default_factory=list)
    provisos: tuple[Proviso, ...] = ()
    is_looking: bool = False


@dataclass(slots=True)
class Piece:
    """A step with what it becomes."""

    step: Step
    residual: Residual


def mark_identity(statement: ast.stmt) -> None:
    """Mark ``a = b`` as standing for an operation that made another object of the same rows."""
    statement.nb2prod_identity = True  # type: ignore[attr-defined]  # read by is_identity


def is_identity(statement: ast.stmt) -> bool:
    """Tell whether ``a = b`` stands for an operation that made another object."""
    return getattr(statement, "nb2prod_identity", False)


LABELS = "rows_of_"
"""Prefix of the names under which training code keeps the labels of a split's parts."""


def keeps_labels(statement: ast.stmt) -> bool:
    """Tell whether a statement keeps the labels of a split's part."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name.startswith(LABELS)
        case _:
            return False


def reads_others(statement: ast.stmt, used: set[str]) -> bool:
    """Tell whether a statement that fills nothing reads entries of the fitted state which are not kept."""
    is_plain = not captures_in(statement) and not keeps_labels(statement)
    return is_plain and not state_names([statement]) <= used
