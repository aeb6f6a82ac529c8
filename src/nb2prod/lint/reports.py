"""Show findings: as text with the line and a caret, and as JSON."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.excerpt import excerpt
from nb2prod.notebook.model import Notebook

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}


class Linted(NamedTuple):
    """A notebook and what was found in it."""

    notebook: Notebook
    diagnostics: list[Diagnostic]


class Located(NamedTuple):
    """A notebook with its findings, and where its cells' lines stand in the file.

    Attributes:
        linted: The notebook.
        lines: For each cell the file's line of each source line.
    """

    linted: Linted
    lines: list[tuple[int, ...]]

    def line(self, diagnostic: Diagnostic) -> int:
        """Return the line of the file on which a finding stands."""
        if diagnostic.cell is None or diagnostic.cell > len(self.lines):
            return 1
        lines = self.lines[diagnostic.cell - 1]
        index = min((diagnostic.line or 1) - 1, len(lines) - 1)
        return lines[index]


def json_report(linted: Iterable[Linted]) -> str:
    """Return the findings as one JSON object, in the form that other tools read."""
    notebooks = [
        {"path": one.notebook.path, "diagnostics": [found.as_json() for found in one.diagnostics]}
        for one in linted
    ]
    return json.dumps({"notebooks": notebooks}, indent=2)


def text_report(linted: Iterable[Linted], *, is_coloured: bool = False) -> Iterator[str]:
    """Yield one block of text for each finding, and a summary.

    Args:
        linted: Notebooks with their findings.
        is_coloured: Whether to use terminal colours.
    """
    counts: Counter[Severity] = Counter()
    notebooks = 0
    for notebook, diagnostics in linted:
        notebooks += 1
        for diagnostic in diagnostics:
            counts[diagnostic.severity] += 1
            yield diagnostic_text(diagnostic, notebook, is_coloured=is_coloured) + "\n"
    yield summary(counts, notebooks)


def diagnostic_text(
    diagnostic: Diagnostic, notebook: Notebook, *, is_coloured: bool = False
) -> str:
    """Return one finding as a compiler would print it: place, message, line with caret, hint."""
    colour = _COLOURS[diagnostic.severity]
    where = _where(diagnostic, notebook.path)
    label = _paint(
        f"{diagnostic.code} {diagnostic.severity}:", f"1;{colour}", is_coloured=is_coloured
    )
    lines = [f"{_paint(where, '1', is_coloured=is_coloured)}: {label} {diagnostic.message}"]
    lines += _excerpt(diagnostic, notebook, is_coloured=is_coloured)
    if diagnostic.hint:
        lines.append(f"    {_paint('hint:', '1', is_coloured=is_coloured)} {diagnostic.hint}")
    return "\n".join(lines)


def summary(counts: Counter[Severity], notebooks: int) -> str:
    """Return one sentence on how much was found."""
    searched = "1 notebook" if notebooks == 1 else f"{notebooks} notebooks"
    kinds = (
        (Severity.ERROR, "error", "errors"),
        (Severity.WARNING, "warning", "warnings"),
        (Severity.INFO, "remark", "remarks"),
    )
    parts = [
        f"{counts[severity]} {one if counts[severity] == 1 else many}"
        for severity, one, many in kinds
        if counts[severity]
    ]
    return f"Found {', '.join(parts)} in {searched}." if parts else f"{searched}: nothing to mend."


def _where(diagnostic: Diagnostic, path: str) -> str:
    if diagnostic.cell is None:
        return path
    place = f"{path}:cell {diagnostic.cell}"
    return place if diagnostic.line is None else f"{place}:{diagnostic.line}:{diagnostic.column}"


def _excerpt(diagnostic: Diagnostic, notebook: Notebook, *, is_coloured: bool) -> list[str]:
    if diagnostic.cell is None or diagnostic.line is None or diagnostic.column is None:
        return []
    lines = notebook.cell(diagnostic.cell).source.split("\n")
    if diagnostic.line > len(lines):
        return []
    text = lines[diagnostic.line - 1]
    colour = _COLOURS[diagnostic.severity]
    end = diagnostic.end_column if diagnostic.end_line == diagnostic.line else None
    shown, blanks, carets = excerpt(text, diagnostic.column, end)
    marks = _paint(carets, colour, is_coloured=is_coloured)
    return [f"{diagnostic.line:5} | {shown}", f"      | {blanks}{marks}"]


def _paint(text: str, colour: str, *, is_coloured: bool) -> str:
    return f"\x1b[{colour}m{text}\x1b[0m" if is_coloured else text
