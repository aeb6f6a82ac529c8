"""What a predict is asked, and what is made of it and compared: the answers that may be meant."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

from nb2prod.compile.scope import Scope
from nb2prod.compile.spec import Bind, Spec
from nb2prod.diagnostic import Diagnostic
from nb2prod.notebook.recording import Compared

Identity = tuple[Any, ...]
"""An expression with the versions of its names: where it is the same, the value is."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose predict a call is, and of which rows.

    Attributes:
        model: The estimator.
        rows: The argument.
        operand: The argument's name.
    """

    model: Identity
    rows: Identity
    operand: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is made from predictions and compared with other values of the scored rows.

    Attributes:
        compared: What the run showed.
        spec: What it is.
        code: Its code at serving.
        number: The step.
        refusal: Says at the comparison that it cannot be served, should that turn out.
        has_fitted_terms: Whether it is compared with the values that the model was fitted on, of other rows.
        is_plain: Whether it stands in a cell itself, neither in a loop nor in a function.
    """

    compared: Compared
    spec: Spec
    code: ast.expr
    number: int
    refusal: Diagnostic
    has_fitted_terms: bool
    is_plain: bool

    @property
    def is_changed(self) -> bool:
        """Tell whether it is anything but what a model gave, or cannot be followed back to that."""
        is_given = self.compared.is_prediction or self.compared.is_score
        return bool(self.spec.changes) or self.spec.bind is Bind.FROZEN or not is_given


def identity(node: ast.expr, scope: Scope) -> Identity:
    """Return what tells an expression's value from others in one scope."""
    versions = []
    for name in sorted({n.id for n in ast.walk(node) if isinstance(n, ast.Name)}):
        found = scope.find(name)
        owner = found[1] if found is not None else scope
        versions.append((name, owner.serial, owner.versions.get(name, 0)))
    return (ast.dump(node), tuple(versions))


def ask(call: ast.expr, asked: Asked) -> None:
    """Mark a call as a predict."""
    call.nb2prod_asked = asked  # type: ignore[attr-defined]  # read by asked_of


def asked_of(node: ast.AST) -> Asked | None:
    """Return what a marked predict asks, or None for any other node."""
    found: Asked | None = getattr(node, "nb2prod_asked", None)
    return found
