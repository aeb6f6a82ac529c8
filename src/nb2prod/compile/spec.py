"""What the compiler knows of an expression: when it is bound, and its code for training and for serving."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, TypeAlias

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
class Check:
    """A filter of training that a request's rows are asked, but not dropped by.

    Attributes:
        call: The call of ``in_domain``.
        raw: Raw columns that it looks at, as far as they are known.
        note: Says at the filter's place that it cannot be asked, should that turn out.
    """

    call: ast.Call
    raw: frozenset[Any]
    note: Diagnostic


Proviso: TypeAlias = Diagnostic | Check
"""What comes with a value once it is served: a refusal, or a check of the request."""


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
        parts: What stands under the names of a dictionary, or in columns of a table that was made of one.
        labels: Code in the training script that gives the raw table's labels of its rows, or None.
        has_own_labels: Whether its own index holds them.
        provisos: Why it cannot be served, if it cannot, and what a request is asked on the way; they count only where
            it is needed at serving.
        taint: Why a frozen value must not be served.
        lost: Where a frozen value lost the rows that it was made of, should a model be asked about it.
        is_imported: Whether it is, or belongs to, an imported module or a builtin.
        from_predict: Whether it is a prediction, or made from any.
        changes: Operations that made other values of predictions on the way to it.
        terms: Tells in which terms its values are: rows that a split takes apart keep those.
        function: The definition, where it is a function or class from a cell.
        is_condition: Whether it is true or false for each row.
        kept: Serving code of the rows that training keeps, where it has dropped some just here.
        asked: Raw columns that decided which rows those are.
        has_exact_labels: Whether, as an index, it holds at serving the labels of the rows that training means.
    """

    bind: Bind
    fit: ast.expr
    serve: ast.expr
    kind: str = "object"
    elements: tuple[Spec, ...] = ()
    raw: frozenset[Any] = frozenset()
    is_exact: bool = True
    columns: tuple[Any, ...] | None = None
    parts: Mapping[Any, Spec] = field(default_factory=dict)
    labels: ast.expr | None = None
    has_own_labels: bool = False
    provisos: tuple[Proviso, ...] = ()
    taint: tuple[Diagnostic, ...] = ()
    lost: tuple[Diagnostic, ...] = ()
    is_imported: bool = False
    from_predict: bool = False
    changes: tuple[Diagnostic, ...] = ()
    terms: str | int | None = None
    function: ast.FunctionDef | ast.Lambda | ast.ClassDef | None = None
    is_condition: bool = False
    kept: ast.expr | None = None
    asked: frozenset[Any] = frozenset()
    has_exact_labels: bool = False

    @property
    def is_rows(self) -> bool:
        """Tell whether it depends on the request."""
        return self.bind in {Bind.ROWS, Bind.ACCESSOR}

    @property
    def refusals(self) -> tuple[Diagnostic, ...]:
        """Return why it cannot be served."""
        return tuple(p for p in self.provisos if isinstance(p, Diagnostic))

    def refused(self, *diagnostics: Diagnostic) -> Spec:
        """Return the same spec with more refusals."""
        return replace(self, provisos=(*self.provisos, *diagnostics))


def static(node: ast.expr, **fields: Any) -> Spec:
    """Return the spec of code that is the same in training and serving."""
    return Spec(Bind.STATIC, node, node, **fields)


def frozen(node: ast.expr, **fields: Any) -> Spec:
    """Return the spec of a value of the training table."""
    return Spec(Bind.FROZEN, node, node, **fields)
