"""What a table is grouped by, as code for training and for serving."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace

from nb2prod.compile.calls import Walker
from nb2prod.compile.scope import Scope
from nb2prod.compile.spec import Bind, Spec
from nb2prod.compile.states import suggest


@dataclass(frozen=True, slots=True)
class Grouping:
    """The keys of ``table.groupby(keys)[column]``.

    Attributes:
        fit: The keys of the training table.
        serve: The keys of the request's rows.
        key: What the keys are; the table itself where they are its columns.
        is_column: Whether the keys are rows of their own, not columns that the table names.
        is_frame: Whether there is a list of keys.
        texts: Names of columns that the keys mention.
        raw: Raw columns that the keys derive from.
        column: What is chosen of the groups: a column, or a table of some; None where that is not plain to see.
        name: A name such as ``income_by_city``.
    """

    fit: ast.expr
    serve: ast.expr
    key: Spec
    is_column: bool
    is_frame: bool
    texts: tuple[object, ...]
    raw: frozenset[object]
    column: Spec | None
    name: str

    @property
    def has_key(self) -> ast.expr:
        """Return serving code that tells which rows have every key."""
        known: ast.expr = ast.Call(ast.Attribute(self.serve, "notna", ast.Load()), [], [])
        if self.is_frame:
            axis = ast.keyword("axis", ast.Constant(1))
            known = ast.Call(ast.Attribute(known, "all", ast.Load()), [], [axis])
        return known


_PLAIN_OPTIONS = frozenset({"by", "sort", "observed", "as_index", "group_keys"})


def grouping_of(grouped: ast.expr, walker: Walker, scope: Scope) -> Grouping | None:
    """Return what ``table.groupby(keys)[column]`` groups by; None where the keys cannot be told for a request."""
    call = _groupby(grouped)
    if call is None or not isinstance(call.func, ast.Attribute):
        return None
    if not {keyword.arg for keyword in call.keywords} <= _PLAIN_OPTIONS:
        return None
    table = walker.spec(call.func.value, scope)
    given = [*call.args[:1], *(k.value for k in call.keywords if k.arg == "by")]
    if not table.is_rows or len(given) != 1 or len(call.args) > 1:
        return None
    key = walker.spec(given[0], scope)
    is_column = key.bind is Bind.ROWS and key.kind == "series"
    if is_column:
        fit, serve = key.fit, key.serve
    elif key.bind is Bind.STATIC and table.kind == "frame":
        fit = ast.Subscript(table.fit, key.fit, ast.Load())
        serve = ast.Subscript(table.serve, key.serve, ast.Load())
    else:
        return None
    texts = tuple(texts_in(given[0]))
    return Grouping(
        fit,
        serve,
        key if is_column else table,
        is_column,
        not is_column and key.kind in {"list", "tuple"},
        texts,
        key.raw,
        _column(grouped, call, table, walker, scope),
        _name(grouped, call, table, given[0]),
    )


def _column(
    grouped: ast.expr, call: ast.Call, table: Spec, walker: Walker, scope: Scope
) -> Spec | None:
    """Return the column, or the columns, that are chosen of the groups."""
    if grouped is call and table.kind == "series":
        return table
    kind = "series"
    match grouped:
        case ast.Subscript(value=ast.Call() as inner, slice=key) if inner is call:
            chosen = walker.spec(key, scope)
            if chosen.bind is not Bind.STATIC:
                return None
            kind = "frame" if chosen.kind == "list" else "series"
        case ast.Attribute(value=ast.Call() as inner, attr=name) if inner is call:
            key = ast.Constant(name)
        case _:
            return None
    fit = ast.Subscript(table.fit, key, ast.Load())
    serve = ast.Subscript(table.serve, key, ast.Load())
    return replace(table, fit=fit, serve=serve, kind=kind, columns=None)


def _groupby(node: ast.expr) -> ast.Call | None:
    """Return the call of ``groupby`` that a grouped table or column comes from."""
    inner = node
    while isinstance(inner, ast.Subscript | ast.Attribute):
        inner = inner.value
    is_groupby = (
        isinstance(inner, ast.Call)
        and isinstance(inner.func, ast.Attribute)
        and inner.func.attr == "groupby"
    )
    return inner if is_groupby and isinstance(inner, ast.Call) else None


def _name(grouped: ast.expr, call: ast.Call, table: Spec, keys: ast.expr) -> str:
    by = [str(text) for text in texts_in(keys)] or [suggest(keys)]
    column = [str(t) for t in texts_in(grouped.slice)] if isinstance(grouped, ast.Subscript) else []
    if isinstance(grouped, ast.Attribute):
        column = [grouped.attr]
    elif grouped is call and table.kind == "series":
        column = [suggest(table.fit)]
    words = "_".join([*column, "by", *by])
    return re.sub(r"\W+", "_", words).strip("_").lower()[:60]


def texts_in(node: ast.expr) -> list[object]:
    """Return the literals of an expression."""
    return [n.value for n in ast.walk(node) if isinstance(n, ast.Constant)]
