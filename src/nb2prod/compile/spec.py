"""What the compiler knows of an expression: when it is bound, and its code for training and for serving."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from nb2prod.diagnostic import Diagnostic


class Bind(StrEnum):
    """When a value is known (binding time)."""

    STATIC = "static"
    """From the code alone: literals, imports, functions, loop variables."""
    FROZEN = "frozen"
    """From the training table: a value that the artifact stores."""
    ROWS = "rows"
    """From the request's rows."""
    ACCESSOR = "accessor"
    """An intermediate object over rows, such as ``df.str``."""
    OPAQUE = "opaque"
    """A parameter of a function that a library calls row by row."""


@dataclass(frozen=True, slots=True)
class Spec:
    """An expression after specialisation.

    Attributes:
        bind: Its binding time.
        fit: Its code in the training script.
        serve: Its code at serving; meaningless where ``bind`` is frozen.
        kind: Kind of its value, as recorded.
        elements: Specs of a tuple or list, in order.
        raw: Raw columns that its rows derive from.
        is_exact: Whether it derives from each of those columns for certain.
        columns: Column names of a frame.
        labels: Code in the training script that gives the raw table's labels of its rows, or None.
        has_own_labels: Whether its own index holds them.
        refusals: Why it cannot be served, if it cannot; they count only where it is needed at serving.
        taint: Why a frozen value must not be served.
        is_imported: Whether it is, or belongs to, an imported module or a builtin.
        from_predict: Whether it is a prediction, or made from predictions alone.
        function: The definition, where it is a function or class from a cell.
    """

    bind: Bind
    fit: ast.expr
    serve: ast.expr
    kind: str = "object"
    elements: tuple[Spec, ...] = ()
    raw: frozenset[Any] = frozenset()
    is_exact: bool = True
    columns: tuple[Any, ...] | None = None
    labels: ast.expr | None = None
    has_own_labels: bool = False
    refusals: tuple[Diagnostic, ...] = ()
    taint: tuple[Diagnostic, ...] = ()
    is_imported: bool = False
    from_predict: bool = False
    function: ast.FunctionDef | ast.Lambda | ast.ClassDef | None = None

    @property
    def is_rows(self) -> bool:
        """Tell whether it depends on the request."""
        return self.bind in {Bind.ROWS, Bind.ACCESSOR}

    def refused(self, *diagnostics: Diagnostic) -> Spec:
        """Return the same spec with more refusals."""
        return replace(self, refusals=(*self.refusals, *diagnostics))


def static(node: ast.expr, **fields: Any) -> Spec:
    """Return the spec of code that is the same in training and serving."""
    return Spec(Bind.STATIC, node, node, **fields)


def frozen(node: ast.expr, **fields: Any) -> Spec:
    """Return the spec of a value of the training table."""
    return Spec(Bind.FROZEN, node, node, **fields)
