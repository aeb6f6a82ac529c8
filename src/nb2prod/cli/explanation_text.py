"""An explanation as text for the terminal."""

import shutil
from collections.abc import Iterator, Sequence

from nb2prod.build.explanation import Explained, Explanation, Statement
from nb2prod.diagnostic import Severity
from nb2prod.lint.reports import diagnostic_text
from nb2prod.notebook import Cell

_ROW_WISE = "row-wise"
_LEAKS = "NBC6"
_COLOURS = {"frozen": "36", "refused": "31", _ROW_WISE: "32"}
_PLACE_WIDTH = 8
_NARROWEST = 60


def explanation_text(explanation: Explanation, *, is_coloured: bool) -> Iterator[str]:
    """Yield the lines: cell by cell and statement by statement, then what is frozen, then findings."""
    kinds = {each.kind for found in explanation.expressions.values() for each in found}
    width = max((len(kind) for kind in kinds), default=0)
    for cell in explanation.notebook.code_cells:
        yield from _cell(cell, explanation, width, is_coloured=is_coloured)
    yield from _frozen(explanation, is_coloured=is_coloured)
    for diagnostic in explanation.diagnostics:
        if diagnostic.severity is not Severity.INFO or diagnostic.code.startswith(_LEAKS):
            yield ""
            yield diagnostic_text(diagnostic, explanation.notebook, is_coloured=is_coloured)
    yield ""
    yield from _last(explanation)


def _last(explanation: Explanation) -> Iterator[str]:
    path = explanation.notebook.path
    if explanation.status == "refused":
        yield f"refused: {path} cannot be built as it is."
        return
    number = len(explanation.frozen)
    yield f"{path} can be compiled: {number} value{'s are' if number != 1 else ' is'} frozen at training."
    yield f"Next: nb2prod build {path}"


def _cell(
    cell: Cell, explanation: Explanation, kind_width: int, *, is_coloured: bool
) -> Iterator[str]:
    roles = ", ".join(cell.roles) if cell.roles else "no role: executed, never compiled"
    yield ""
    yield _paint(f"cell {cell.number}", "1", is_coloured=is_coloured) + f"  {roles}"
    width = max(shutil.get_terminal_size().columns, _NARROWEST) - kind_width - _PLACE_WIDTH - 4
    statements = {one.line: one for one in explanation.statements.get(cell.number, ())}
    found: dict[int, list[Explained]] = {line: [] for line in statements}
    for each in _telling(explanation.expressions.get(cell.number, ())):
        found.setdefault(each.line, []).append(each)
    for line in sorted(found):
        if line in statements:
            yield _statement(statements[line])
        for each in found[line]:
            place = f"{each.line}:{each.column}"
            colour = _COLOURS.get(each.kind, "0")
            kind = _paint(f"{each.kind:<{kind_width}}", colour, is_coloured=is_coloured)
            yield f"  {place:<{_PLACE_WIDTH}}{kind}  {_shortened(each, width)}"


def _statement(statement: Statement) -> str:
    where = ", ".join(str(place) for place in statement.places)
    return f"  line {statement.line}: {statement.fate.value}" + (f"  ({where})" if where else "")


def _frozen(explanation: Explanation, *, is_coloured: bool) -> Iterator[str]:
    if not explanation.frozen:
        return
    yield ""
    yield _paint("frozen at training", "1", is_coloured=is_coloured)
    for one in explanation.frozen:
        value = f" = {one.value}" if one.value else ""
        used = ", ".join(str(place) for place in one.used) or "nothing that is served"
        yield f"  fitted.{one.name}{value}"
        yield f"      cell {one.cell}, line {one.line}: {one.expression}; used by {used}"
        if one.leak:
            yield f"      leak: {one.leak}"


def _telling(found: Sequence[Explained]) -> Iterator[Explained]:
    """Leave out row-wise parts of row-wise expressions: they say nothing new. JSON has them all."""
    outer: list[Explained] = []
    for each in found:
        if each.kind == _ROW_WISE:
            if any(_holds(other, each) for other in outer):
                continue
            outer.append(each)
        yield each


def _holds(outer: Explained, inner: Explained) -> bool:
    return (
        outer.line == inner.line
        and outer.column <= inner.column < outer.column + len(outer.text)
        and inner.text in outer.text
    )


def _shortened(found: Explained, width: int) -> str:
    """Return the expression and what is known of it, in one line."""
    detail = f"  → {found.detail}" if found.detail else ""
    text = " ".join(found.text.split())
    room = max(width - len(detail), width // 2)
    return (text if len(text) <= room else f"{text[: room - 1]}…") + detail


def _paint(text: str, colour: str, *, is_coloured: bool) -> str:
    return f"\x1b[{colour}m{text}\x1b[0m" if is_coloured and colour != "0" else text
