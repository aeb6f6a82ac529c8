"""Show what a build makes of a notebook, cell by cell."""

import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from nb2prod.build import BuildOptions
from nb2prod.build.explanation import Explained, Explanation, explain
from nb2prod.build.result import failed
from nb2prod.cli.terminal import is_coloured
from nb2prod.diagnostic import Severity
from nb2prod.errors import Nb2prodError
from nb2prod.lint.reports import diagnostic_text
from nb2prod.notebook import Cell

_ROW_WISE = "row-wise"
_COLOURS = {"frozen": "36", "refused": "31", _ROW_WISE: "32"}
_PLACE_WIDTH = 8
_NARROWEST = 60


def run_explain(notebook: Path, options: BuildOptions, *, as_json: bool) -> int:
    """Explain a notebook, print it, and return the exit code.

    Raises:
        Nb2prodError: If the notebook cannot be read or run; its text is for the caller to show.
    """
    try:
        explanation = explain(notebook, options)
    except Nb2prodError as fault:
        if as_json:
            sys.stdout.write(json.dumps(failed(fault).as_json(), ensure_ascii=False) + "\n")
        raise
    if as_json:
        sys.stdout.write(json.dumps(explanation.as_json(), ensure_ascii=False) + "\n")
    stream = sys.stderr if as_json else sys.stdout
    for line in _text(explanation, is_coloured=is_coloured(stream)):
        stream.write(f"{line}\n")
    return explanation.exit_code


def _text(explanation: Explanation, *, is_coloured: bool) -> Iterator[str]:
    kinds = {each.kind for found in explanation.expressions.values() for each in found}
    width = max((len(kind) for kind in kinds), default=0)
    for cell in explanation.notebook.code_cells:
        found = explanation.expressions.get(cell.number, ())
        yield from _cell(cell, found, width, is_coloured=is_coloured)
    for diagnostic in explanation.diagnostics:
        if diagnostic.severity is not Severity.INFO:
            yield ""
            yield diagnostic_text(diagnostic, explanation.notebook, is_coloured=is_coloured)
    yield ""
    path = explanation.notebook.path
    if explanation.status == "refused":
        yield f"refused: {path} cannot be built as it is."
    else:
        frozen = sum(f.kind == "frozen" for each in explanation.expressions.values() for f in each)
        yield f"{path} can be compiled: {frozen} value{'s are' if frozen != 1 else ' is'} frozen at training."
        yield f"Next: nb2prod build {path}"


def _cell(
    cell: Cell, found: Sequence[Explained], kind_width: int, *, is_coloured: bool
) -> Iterator[str]:
    roles = ", ".join(cell.roles) if cell.roles else "no role: executed, never compiled"
    yield ""
    yield _paint(f"cell {cell.number}", "1", is_coloured=is_coloured) + f"  {roles}"
    width = max(shutil.get_terminal_size().columns, _NARROWEST) - kind_width - _PLACE_WIDTH - 4
    for each in _telling(found):
        place = f"{each.line}:{each.column}"
        colour = _COLOURS.get(each.kind, "0")
        kind = _paint(f"{each.kind:<{kind_width}}", colour, is_coloured=is_coloured)
        yield f"  {place:<{_PLACE_WIDTH}}{kind}  {_shortened(each, width)}"


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
