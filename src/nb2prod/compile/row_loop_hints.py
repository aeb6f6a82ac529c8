"""Say how a loop over rows is written for whole columns: the hint of its refusal."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from nb2prod.compile.columnwise import NotColumnwiseError, columnwise, condition, method, numpy_call
from nb2prod.compile.names import load
from nb2prod.compile.row_names import Row, column_node, row_of
from nb2prod.notebook.trees import copied

Sink = tuple[str, bool]
"""Where a value of each row goes: a column of the table, or a list (True) that it is appended to."""


def loop_hint(loop: ast.For) -> str | None:
    """Return the hint that shows a loop's work for whole columns; None where its form is not known."""
    row = row_of(loop.target, loop.iter)
    if row is None or loop.orelse:
        return None
    try:
        lines = _Body(row).lines(loop.body)
    except (NotColumnwiseError, RecursionError):
        return None
    return _shown(lines) if lines else None


def elements_hint(node: ast.expr) -> str | None:
    """Return the hint that shows a list comprehension over rows for a whole column, or None."""
    if not isinstance(node, ast.ListComp) or len(node.generators) != 1 or node.generators[0].ifs:
        return None
    row = row_of(node.generators[0].target, node.generators[0].iter)
    if row is None or not row.reads(node.elt):
        return None
    try:
        return _shown([_of_rows(node.elt, row)])
    except (NotColumnwiseError, RecursionError):
        return None


def _shown(lines: Sequence[ast.AST]) -> str:
    texts = [ast.unparse(ast.fix_missing_locations(line)) for line in lines]
    return "write it for whole columns: " + ", then ".join(f"`{text}`" for text in texts)


def _of_rows(node: ast.expr, row: Row) -> ast.expr:
    """Return an expression for whole columns, or else as a function that is applied to each row."""
    try:
        return columnwise(node, row)
    except NotColumnwiseError:
        inner: ast.expr = _Fields(row).visit(copied(node))
        match inner:
            case ast.Call(func=ast.Name() as function, args=[ast.Name(id="row")], keywords=[]):
                applied: ast.expr = function
            case _:
                parameter = ast.arguments([], [ast.arg("row")], None, [], [], None, [])
                applied = ast.Lambda(parameter, inner)
        made = method(load(row.table), "apply", applied)
        made.keywords = [ast.keyword("axis", ast.Constant(1))]
        return made


class _Fields(ast.NodeTransformer):
    """Read what a loop reads of its row from the row that a function is given."""

    def __init__(self, row: Row) -> None:
        self._row = row

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Leave alone what is no column: ``row.get("a")`` calls a method of the row."""
        if isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == self._row.whole:
            raise NotColumnwiseError
        return self.generic_visit(node)

    def visit(self, node: ast.AST) -> Any:
        """Replace reads of the row; what else a loop's names are used for has no such form."""
        column = self._row.column(node) if isinstance(node, ast.expr) else None
        if column is not None:
            return ast.Subscript(load("row"), ast.Constant(column), ast.Load())
        if isinstance(node, ast.Name) and self._row.reads(node):
            if node.id != self._row.whole or self._row.is_tuple:
                raise NotColumnwiseError
            return load("row")
        if isinstance(
            node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
        ):
            # Their own names may be called as the row is.
            raise NotColumnwiseError
        return super().visit(node)


class _Body:
    """The statements of a loop's body, one after the other, for all rows."""

    def __init__(self, row: Row) -> None:
        self._row = row
        self._written: set[str] = set()

    def lines(self, body: Sequence[ast.stmt]) -> list[ast.stmt]:
        """Return the statements that do a loop's work.

        Raises:
            NotColumnwiseError: If some of it has no known form.
        """
        found: list[ast.stmt] = []
        for statement in body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    made = self._checked(columnwise(value, self._row))
                    self._row = replace(self._row, values={**self._row.values, name: made})
                case ast.If():
                    found += self._branches(statement)
                case ast.AugAssign():
                    found.append(self._added(statement))
                case _:
                    sink, value = self._write(statement)
                    made = self._checked(_of_rows(value, self._row))
                    found.append(ast.Assign([self._target(sink)], made))
        return found

    def _checked(self, made: ast.expr) -> ast.expr:
        """Refuse reads of columns that the loop has changed before: its row may keep their old values."""
        for node in ast.walk(made):
            match node:
                case ast.Subscript(value=ast.Name(id=table), slice=ast.Constant(value=str(key))):
                    is_old = self._row.is_copy and table in (self._row.table, "row")
                    if is_old and key in self._written:
                        raise NotColumnwiseError
        return made

    def _target(self, sink: Sink) -> ast.expr:
        name, is_list = sink
        if is_list:
            return ast.Name(name, ast.Store())
        self._written.add(name)
        return column_node(self._row.table, name)

    def _write(self, statement: ast.stmt) -> tuple[Sink, ast.expr]:
        """Return where a statement puts a value of the row, and the value."""
        match statement:
            case ast.Assign(targets=[target], value=value) if self._row.place:
                column = self._row.column_at(target)
                if column is not None:
                    return (column, False), value
            case ast.Expr(
                value=ast.Call(
                    func=ast.Attribute(value=ast.Name(id=name), attr="append"), args=[value]
                )
            ) if self._row.reads(value) or isinstance(value, ast.Constant):
                return (name, True), value
        raise NotColumnwiseError

    def _added(self, node: ast.AugAssign) -> ast.stmt:
        target, op, value = node.target, node.op, node.value
        made = self._checked(columnwise(value, self._row))
        if isinstance(target, ast.Name) and isinstance(op, ast.Add) and self._row.reads(value):
            return ast.AugAssign(target, op, method(made, "sum"))
        column = self._row.column_at(target) if self._row.place else None
        if column is None:
            raise NotColumnwiseError
        self._written.add(column)
        return ast.AugAssign(column_node(self._row.table, column), op, made)

    def _branches(self, node: ast.If) -> list[ast.stmt]:
        """Return one statement for each place that every branch writes to."""
        tests, branches = [node.test], [self._writes(node.body)]
        rest = node.orelse
        while len(rest) == 1 and isinstance(rest[0], ast.If):
            tests.append(rest[0].test)
            branches.append(self._writes(rest[0].body))
            rest = rest[0].orelse
        masks = [self._checked(condition(test, self._row)) for test in tests]
        others = self._writes(rest) if rest else {}
        sinks = list(branches[0])
        if any(list(one) != sinks for one in (*branches, *([others] if rest else []))):
            raise NotColumnwiseError
        if not rest and any(is_list for _, is_list in sinks):
            raise NotColumnwiseError
        return [
            self._chosen(sink, masks, [one[sink] for one in branches], others.get(sink))
            for sink in sinks
        ]

    def _writes(self, body: Sequence[ast.stmt]) -> Mapping[Sink, ast.expr]:
        found: dict[Sink, ast.expr] = {}
        for statement in body:
            sink, value = self._write(statement)
            if sink in found:
                raise NotColumnwiseError
            found[sink] = self._checked(columnwise(value, self._row))
        return found

    def _chosen(
        self, sink: Sink, masks: list[ast.expr], values: list[ast.expr], other: ast.expr | None
    ) -> ast.stmt:
        if len(masks) == 1 and other is None:
            place = ast.Tuple([masks[0], ast.Constant(sink[0])])
            self._written.add(sink[0])
            owner = ast.Attribute(load(self._row.table), "loc", ast.Load())
            return ast.Assign([ast.Subscript(owner, place, ast.Store())], values[0])
        if len(masks) == 1 and other is not None:
            made = numpy_call("where", masks[0], values[0], other)
        else:
            kept = other or column_node(self._row.table, sink[0])
            made = numpy_call("select", ast.List(masks), ast.List(values), kept)
        return ast.Assign([self._target(sink)], made)
