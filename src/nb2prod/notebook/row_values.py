"""What each round of a loop over rows takes of its own row, as names for the values of columns."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from nb2prod.notebook.rounds import bound_in
from nb2prod.notebook.trees import at, copied

_BY_ROW = frozenset({"iloc", "loc", "at", "iat", "values"})


@dataclass(frozen=True, slots=True)
class Stored:
    """The column that the rounds store into.

    Attributes:
        name: Stands for the value of a round's row.
        column: The column.
        target: What is stored into for all rows at once.
    """

    name: str
    column: ast.expr
    target: ast.expr


@dataclass(slots=True)
class RowValues(ast.NodeTransformer):
    """Replace what a round takes of its row by names.

    Attributes:
        loop: The loop.
        index: Name of the position or label of a round's row, where it has one.
        row: Name of the row, where the loop runs over whole rows of ``table``.
        table: That table.
        element: What the loop gives each round of columns, where it runs over those.
        iterable: The columns.
        found: Columns by the names of their values.
        stored: The column that is stored into, or None.
    """

    loop: ast.For
    index: str | None = None
    row: str | None = None
    table: ast.expr | None = None
    element: ast.expr | None = None
    iterable: ast.expr | None = None
    found: dict[str, ast.expr] = field(default_factory=dict)
    stored: Stored | None = None
    _taken: set[str] = field(default_factory=set)

    def body(self) -> list[ast.stmt] | None:
        """Return the loop's body in terms of those names, or None where it needs more than its row."""
        self._taken = {n.id for n in ast.walk(self.loop) if isinstance(n, ast.Name)}
        made = [self.visit(copied(statement)) for statement in self.loop.body]
        if self.stored is not None and self.stored.name not in bound_in(made):
            return None
        gone = {self.index, self.row} - {None}
        own = bound_in(self.loop.body) | {
            n.id for n in ast.walk(self.loop.target) if isinstance(n, ast.Name)
        }
        names = {n.id for s in made for n in ast.walk(s) if isinstance(n, ast.Name)}
        columns = [*self.found.values(), *([self.stored.column] if self.stored else [])]
        of_columns = {n.id for c in columns for n in ast.walk(c) if isinstance(n, ast.Name)}
        return None if names & gone or of_columns & own else made

    def over(self) -> tuple[ast.expr | None, ast.expr | None]:
        """Return what each round is given, and the columns that it is taken of."""
        targets: list[ast.expr] = []
        columns: list[ast.expr] = []
        match self.iterable:
            case ast.Call(func=ast.Name(id="zip"), args=given, keywords=[]) if isinstance(
                self.element, ast.Tuple
            ) and len(given) == len(self.element.elts):
                targets, columns = list(self.element.elts), list(given)
            case ast.expr() as column if self.element is not None:
                targets, columns = [self.element], [column]
        targets += [at(ast.Name(name, ast.Store()), self.loop.target) for name in self.found]
        columns += self.found.values()
        if len(columns) < 2:
            return (targets[0], columns[0]) if columns else (None, None)
        element = at(ast.Tuple(targets, ast.Store()), self.loop.target)
        return element, at(ast.Call(named("zip", self.loop.iter), columns, []), self.loop.iter)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """Replace a value of the loop's own row, or what is stored there."""
        is_store = isinstance(node.ctx, ast.Store)
        column = self._column(node)
        if column is None:
            return self.generic_visit(node)
        name = self._named(column)
        if not is_store:
            if self.stored is None or name != self.stored.name:
                self.found[name] = column
            return named(name, node)
        if self.stored is None:
            self.stored = Stored(name, column, _whole(column, node))
        elif self.stored.name != name:
            return self.generic_visit(node)
        return at(ast.Name(name, ast.Store()), node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Leave alone what is called as a method of the row: it is no value of a column."""
        match node.func:
            case ast.Attribute(value=ast.Name(id=name)) if name == self.row:
                return node
        return self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Replace a value of the row."""
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=key) if name == self.row:
                column = self._of_table(at(ast.Constant(key), node), node)
                made = self._named(column)
                self.found[made] = column
                return named(made, node)
        return self.generic_visit(node)

    def _column(self, node: ast.Subscript) -> ast.expr | None:
        match node:
            case ast.Subscript(
                value=ast.Attribute(value=table, attr="loc" | "at"),
                slice=ast.Tuple(elts=[ast.Name(id=i), ast.Constant() as key]),
            ) if i == self.index:
                return at(ast.Subscript(table, key, ast.Load()), node)
            case ast.Subscript(
                value=ast.Subscript(
                    value=ast.Attribute(value=table, attr="loc" | "iloc"), slice=ast.Name(id=i)
                ),
                slice=ast.Constant() as key,
            ) if i == self.index and isinstance(node.ctx, ast.Load):
                return at(ast.Subscript(table, key, ast.Load()), node)
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant() as key) if (
                name == self.row and isinstance(node.ctx, ast.Load)
            ):
                return self._of_table(key, node)
            case ast.Subscript(value=column, slice=ast.Name(id=i)) if i == self.index:
                if isinstance(node.ctx, ast.Store):
                    return column if isinstance(column, ast.Name) else None
                is_by_row = isinstance(column, ast.Attribute) and column.attr in _BY_ROW
                return column.value if is_by_row else column  # type: ignore[attr-defined]  # an attribute's
        return None

    def _of_table(self, key: ast.expr, near: ast.expr) -> ast.expr:
        assert self.table is not None
        return at(ast.Subscript(copied(self.table), key, ast.Load()), near)

    def _named(self, column: ast.expr) -> str:
        """Return the name for a value of a column: the column's own, where that is free."""
        text = ast.unparse(column)
        known = {**self.found, **({self.stored.name: self.stored.column} if self.stored else {})}
        same = next((n for n, c in known.items() if ast.unparse(c) == text), None)
        if same is None:
            same = _fresh(column, self._taken)
            self._taken.add(same)
        return same


def row_values(loop: ast.For) -> RowValues | None:
    """Return what the rounds of a loop are given, or None where it runs over no rows.

    Args:
        loop: The loop; its nodes keep their places.
    """
    match (loop.target, loop.iter):
        case (ast.Name(id=index), ast.Call(func=ast.Name(id="range"), args=args)):
            return RowValues(loop, index) if _is_length(args) else None
        case (ast.Name(id=index), ast.Attribute(attr="index")):
            return RowValues(loop, index)
        case (
            ast.Tuple(elts=[ast.Name(id=index), ast.Name(id=row)]),
            ast.Call(func=ast.Attribute(value=ast.Name() as table, attr="iterrows"), args=[]),
        ):
            return RowValues(loop, index, row, table)
        case (
            ast.Name(id=row),
            ast.Call(func=ast.Attribute(value=ast.Name() as table, attr="itertuples")),
        ):
            return RowValues(loop, row=row, table=table)
        case (
            ast.Tuple(elts=[ast.Name(id=index), element]),
            ast.Call(func=ast.Name(id="enumerate"), args=[column], keywords=[]),
        ) | (
            ast.Tuple(elts=[ast.Name(id=index), element]),
            ast.Call(func=ast.Attribute(value=column, attr="items"), args=[]),
        ):
            return RowValues(loop, index, element=element, iterable=column)
        case (ast.Name() | ast.Tuple() as element, column):
            return RowValues(loop, element=element, iterable=column)
    return None


def _is_length(args: list[ast.expr]) -> bool:
    """Tell whether a range has as many rounds as something has rows."""
    match args:
        case [length] | [ast.Constant(value=0), length]:
            text = ast.unparse(length)
            return text.startswith("len(") or text.endswith(".shape[0]")
    return False


def _whole(column: ast.expr, near: ast.expr) -> ast.expr:
    """Return what a store into each row of a column stores into: the column of a table, or all of an array."""
    if isinstance(column, ast.Subscript):
        return at(ast.Subscript(copied(column.value), copied(column.slice), ast.Store()), near)
    return at(ast.Subscript(copied(column), at(ast.Slice(), near), ast.Store()), near)


def _fresh(column: ast.expr, taken: set[str]) -> str:
    match column:
        case ast.Subscript(slice=ast.Constant(value=str() as key)) if key.isidentifier():
            name = key
        case ast.Attribute(attr=key):
            name = key
        case ast.Name(id=key):
            name = f"{key}_value"
        case _:
            name = "value"
    number, made = 2, name
    while made in taken:
        number, made = number + 1, f"{name}_{number}"
    return made


def named(name: str, near: ast.AST) -> ast.Name:
    """Return a variable that is read, at another node's place."""
    return at(ast.Name(name, ast.Load()), near)
