"""Blocks under ``with``: what they train is followed, what they serve is not."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Protocol

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


def training_block(node: ast.With, scope: Scope, follower: Follower) -> Residual | None:
    """Specialise a ``with`` block that only trains, such as a fit whose warnings are silenced.

    Returns:
        None where some of it would have to serve: what its context manager changes is not known there.
    """
    if any(follower.spec(item.context_expr, scope).is_rows for item in node.items):
        return None
    for item in node.items:
        targets = ast.walk(item.optional_vars) if item.optional_vars is not None else ()
        for name in (part.id for part in targets if isinstance(part, ast.Name)):
            scope.bind(name, frozen(load(name)))
    before, after, serve_before = scope.before, scope.after, scope.serve_before
    fit, serve, _ = follower.block(node.body, scope)
    scope.before, scope.after, scope.serve_before = before, after, serve_before
    if serve:
        return None
    return Residual([ast.copy_location(ast.With(node.items, fit or [ast.Pass()]), node)])
