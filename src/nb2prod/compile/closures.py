"""Functions from cells that read values of the training run, where they are handed to a library."""

from __future__ import annotations

import ast
from dataclasses import replace

from nb2prod.compile.context import Context
from nb2prod.compile.names import load
from nb2prod.compile.outside import outside_world
from nb2prod.compile.refusals import OUTSIDE_WORLD, TABLE_DEPENDENT, refuse
from nb2prod.compile.scope import Scope
from nb2prod.compile.spec import Bind, Proviso, Spec
from nb2prod.diagnostic import Diagnostic
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
        outside = self._outside(definition, scope, set())
        if outside is not None:
            return spec.refused(outside)
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

    def _outside(
        self, definition: ast.FunctionDef, scope: Scope, seen: set[str]
    ) -> Diagnostic | None:
        """Return a refusal where a function, or one that it calls, takes something from outside of the rows."""
        seen.add(definition.name)
        for node in ast.walk(definition):
            if not isinstance(node, ast.Call):
                continue
            why = outside_world(node)
            if why is not None:
                number = self._context.definition_cells.get(id(definition), self._context.cell)
                cell = self._context.cells.get(number)
                return refuse(OUTSIDE_WORLD, cell, node, detail=f"it takes {why}")
            found = scope.find(node.func.id) if isinstance(node.func, ast.Name) else None
            function = found[0].function if found is not None else None
            if isinstance(function, ast.FunctionDef) and function.name not in seen:
                inner = self._outside(function, scope, seen)
                if inner is not None:
                    return inner
        return None

    def called(self, code: ast.expr, scope: Scope) -> tuple[Proviso, ...]:
        """Return why code that runs for each row cannot be served, because of the functions that it calls."""
        provisos: tuple[Proviso, ...] = ()
        for node in ast.walk(code):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            found = scope.find(node.func.id)
            if found is not None and isinstance(found[0].function, ast.FunctionDef):
                plain = replace(found[0], provisos=())
                provisos += self.spec(plain, found[0].function, scope).provisos
        return provisos


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
