"""Statements that cannot be followed: training runs them, and rows that they touch are refused at serving."""

from __future__ import annotations

import ast

from nb2prod.compile.context import Context
from nb2prod.compile.names import load
from nb2prod.compile.refusals import UNSUPPORTED
from nb2prod.compile.residual import Residual
from nb2prod.compile.scope import Scope
from nb2prod.compile.spec import Bind, Spec, frozen
from nb2prod.diagnostic import Diagnostic
from nb2prod.notebook.names import names_of

UNFOLLOWED = "unfollowed"
"""The kind of a value that a refused statement made: what it is used for needs no refusal of its own."""


class Unfollowed:
    """Keep what cannot be followed from being served unseen.

    Args:
        context: What the compilation shares.
    """

    def __init__(self, context: Context) -> None:
        self._context = context

    def statement(self, node: ast.stmt, scope: Scope) -> Residual:
        """Take a statement as training only; rows that it binds or changes cannot be served."""
        names = names_of(node)
        touched = names.binds | names.mutates | names.deletes
        reads_rows = any(
            found is not None and found[0].is_rows
            for found in map(scope.find, names.reads | touched)
        )
        if not reads_rows:
            for name in touched:
                scope.bind(name, frozen(load(name)))
            return Residual([node])
        refusal = self._context.refuse(UNSUPPORTED, node, f"`{type(node).__name__.lower()}`")
        return self.everything(node, scope, refusal)

    def name(self, node: ast.stmt, name: str | None, scope: Scope, why: str) -> Residual:
        """Take the rows under one name as not servable from here on."""
        refusal = self._context.refuse(UNSUPPORTED, node, why)
        if name is not None:
            spec = Spec(Bind.ROWS, load(name), load(name))
            scope.bind(name, spec)
        return Residual([node], [node], (refusal,))

    def everything(self, node: ast.stmt, scope: Scope, refusal: Diagnostic) -> Residual:
        """Take the rows under every name that the statement binds or changes as not servable."""
        names = names_of(node)
        for name in names.binds | names.mutates:
            found = scope.find(name)
            known = found[0] if found is not None else None
            if known is not None and known.is_rows:
                scope.touch(name)
            else:
                scope.bind(name, Spec(Bind.ROWS, load(name), load(name), UNFOLLOWED))
        return Residual([node], [node], (refusal,))
