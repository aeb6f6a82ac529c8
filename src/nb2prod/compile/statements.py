"""Specialise statements: their training code, and what of them stays at serving."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from nb2prod.compile.calls import FIT
from nb2prod.compile.context import Context
from nb2prod.compile.domain import placed
from nb2prod.compile.expressions import Expressions
from nb2prod.compile.functions import Functions
from nb2prod.compile.managed import managed_block
from nb2prod.compile.names import load, root_name
from nb2prod.compile.outside import is_setting
from nb2prod.compile.pieces import (
    assignment,
    changed_around,
    is_list,
    is_row_loop,
    loop_over,
    raise_changed,
    touched,
)
from nb2prod.compile.predictions import Predictions
from nb2prod.compile.refusals import CONDITION, LAMBDA_KEPT, ROW_LOOP, UNRECORDED, UNSUPPORTED
from nb2prod.compile.residual import Residual, is_identity, mark_identity
from nb2prod.compile.row_loop_hints import loop_hint
from nb2prod.compile.scope import Loop, Scope
from nb2prod.compile.spec import Bind, Check, Proviso, Spec, frozen, static
from nb2prod.compile.stores import Stores
from nb2prod.compile.unfollowed import Unfollowed
from nb2prod.compile.unpacking import Unpacking
from nb2prod.diagnostic import Diagnostic
from nb2prod.notebook.names import names_of
from nb2prod.notebook.recording import Fact

_GIVE = "give the function the table as an argument, and return the changed one"
_SET_OUTPUT = 'set it where it is needed, as with `transformer.set_output(transform="pandas")`'


class Statements:
    """Walk the statements of one program or function.

    Args:
        context: What the compilation shares.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._expressions = Expressions(context)
        self._predictions = Predictions(context)
        self._unfollowed = Unfollowed(context)
        self._stores = Stores(context, self._expressions, self._unfollowed)
        self._unpacking = Unpacking(self._expressions, self._stores, self._unfollowed, self.bind)
        self._depth = 0
        self._expressions.calls.inline = Functions(context, self).specialise

    def spec(self, node: ast.expr, scope: Scope) -> Spec:
        """Return what an expression is."""
        return self._expressions.spec(node, scope)

    def residual(self, node: ast.stmt, scope: Scope) -> Residual:
        """Specialise one statement."""
        scope.before, scope.after, scope.serve_before = [], [], []
        outer, self._context.statement = self._context.statement, node
        sources = self._predictions.sources(node, scope)
        made = self._dispatch(node, scope)
        self._predictions.after_statement(node, sources, scope)
        self._context.statement = outer
        made = self._with_checks(made, node)
        before, after, serve_before = scope.before, scope.after, scope.serve_before
        scope.before, scope.after, scope.serve_before = [], [], []
        made.fit = [*before, *made.fit, *after]
        if made.serve:
            made.serve = [*serve_before, *made.serve]
        return made

    def _with_checks(self, made: Residual, node: ast.stmt) -> Residual:
        """Put what a request is asked before the serving code of its statement."""
        checks = [p for p in made.provisos if isinstance(p, Check)]
        made.provisos = tuple(p for p in made.provisos if isinstance(p, Diagnostic))
        if checks:
            made.serve = placed(checks, made.serve, node, is_inside=self._depth > 0)
        return made

    def _dispatch(self, node: ast.stmt, scope: Scope) -> Residual:
        match node:
            case ast.Import() | ast.ImportFrom():
                return self._import(node, scope)
            case ast.FunctionDef() | ast.ClassDef():
                return self._definition(node, scope)
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign() | ast.Delete():
                return self._binding(node, scope)
            case ast.Expr():
                return self._expression(node, scope)
            case ast.For():
                return self._for(node, scope)
            case ast.If():
                return self._if(node, scope)
            case ast.With():
                made = managed_block(node, scope, self, self._context)
                return made or self._unfollowed.statement(node, scope)
            case ast.Pass() | ast.Assert():
                return Residual([node])
            case _:
                return self._unfollowed.statement(node, scope)

    def _binding(
        self, node: ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Delete, scope: Scope
    ) -> Residual:
        match node:
            case ast.Assign(targets=[target]):
                return self._assign(node, target, node.value, scope)
            case ast.Assign():
                return self._chain(node, scope)
            case ast.AnnAssign(value=ast.expr() as value, target=target):
                return self._assign(node, target, value, scope)
            case ast.AugAssign():
                return self._stores.augmented(node, scope)
            case ast.Delete():
                return self._stores.delete(node, scope)
            case _:
                return Residual([node])

    # Definitions

    def _import(self, node: ast.Import | ast.ImportFrom, scope: Scope) -> Residual:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            scope.bind(name, static(ast.Name(name, ast.Load()), kind="module", is_imported=True))
        return Residual([node])

    def _definition(self, node: ast.FunctionDef | ast.ClassDef, scope: Scope) -> Residual:
        name = ast.Name(node.name, ast.Load())
        scope.bind(node.name, static(name, kind="callable", function=node))
        self._context.definition_cells[id(node)] = self._context.cell
        if scope.caller is not None:
            self._context.closures[id(node)] = scope
        return Residual([node])

    # Assignments

    def _assign(
        self, node: ast.Assign | ast.AnnAssign, target: ast.expr, value: ast.expr, scope: Scope
    ) -> Residual:
        if isinstance(target, ast.Subscript | ast.Attribute):
            return self._stores.assign(node, target, value, scope)
        if isinstance(target, ast.Tuple | ast.List):
            return self._unpacking.residual(node, target, value, scope)
        assert isinstance(target, ast.Name)
        spec = self._expressions.spec(value, scope)
        return self.bind(target.id, spec, node, scope)

    def bind(self, name: str, spec: Spec, node: ast.stmt, scope: Scope) -> Residual:
        """Bind a name to what an expression is."""
        load = ast.Name(name, ast.Load())
        fit = assignment(name, spec.fit, node)
        if spec.bind is Bind.FROZEN:
            scope.bind(name, replace(spec, fit=load, serve=load))
            return Residual([fit])
        if spec.bind is Bind.STATIC:
            scope.bind(name, replace(spec, fit=load, serve=load))
            return Residual([fit], [assignment(name, spec.serve, node)], spec.provisos)
        labels = ast.Attribute(load, "index", ast.Load()) if spec.has_own_labels else spec.labels
        bound = replace(
            spec, fit=load, serve=load, labels=labels, provisos=(), function=None, kept=None
        )
        scope.bind(name, bound)
        is_same = isinstance(spec.serve, ast.Name) and spec.serve.id == name
        serve = [] if is_same else [assignment(name, spec.serve, node)]
        if serve and isinstance(spec.serve, ast.Name) and not isinstance(spec.fit, ast.Name):
            mark_identity(serve[0])
        return Residual([fit], serve, spec.provisos)

    def _chain(self, node: ast.Assign, scope: Scope) -> Residual:
        last = node.targets[-1]
        if not all(isinstance(t, ast.Name) for t in node.targets):
            return self._unfollowed.statement(node, scope)
        assert isinstance(last, ast.Name)
        made = self._assign(node, last, node.value, scope)
        for target in node.targets[:-1]:
            assert isinstance(target, ast.Name)
            more = self.bind(target.id, self._expressions.spec(load(last.id), scope), node, scope)
            made.fit += more.fit
            made.serve += more.serve
        return made

    # Expressions as statements

    def _expression(self, node: ast.Expr, scope: Scope) -> Residual:
        value = node.value
        if is_setting(node):
            why = "it changes what a library computes, for every model in the process"
            self._context.unseen_changes.append(
                self._context.refuse(UNSUPPORTED, node, why, _SET_OUTPUT)
            )
            return Residual([node])
        self._refuse_global_writes(value, scope)
        spec = self._expressions.spec(value, scope)
        if not isinstance(value, ast.Call):
            return Residual([node], is_looking=True)
        fact = self._context.fact(value, scope)
        if spec.function is not None and spec.is_rows:
            return Residual([ast.Expr(spec.fit)], [ast.Expr(spec.serve)], spec.provisos)
        if fact is not None and fact.mutated and spec.bind is not Bind.FROZEN:
            return self._in_place(node, value, fact, spec, scope)
        if isinstance(value.func, ast.Attribute):
            root = root_name(value.func)
            if root is not None and (value.func.attr in FIT or not spec.is_rows):
                self._changed_receiver(root, value, scope)
        fit = ast.copy_location(ast.Expr(spec.fit if spec.bind is Bind.FROZEN else value), node)
        return Residual([fit], is_looking=self._is_looking(value, fact, scope))

    def _is_looking(self, value: ast.Call, fact: Fact | None, scope: Scope) -> bool:
        """Tell whether a method of a table is called for what it shows."""
        root = root_name(value.func) if isinstance(value.func, ast.Attribute) else None
        found = scope.find(root) if root is not None else None
        is_table = found is not None and found[0].is_rows
        return is_table and (fact is None or not fact.mutated)

    def _refuse_global_writes(self, value: ast.expr, scope: Scope) -> None:
        """Refuse tables that a called function rebinds through ``global``: its call does not show it."""
        called = (
            scope.find(value.func.id)
            if isinstance(value, ast.Call) and isinstance(value.func, ast.Name)
            else None
        )
        definition = called[0].function if called is not None else None
        if not isinstance(definition, ast.FunctionDef):
            return
        for name in sorted(changed_around(definition)):
            found = scope.find(name)
            if found is not None and found[0].is_rows:
                why = f"`{definition.name}` changes `{name}`, which it is not given"
                refusal = self._context.refuse(UNSUPPORTED, value, why, _GIVE)
                found[1].bind(name, found[0].refused(refusal))

    def _changed_receiver(self, root: str, value: ast.Call, scope: Scope) -> None:
        """Take a method called for its effect to change its receiver."""
        found = scope.find(root)
        if found is None or found[0].is_imported or found[0].is_rows:
            return
        holds_rows = any(
            self._expressions.spec(a, scope).is_rows
            for a in value.args
            if not isinstance(a, ast.Starred)
        )
        is_fit = isinstance(value.func, ast.Attribute) and value.func.attr in FIT
        keeps_lambda = any(isinstance(argument, ast.Lambda) for argument in value.args)
        if keeps_lambda:
            refusal = self._context.refuse(LAMBDA_KEPT, value)
            found[1].names[root] = frozen(load(root), taint=(*found[0].taint, refusal))
        elif holds_rows and not is_fit:
            refusal = self._context.refuse(UNSUPPORTED, value, "rows are kept in a container")
            taint = (*found[0].taint, refusal)
            found[1].names[root] = frozen(load(root), taint=taint, lost=(refusal,))
        elif found[0].bind is Bind.STATIC:
            found[1].names[root] = frozen(load(root), kind=found[0].kind, taint=found[0].taint)
        scope.touch(root)

    def _in_place(
        self, node: ast.Expr, value: ast.Call, fact: Fact, spec: Spec, scope: Scope
    ) -> Residual:
        """Specialise a method that changes its table in place."""
        root = root_name(value.func)
        if root is not None:
            scope.touch(root)
        dropped = "rows" in fact.mutated.values()
        if dropped and spec.bind is Bind.ROWS:
            self._context.note(value, "row-dropping", "training only")
            return Residual([ast.copy_location(ast.Expr(spec.fit), node)], [], spec.provisos)
        statement = ast.copy_location(ast.Expr(spec.serve), node)
        return Residual([ast.copy_location(ast.Expr(spec.fit), node)], [statement], spec.provisos)

    # Control flow

    def _refused_loop(self, node: ast.For, scope: Scope) -> Residual:
        refusal = self._context.refuse(ROW_LOOP, node.iter, hint=loop_hint(node))
        return self._unfollowed.everything(node, scope, refusal)

    def _for(self, node: ast.For, scope: Scope) -> Residual:
        iterable = self._expressions.iterated(node.iter, scope)
        if iterable.is_rows and iterable.elements and isinstance(node.target, ast.Name):
            return self._for_tables(node, node.target.id, iterable, scope)
        if iterable.is_rows:
            return self._refused_loop(node, scope)
        variables = [n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)]
        if is_row_loop(node.iter) and any(
            (found := scope.find(n)) is not None and found[0].is_rows for n in names_of(node).reads
        ):
            return self._refused_loop(node, scope)
        code = self._loop_iterable(iterable, node.iter, scope)
        names = names_of(node)
        changes = names.binds | names.mutates | touched(node.body)
        loop = Loop(tuple(variables), changes)
        outer_before, outer_after, outer_serve = scope.before, scope.after, scope.serve_before
        scope.loops.append(loop)
        for variable in variables:
            scope.bind(variable, static(load(variable)))
        fit, serve, provisos = self.block(node.body, scope)
        scope.loops.pop()
        scope.before, scope.after, scope.serve_before = outer_before, outer_after, outer_serve
        scope.before += loop.before
        made = Residual([loop_over(node, code.fit, fit)], [], (*code.provisos, *provisos))
        if serve and all(is_identity(statement) for statement in serve):
            # Rows are only chosen, as by a splitter: every round would do the same.
            made.serve = serve
        elif serve:
            made.serve = [loop_over(node, code.serve, serve)]
        return made

    def _for_tables(self, node: ast.For, name: str, iterable: Spec, scope: Scope) -> Residual:
        """Unroll a loop over tables, such as ``for frame in [train, test]``: each is the request at serving."""
        made = Residual()
        for element in iterable.elements:
            bound = self.bind(name, element, node, scope)
            fit, serve, provisos = self.block(node.body, scope)
            made.fit += [*bound.fit, *fit]
            made.serve += [*bound.serve, *serve]
            made.provisos += (*element.provisos, *provisos)
        return made

    def _loop_iterable(self, spec: Spec, node: ast.expr, scope: Scope) -> Spec:
        if spec.bind is not Bind.FROZEN:
            return spec
        if isinstance(node, ast.Name) and isinstance(spec.fit, ast.Name):
            return self._context.freeze(spec, node, scope)
        code = spec.fit
        if not is_list(code):
            code = ast.Call(ast.Name("list", ast.Load()), [node], [])
        listed = replace(spec, fit=ast.copy_location(code, node))
        return self._context.freeze(listed, ast.copy_location(code, node), scope, "columns")

    def block(
        self, body: Sequence[ast.stmt], scope: Scope
    ) -> tuple[list[ast.stmt], list[ast.stmt], tuple[Proviso, ...]]:
        """Return the training code, the serving code and the provisos of a block's statements."""
        fit: list[ast.stmt] = []
        serve: list[ast.stmt] = []
        provisos: tuple[Proviso, ...] = ()
        self._depth += 1
        for statement in body:
            made = self.residual(statement, scope)
            fit += made.fit
            serve += made.serve
            if made.serve:
                provisos += made.provisos
        self._depth -= 1
        return fit, serve, provisos

    def _if(self, node: ast.If, scope: Scope) -> Residual:
        """Specialise a condition: it is decided in training, and the way taken is what serves."""
        test = self._expressions.spec(node.test, scope)
        truths = self._context.facts.truths(self._context.cell, node, scope.path)
        if test.is_rows or not truths:
            reason = CONDITION if test.is_rows else UNRECORDED
            return self._unfollowed.everything(node, scope, self._context.refuse(reason, node.test))
        decided = test
        if len(truths) > 1:
            decided = self._expressions.residual(test, node.test, scope, "condition")
        before, after, serve = scope.before, scope.after, scope.serve_before
        yes = self.block(node.body, scope) if True in truths else ([raise_changed(node)], [], ())
        known = dict(scope.names)
        no = self.block(node.orelse, scope) if False in truths else ([raise_changed(node)], [], ())
        scope.before, scope.after, scope.serve_before = before, after, serve
        fit = ast.copy_location(ast.If(decided.fit, yes[0] or [ast.Pass()], no[0]), node)
        provisos = (*decided.provisos, *yes[2], *no[2])
        if len(truths) == 1:
            return Residual([fit], yes[1] if True in truths else no[1], provisos)
        either = {n for s in node.body for n in names_of(s).binds}
        either &= {n for s in node.orelse for n in names_of(s).binds}
        if any(n in known and known[n].is_rows != scope.names[n].is_rows for n in either):
            provisos += (self._context.refuse(CONDITION, node.test, "only one way gives rows"),)
        if not yes[1] and not no[1]:
            return Residual([fit])
        branch = ast.If(decided.serve, yes[1] or [ast.Pass()], no[1])
        return Residual([fit], [ast.copy_location(branch, node)], provisos)
