"""Walk a notebook's statements in order and follow its tables."""

import ast
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from nb2prod.lint.leakage.columns import texts_in
from nb2prod.lint.leakage.evaluator import Evaluator
from nb2prod.lint.leakage.trace import Trace
from nb2prod.lint.leakage.values import NOTHING, Value, merged
from nb2prod.notebook.mutation import base_name
from nb2prod.notebook.session import Session

_DEEPEST = 3
_PERHAPS_TEXTS = (ast.Constant, ast.Name, ast.List, ast.Tuple, ast.BinOp)


def trace_of(session: Session, origins: dict[str, str]) -> Trace:
    """Follow the tables of a notebook from top to bottom.

    Args:
        session: The notebook, played.
        origins: What imported names stand for.
    """
    tracer = Tracer(origins)
    for cell in session.notebook.executed_cells:
        tree = session.parsed[cell.number].tree
        if tree is not None:
            tracer.cell = cell.number
            try:
                tracer.run(tree.body)
            except RecursionError:
                # An expression nested by the hundred: nothing of it can be followed.
                continue
    return tracer.trace


class Tracer(Evaluator):
    """The statements of a notebook, one after the other."""

    def run(self, statements: Iterable[ast.stmt]) -> None:
        """Follow statements in order, blocks included, up to a ``return``."""
        for statement in statements:
            if self.has_returned:
                return
            self._statement(statement)

    def _statement(self, statement: ast.stmt) -> None:
        follow = self._STATEMENTS.get(type(statement))
        if follow:
            follow(self, statement)
        else:
            self._block(statement)

    def _nothing(self, statement: ast.stmt) -> None:
        """Pass over a statement without values."""

    def _function(self, statement: ast.FunctionDef) -> None:
        self.functions[statement.name] = (self.cell, statement)

    def _expression(self, statement: ast.Expr) -> None:
        self.value(statement.value)

    def _return(self, statement: ast.Return) -> None:
        value = self.value(statement.value) if statement.value else NOTHING
        self.returned = value if self.returned == NOTHING else self.returned
        self.has_returned = True

    def _branches(self, statement: ast.If) -> None:
        """Follow both branches, or the only one that a constant argument leaves."""
        truth = self.truth(statement.test)
        ends = []
        for is_then, body in ((True, statement.body), (False, statement.orelse)):
            if truth is None or truth is is_then:
                self.run(body)
                ends.append(self.has_returned)
                self.has_returned = False
        self.has_returned = all(ends) and len(ends) > 0

    def truth(self, test: ast.expr) -> bool | None:
        """Return what a condition is, where a constant argument says so."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            inner = self.truth(test.operand)
            return None if inner is None else not inner
        found = self.value(test)
        return found.path == "True" if found.kind == "truth" else None

    def _block(self, statement: ast.stmt) -> None:
        test = getattr(statement, "test", None)
        if isinstance(test, ast.expr):
            self.value(test)
        for item in getattr(statement, "items", ()):
            self.value(item.context_expr)
        for field in ("body", "orelse", "finalbody"):
            self.run(getattr(statement, field, ()))

    def _assign(self, statement: ast.Assign) -> None:
        value = self.value(statement.value)
        is_text = isinstance(statement.value, _PERHAPS_TEXTS)
        texts = texts_in(statement.value, self.constants) if is_text else None
        for target in statement.targets:
            if isinstance(target, ast.Name) and texts is not None:
                self.constants[target.id] = texts
            self.bind(target, value)

    def _assign_one(self, statement: ast.AnnAssign | ast.AugAssign) -> None:
        if statement.value is None:
            return
        value = self.value(statement.value)
        if isinstance(statement, ast.AugAssign):
            load = self.value(_loaded(statement.target))
            value = merged([load, value]) if load.is_data else load
        self.bind(statement.target, value)

    def _delete(self, statement: ast.Delete) -> None:
        for target in statement.targets:
            if isinstance(target, ast.Subscript):
                self.take_away(target.value, texts_in(target.slice, self.constants))

    def _loop(self, statement: ast.For | ast.While) -> None:
        if isinstance(statement, ast.For):
            self.bind(statement.target, self.value(statement.iter))
        self.loops = (*self.loops, statement)
        self.run(statement.body)
        self.loops = self.loops[:-1]
        self.run(statement.orelse)

    def bind(self, target: ast.expr, value: Value) -> None:
        """Bind a target: a name, several, or a column of a table."""
        if isinstance(target, ast.Name):
            self.names[target.id] = self.renamed(target.id, value)
        elif isinstance(target, ast.Tuple | ast.List):
            elements = value.elements
            for index, one in enumerate(target.elts):
                is_there = index < len(elements)
                self.bind(one, elements[index] if is_there else NOTHING)
        elif isinstance(target, ast.Subscript):
            self._store(target, value)

    def _store(self, target: ast.Subscript, value: Value) -> None:
        """Take ``table["a"] = value`` as a change of the table."""
        base = base_name(target)
        table = self.names.get(base.id) if base else None
        if base is None or table is None or not table.is_data:
            return
        names = texts_in(target.slice, self.constants)
        if names is None and isinstance(target.slice, ast.Tuple):
            names = texts_in(target.slice.elts[-1], self.constants)
        columns = (
            table.columns | set(names) if table.columns is not None and names else table.columns
        )
        for name in names or ():
            if value.column is not None and value.column != name and value.is_data:
                self.trace.aliases[name] = value.column
        self.names[base.id] = table.changed(
            columns=columns,
            dropped=table.dropped - set(names or ()),
            fits=table.fits | value.fits,
            draws=table.draws | value.draws,
            is_ordered=table.is_ordered or value.is_ordered,
        )

    def call_function(
        self, made: tuple[int, ast.FunctionDef], values: list[Value], named: dict[str, Value]
    ) -> Value:
        """Follow a call into a function of the notebook."""
        cell, function = made
        if self.depth >= _DEEPEST:
            return NOTHING
        saved, caller = self.names, self.cell
        parameters = [argument.arg for argument in function.args.args]
        inner = dict(saved) | dict.fromkeys(parameters, NOTHING)
        inner |= dict(zip(parameters, values, strict=False)) | named
        self.names, self.returned = inner, NOTHING
        self.cell = cell
        self.depth += 1
        self.run(function.body)
        self.depth -= 1
        self.names, self.cell, self.has_returned = saved, caller, False
        return self.returned

    _STATEMENTS: ClassVar[dict[type[ast.stmt], Callable[["Tracer", Any], None]]] = {
        ast.FunctionDef: _function,
        ast.Assign: _assign,
        ast.AnnAssign: _assign_one,
        ast.AugAssign: _assign_one,
        ast.Expr: _expression,
        ast.Delete: _delete,
        ast.If: _branches,
        ast.For: _loop,
        ast.While: _loop,
        ast.Return: _return,
        ast.Import: _nothing,
        ast.ImportFrom: _nothing,
    }


def _loaded(target: ast.expr) -> ast.expr:
    """Return a store's target as an expression to read."""
    if isinstance(target, ast.Name):
        return ast.copy_location(ast.Name(target.id, ast.Load()), target)
    return target
