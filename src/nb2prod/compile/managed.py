"""Blocks under ``with``: they are followed where it is known what their context manager does at serving."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Protocol

from nb2prod.compile.context import Context
from nb2prod.compile.names import load
from nb2prod.compile.residual import Residual
from nb2prod.compile.scope import Scope
from nb2prod.compile.spec import Proviso, Spec, frozen

Block = tuple[list[ast.stmt], list[ast.stmt], tuple[Proviso, ...]]
"""Training code, serving code, and what stands against serving."""


class Follower(Protocol):
    """The part that specialises statements."""

    def spec(self, node: ast.expr, scope: Scope) -> Spec:
        """Return what an expression is."""

    def block(self, body: Sequence[ast.stmt], scope: Scope) -> Block:
        """Specialise the statements of a block."""


_KEPT = frozenset({"contextlib", "decimal", "numpy", "pandas", "sklearn", "warnings"})
"""Libraries whose context managers say how values are computed: they serve, too."""

_LEFT_OUT = frozenset({"_io", "io", "matplotlib", "mlflow", "seaborn", "tempfile", "tqdm", "wandb"})
"""Libraries whose context managers draw, log or write, which is nothing to a request."""


def managed_block(
    node: ast.With, scope: Scope, follower: Follower, context: Context
) -> Residual | None:
    """Specialise a ``with`` block, such as a fit whose warnings are silenced, or an experiment that is tracked.

    Returns:
        None where some of it would have to serve, and what its context manager changes is not known there.
    """
    if any(follower.spec(item.context_expr, scope).is_rows for item in node.items):
        return None
    for item in node.items:
        targets = ast.walk(item.optional_vars) if item.optional_vars is not None else ()
        for name in (part.id for part in targets if isinstance(part, ast.Name)):
            scope.bind(name, frozen(load(name)))
    before, after, serve_before = scope.before, scope.after, scope.serve_before
    fit, serve, provisos = follower.block(node.body, scope)
    scope.before, scope.after, scope.serve_before = before, after, serve_before
    made: list[ast.stmt] = [ast.copy_location(ast.With(node.items, fit or [ast.Pass()]), node)]
    if not serve:
        return Residual(made)
    libraries = [_library(item.context_expr, scope, context) for item in node.items]
    if not set(libraries) <= _KEPT | _LEFT_OUT:
        return None
    kept = [item for item, name in zip(node.items, libraries, strict=True) if name in _KEPT]
    if kept:
        managed: list[ast.stmt] = [ast.copy_location(ast.With(kept, serve), node)]
        return Residual(made, managed, provisos)
    return Residual(made, serve, provisos)


def _library(node: ast.expr, scope: Scope, context: Context) -> str:
    """Return the library whose function or class makes a context manager."""
    fact = context.fact(node, scope)
    return (fact.callee or "").partition(".")[0] if fact is not None else ""
