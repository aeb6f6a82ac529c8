"""Functions from cells that read values of the training run, where they are handed to a library."""

from __future__ import annotations

import ast
from dataclasses import replace

from nb2prod.compile.context import Context
from nb2prod.compile.names import load
from nb2prod.compile.refusals import TABLE_DEPENDENT
from nb2prod.compile.scope import Scope
from nb2prod.compile.spec import Bind, Spec
from nb2prod.notebook.names import names_of
from nb2prod.notebook.trees import copied


class Closures:
    """Emit a function within the code that hands it on, with the values that it reads frozen.

    Args:
        context: What the compilation shares.
    """

    def __init__(self, context: Context) -> None:
        self._context = context

    def spec(self, spec: Spec, definition: ast.FunctionDef, scope: Scope) -> Spec:
        """Return what a function is that is passed to a library."""
        reads = names_of(definition).calls_need
        bound = {name: found[0] for name in sorted(reads) if (found := scope.find(name))}
        rows = [name for name, one in bound.items() if one.is_rows]
        if rows:
            why = f"`{definition.name}` reads the table `{rows[0]}`"
            return spec.refused(self._context.refuse(TABLE_DEPENDENT, definition, why))
        values = {name: one for name, one in bound.items() if one.bind is Bind.FROZEN}
        if not values:
            return spec
        self._context.local_functions.add(definition.name)
        codes = {}
        provisos = spec.provisos
        for name, one in values.items():
            kept = self._context.freeze(one, ast.copy_location(load(name), definition), scope)
            codes[name] = kept.serve
            provisos += kept.provisos
        served = _Substitute(codes).visit(copied(definition))
        scope.serve_before.append(served)
        return replace(spec, provisos=provisos)


class _Substitute(ast.NodeTransformer):
    """Put entries of the fitted state in the place of names."""

    def __init__(self, codes: dict[str, ast.expr]) -> None:
        self._codes = codes

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Replace a name that is read."""
        if isinstance(node.ctx, ast.Load) and node.id in self._codes:
            return copied(self._codes[node.id])
        return node


def stored_operands(node: ast.expr, specs: dict[str, Spec]) -> dict[str, Spec]:
    """Return a call's operands without what a search scores by: only its best estimator is stored."""
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name.endswith(
            "SearchCV"
        ):
            return {
                slot: replace(spec, function=None, taint=()) if slot == "scoring" else spec
                for slot, spec in specs.items()
            }
    return specs
