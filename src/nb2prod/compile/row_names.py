"""How a loop over rows names its row, the row's place and the row's values."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from nb2prod.compile.names import load

_BY_PLACE = frozenset({"loc", "at", "iloc", "iat"})
_OF_SERIES = frozenset(
    {"name", "index", "values", "size", "shape", "dtype", "T", "str", "dt", "empty"} | _BY_PLACE
)
_VALUES = frozenset({"values", "tolist", "to_list", "array"})


@dataclass(frozen=True, slots=True)
class Row:
    """What stands for the row in a loop.

    Attributes:
        table: The table's name.
        whole: The name of the row itself, or empty.
        place: The text of what says where the row is, or empty.
        columns: What holds one of its values, by the text of the expression.
        is_copy: Whether the row keeps its values when the table changes.
        is_tuple: Whether the row's values are attributes only.
        values: What names bound in the loop's body hold, for whole columns.
    """

    table: str
    whole: str = ""
    place: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    is_copy: bool = False
    is_tuple: bool = False
    values: Mapping[str, ast.expr] = field(default_factory=dict)

    def reads(self, node: ast.AST) -> bool:
        """Tell whether a node depends on the row."""
        own = {self.whole, self.place.partition(".")[0], *self.columns, *self.values}
        return any(isinstance(one, ast.Name) and one.id in own for one in ast.walk(node))

    def column(self, node: ast.expr) -> str | None:
        """Return the column that an expression reads, or writes, of this row; None for other expressions."""
        match node:
            case ast.Name(id=name):
                return self.columns.get(name)
            case ast.Attribute(value=ast.Name(id=name), attr=attr) if name == self.whole:
                is_column = self.is_tuple or attr not in _OF_SERIES
                return attr if is_column and ast.unparse(node) != self.place else None
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str(key))):
                if name == self.whole and not self.is_tuple:
                    return key
        return self.column_at(node) if self.place else None

    def column_at(self, node: ast.expr) -> str | None:
        """Return the column that an expression picks from the table by the row's place, or None."""
        match node:
            case ast.Subscript(
                value=ast.Attribute(value=ast.Name(id=table), attr="loc" | "at"),
                slice=ast.Tuple(elts=[place, ast.Constant(value=str(key))]),
            ):
                return key if table == self.table and self._is_place(place) else None
            case ast.Subscript(value=ast.Attribute(value=owner, attr=by), slice=place) if (
                by in _BY_PLACE and self._is_place(place)
            ):
                return column_of(owner, self.table)
            case ast.Subscript(value=owner, slice=place) if self._is_place(place):
                return column_of(owner, self.table)
            case ast.Subscript(value=owner, slice=ast.Constant(value=str(key))):
                return key if self._is_row(owner) else None
        return None

    def _is_place(self, node: ast.expr) -> bool:
        return ast.unparse(node) == self.place

    def _is_row(self, node: ast.expr) -> bool:
        """Tell whether an expression is the row at the place: ``table.iloc[i]``."""
        match node:
            case ast.Subscript(
                value=ast.Attribute(value=ast.Name(id=table), attr="loc" | "iloc"), slice=place
            ):
                return table == self.table and self._is_place(place)
        return False


def column_of(node: ast.expr, table: str = "") -> str | None:
    """Return the column of ``table["column"]``, of any table where none is named; None for other expressions."""
    match node:
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str(key))):
            return key if name == table or not table else None
    return None


def row_of(target: ast.expr, iterable: ast.expr) -> Row | None:
    """Return how a loop over an iterable names its rows; None where that is not known."""
    match target, iterable:
        case (
            ast.Tuple(elts=[ast.Name(id=place), ast.Name(id=row)]),
            ast.Call(func=ast.Attribute(value=ast.Name(id=table), attr="iterrows")),
        ):
            return Row(table, row, place, is_copy=True)
        case (
            ast.Name(id=row),
            ast.Call(func=ast.Attribute(value=ast.Name(id=table), attr="itertuples")),
        ):
            return Row(table, row, f"{row}.Index", is_copy=True, is_tuple=True)
        case (
            ast.Tuple(elts=[ast.Name(id=place), ast.Name(id=name)]),
            ast.Call(func=ast.Name(id="enumerate"), args=[column])
            | ast.Call(func=ast.Attribute(value=column, attr="items"), args=[]),
        ):
            found = _of_column(name, column)
            return replace(found, place=place) if found is not None else None
        case ast.Tuple(elts=names), ast.Call(func=ast.Name(id="zip"), args=columns):
            return _of_columns(names, columns)
        case ast.Name(id=name), _:
            counted = _counted(iterable)
            return Row(counted, "", name) if counted else _of_column(name, iterable)
    return None


def column_node(table: str, column: str) -> ast.Subscript:
    """Return ``table["column"]``."""
    return ast.Subscript(load(table), ast.Constant(column), ast.Load())


def _of_column(name: str, node: ast.expr) -> Row | None:
    """Return the row of a loop over the values of one column."""
    if isinstance(node, ast.Call) and not node.args:
        node = node.func
    if isinstance(node, ast.Attribute) and node.attr in _VALUES:
        node = node.value
    column = column_of(node)
    if column is None or not isinstance(node, ast.Subscript):
        return None
    return Row(ast.unparse(node.value), columns={name: column}, is_copy=True)


def _of_columns(names: list[ast.expr], columns: list[ast.expr]) -> Row | None:
    """Return the row of a loop over several columns of one table at once."""
    found = [
        row
        for name, column in zip(names, columns, strict=False)
        if isinstance(name, ast.Name) and (row := _of_column(name.id, column)) is not None
    ]
    if len(found) != len(names) or len(names) != len(columns) or len({r.table for r in found}) != 1:
        return None
    return Row(
        found[0].table, columns={n: c for r in found for n, c in r.columns.items()}, is_copy=True
    )


def _counted(node: ast.expr) -> str | None:
    """Return the table of ``range(len(table))``, ``range(table.shape[0])`` and ``table.index``."""
    match node:
        case ast.Call(
            func=ast.Name(id="range"),
            args=[length] | [ast.Constant(value=0), length],
        ):
            match length:
                case ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=table)]):
                    return table
                case ast.Subscript(
                    value=ast.Attribute(value=ast.Name(id=table), attr="shape"),
                    slice=ast.Constant(value=0),
                ):
                    return table
        case ast.Attribute(value=ast.Name(id=table), attr="index"):
            return table
    return None
