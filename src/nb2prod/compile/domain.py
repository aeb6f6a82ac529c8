"""Turn the filters of training into checks on requests.

Training drops rows; a request's row stays, and ``in_domain`` notes where training would have dropped it.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nb2prod.compile.context import Context, with_slots
from nb2prod.compile.names import load, root_name
from nb2prod.compile.spec import Bind, Check, Spec
from nb2prod.diagnostic import Diagnostic
from nb2prod.notebook.recording import Fact

IN_DOMAIN = "in_domain"
"""Name of the function of a version that takes a check."""

_BY_LABEL = frozenset({"dropna", "query", "drop"})
"""Methods that can be asked of a request's rows as they stand, and leave the labels of the rows that they keep."""

_LONGEST_TEXT = 100


@dataclass(frozen=True, slots=True)
class Mark:
    """What a check in emitted code belongs to.

    Attributes:
        check: The check.
        about: Name of the table whose rows it is about, where no statement of its own stays at serving.
        owner: The serving statement that it stands before; the check stays where that stays.
    """

    check: Check
    about: str | None = None
    owner: ast.stmt | None = None


def mark_of(statement: ast.AST) -> Mark | None:
    """Return the mark of a check, or None for any other node."""
    found: Mark | None = getattr(statement, "nb2prod_check", None)
    return found


class Domain:
    """Make the checks.

    Args:
        context: What the compilation shares.
    """

    def __init__(self, context: Context) -> None:
        self._context = context

    def check(self, node: ast.expr, fact: Fact, specs: dict[str, Spec]) -> Check | None:
        """Return the check for an operation that drops rows; None where it cannot be asked of one row."""
        mask = _mask(node, specs)
        if mask is not None:
            return self._made(node, mask.serve, mask.raw if mask.is_exact else frozenset())
        code = self.kept(node, fact, specs)
        if code is None:
            return None
        table = specs["0"].serve
        if specs["0"].bind is Bind.ACCESSOR and isinstance(table, ast.Attribute):
            table = table.value
        return self._made(node, code, _raw(node, specs), table)

    def is_mask(self, node: ast.expr, specs: dict[str, Spec]) -> bool:
        """Tell whether rows are selected by a condition with one entry for each."""
        return _mask(node, specs) is not None

    def kept(self, node: ast.expr, fact: Fact, specs: dict[str, Spec]) -> ast.expr | None:
        """Return serving code that really drops rows, or None where a request cannot be asked."""
        is_askable = "0" in specs and _is_askable(node, fact, specs)
        if _mask(node, specs) is None and not is_askable:
            return None
        codes = {name: spec.serve for name, spec in specs.items()}
        made: ast.expr = with_slots(_not_in_place(node), codes)
        return made

    def _made(
        self, node: ast.expr, kept: ast.expr, raw: frozenset[Any], of: ast.expr | None = None
    ) -> Check:
        context = self._context
        statement = context.statement if context.statement is not None else node
        text = " ".join(ast.unparse(statement).split("\n")[0].split())
        if len(text) > _LONGEST_TEXT:
            text = f"{text[: _LONGEST_TEXT - 1]}…"
        where = f"cell {context.cell} line {node.lineno}: `{text}`"
        call = ast.Call(load(IN_DOMAIN), [kept, ast.Constant(where)], [])
        (column,) = raw if len(raw) == 1 else (None,)
        if isinstance(column, str):
            call.keywords.append(ast.keyword("column", ast.Constant(column)))
        if of is not None:
            call.keywords.append(ast.keyword("of", of))
        return Check(call, raw, context.rows_dropped(node))


def placed(
    checks: Sequence[Check], serve: list[ast.stmt], node: ast.stmt, *, is_inside: bool = False
) -> list[ast.stmt]:
    """Put checks before the serving code of their statement.

    Args:
        checks: What the statement's rows must pass.
        serve: Its serving code; empty where it only drops rows.
        node: The statement.
        is_inside: Whether it stands within a loop or condition, where every statement stays: then only a table's own
            rows are asked, since a part of them may be for looking.
    """
    about = None if serve else _table_of(node)
    owner = serve[-1] if serve else None
    if owner is None and about is None:
        return serve
    if owner is not None and is_inside:
        checks = [check for check in checks if _table_of(owner) in _names(check.call)]
    made: list[ast.stmt] = []
    for check in dict.fromkeys(checks):
        statement = ast.copy_location(ast.Expr(check.call), node)
        statement.nb2prod_check = Mark(check, about, owner)  # type: ignore[attr-defined]  # read by mark_of
        made.append(statement)
    return [*made, *serve]


def without_checks(
    statement: ast.stmt, raw: frozenset[Any]
) -> tuple[ast.stmt | None, list[Diagnostic]]:
    """Leave out the checks that need some raw columns, such as the target, which a request does not have."""
    remover = _Remover(raw)
    made = remover.visit(statement)
    return made, remover.notes


class _Remover(ast.NodeTransformer):
    def __init__(self, raw: frozenset[Any]) -> None:
        self._raw = raw
        self.notes: list[Diagnostic] = []

    def visit_Expr(self, node: ast.Expr) -> ast.stmt | None:
        """Remove a check that cannot be asked."""
        mark = mark_of(node)
        if mark is None or not mark.check.raw & self._raw:
            return node
        if not mark.check.raw <= self._raw:
            self.notes.append(mark.check.note)
        return None

    def generic_visit(self, node: ast.AST) -> ast.AST | None:  # type: ignore[override]  # a removed body removes its statement
        """Remove a compound statement that held nothing but such checks."""
        super().generic_visit(node)
        if isinstance(node, ast.For | ast.If) and not node.body:
            return None
        return node


def _names(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def _mask(node: ast.expr, specs: dict[str, Spec]) -> Spec | None:
    """Return the condition of ``df[condition]``, ``df.loc[condition]`` or ``df.loc[condition, columns]``."""
    if not isinstance(node, ast.Subscript):
        return None
    name = "k0" if isinstance(node.slice, ast.Tuple) else "1"
    mask = specs.get(name)
    is_rows = mask is not None and mask.bind is Bind.ROWS and not mask.refusals
    return mask if is_rows and mask is not None and mask.is_condition else None


def _is_askable(node: ast.expr, fact: Fact, specs: dict[str, Spec]) -> bool:
    """Tell whether a method gives the same for a request's rows as for the table's, but for the rows themselves."""
    others = [spec for name, spec in specs.items() if name != "0"]
    if isinstance(node, ast.Subscript):
        return fact.is_filter and _is_loc(specs["0"].serve) and others[0].kind == "callable"
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    method = node.func.attr
    if method not in _BY_LABEL or specs["0"].bind is not Bind.ROWS or specs["0"].kind != "frame":
        return False
    if method == "drop":
        labels = [specs[name] for name in ("1", "labels", "index") if name in specs]
        return len(labels) == 1 and labels[0].has_exact_labels
    if not fact.is_filter or (method == "query" and not _is_plain_query(node)):
        return False
    return all(spec.bind is Bind.STATIC for spec in others)


def _is_loc(code: ast.expr) -> bool:
    return isinstance(code, ast.Attribute) and code.attr == "loc"


def _is_plain_query(node: ast.Call) -> bool:
    """Tell whether a query names nothing but columns."""
    text = _query_text(node)
    return text is not None and "@" not in text


def _query_text(node: ast.Call) -> str | None:
    given = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "expr")]
    match given:
        case [ast.Constant(value=str() as text)]:
            return text
        case _:
            return None


def _raw(node: ast.expr, specs: dict[str, Spec]) -> frozenset[Any]:
    """Return the raw columns that a filter looks at, as far as its arguments say so."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return frozenset()
    if node.func.attr == "query":
        words = _words(_query_text(node) or "")
        return frozenset(column for column in specs["0"].raw if str(column) in words)
    if node.func.attr == "drop":
        return frozenset(
            c for name in ("1", "labels", "index") if name in specs for c in specs[name].raw
        )
    subset = next((k.value for k in node.keywords if k.arg == "subset"), None)
    named = {n.value for n in ast.walk(subset) if isinstance(n, ast.Constant)} if subset else set()
    return frozenset(named) & specs["0"].raw


def _words(text: str) -> set[str]:
    quoted = text.split("`")[1::2]
    plain = "".join(c if c.isidentifier() or c.isdigit() else " " for c in text)
    return {*quoted, *plain.split()}


def _not_in_place(node: ast.expr) -> ast.expr:
    if not isinstance(node, ast.Call):
        return node
    keywords = [k for k in node.keywords if k.arg != "inplace"]
    return ast.copy_location(ast.Call(node.func, node.args, keywords), node)


def _table_of(node: ast.stmt) -> str | None:
    """Return the name of the table that a statement leaves with fewer rows."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
        case ast.Expr(value=ast.Call(func=ast.Attribute() as function)):
            return root_name(function)
        case _:
            return None
