"""Lay an explanation out for its page: lines with marked stretches, notes below them, and the emitted code beside."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nb2prod.build.explanation.marks import stretches
from nb2prod.build.explanation.model import CodePlace, Explained, Explanation, FrozenValue
from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.notebook import Cell

ROW_WISE = "row-wise"
_LEGEND = (
    ("frozen", "frozen", "a statistic of the training table: stored, not computed again"),
    ("categories", "categories", "categories and columns of the training table: stored"),
    ("estimator", "estimator", "a fitted object: stored, never fitted again"),
    (ROW_WISE, ROW_WISE, "each row by itself: served as it is written"),
    ("training", "training only", "drops or splits rows, or only feeds the fit"),
    ("refused", "refused", "cannot be served one row at a time"),
)
_LOOKS = {
    "frozen": "frozen",
    "categories": "categories",
    "estimator": "estimator",
    ROW_WISE: ROW_WISE,
    "row-dropping": "training",
    "split": "training",
    "aggregate": "",
}
_LONGEST = 70
_SHOWN = ("load.py", "functions.py", "train.py", "features.py", "evaluate.py")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a line, and how it is marked."""

    text: str
    look: str


@dataclass(frozen=True, slots=True)
class Remark:
    """What is said below a line of one of its expressions."""

    kind: str
    look: str
    text: str
    detail: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a cell."""

    number: int
    parts: tuple[Part, ...]
    fate: str
    notes: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class CodeLine:
    """One line of an emitted module."""

    number: int
    text: str
    source_line: int
    is_first: bool
    anchor: str


@dataclass(frozen=True, slots=True)
class Module:
    """What a module has of one cell."""

    file: str
    lines: tuple[CodeLine, ...]


def look_of(kind: str) -> str:
    """Return the style of a kind; what has none of its own is a reason for a refusal."""
    return _LOOKS.get(kind, "refused")


def view_of(explanation: Explanation) -> dict[str, Any]:
    """Return the values of the page."""
    path = explanation.notebook.path
    is_refused = explanation.status == "refused"
    number = len(explanation.frozen)
    cells = [_cell(cell, explanation) for cell in explanation.notebook.cells]
    anchors = {line.anchor for cell in cells for one in cell["modules"] for line in one.lines}
    return {
        "path": path,
        "summary": "Refused: it cannot be built as it is; the findings say where and what to do."
        if is_refused
        else f"It can be compiled: {number} value{'' if number == 1 else 's'} frozen at training.",
        "legend": [{"look": a, "kind": b, "meaning": c} for a, b, c in _LEGEND],
        "findings": [_finding(one) for one in _important(explanation.diagnostics)],
        "frozen": [_frozen(one, anchors) for one in explanation.frozen],
        "cells": cells,
        "has_code": bool(explanation.code),
    }


def _important(diagnostics: Sequence[Diagnostic]) -> list[Diagnostic]:
    order = (Severity.ERROR, Severity.WARNING, Severity.INFO)
    return sorted(diagnostics, key=lambda one: order.index(one.severity))


def _finding(one: Diagnostic) -> dict[str, str]:
    place, anchor = "", ""
    if one.cell is not None:
        place, anchor = f"cell {one.cell}", f"c{one.cell}"
    if one.line is not None:
        place, anchor = f"{place}, line {one.line}", f"{anchor}-{one.line}"
    look = "refused" if one.severity is Severity.ERROR else "training"
    return {
        "look": look if one.severity is not Severity.INFO else "",
        "severity": one.severity.value,
        "code": one.code,
        "place": place,
        "anchor": anchor,
        "message": one.message,
        "hint": one.hint or "",
    }


def _frozen(one: FrozenValue, anchors: Collection[str]) -> dict[str, Any]:
    return {
        "name": one.name,
        "loop": ", ".join(one.keys),
        "value": one.value or "an object that training fits",
        "expression": one.expression,
        "anchor": f"c{one.cell}-{one.line}",
        "place": f"cell {one.cell}, line {one.line}",
        "leak": one.leak,
        "used": [
            {"anchor": _anchor(place) if _anchor(place) in anchors else "", "text": str(place)}
            for place in one.used
        ],
    }


def _anchor(place: CodePlace) -> str:
    return f"{place.file.removesuffix('.py')}-{place.line}"


def _cell(cell: Cell, explanation: Explanation) -> dict[str, Any]:
    if cell.kind != "code":
        return {"number": cell.number, "said": cell.kind, "words": cell.source, "modules": ()}
    roles = ", ".join(cell.roles)
    return {
        "number": cell.number,
        "said": roles or "no role: executed, never compiled",
        "words": "",
        "lines": _lines(cell, explanation),
        "modules": _modules(cell, explanation),
    }


def _lines(cell: Cell, explanation: Explanation) -> list[Line]:
    found = explanation.expressions.get(cell.number, ())
    fates = {one.line: one.fate.value for one in explanation.statements.get(cell.number, ())}
    texts = cell.source.split("\n")
    looks: list[list[str]] = [[""] * len(text) for text in texts]
    indents = [len(text) - len(text.lstrip()) for text in texts]
    # Inner expressions lie upon outer ones; what is row-wise within a frozen one says nothing.
    for one in sorted(found, key=lambda each: (each.kind != ROW_WISE, -len(each.text))):
        _paint(looks, indents, one)
    return [
        Line(
            number,
            tuple(_parts(text, looks[number - 1])),
            _fate(fates.get(number, ""), [one for one in found if one.line == number]),
            tuple(_remark(one) for one in found if one.line == number and one.kind != ROW_WISE),
        )
        for number, text in enumerate(texts, 1)
    ]


def _fate(fate: str, found: Sequence[Explained]) -> str:
    is_plain = bool(found) and all(one.kind == ROW_WISE for one in found)
    return " · ".join(text for text in (fate, ROW_WISE if is_plain else "") if text)


def _remark(one: Explained) -> Remark:
    kind = "value" if one.kind == "aggregate" else one.kind
    text = one.text if len(one.text) <= _LONGEST else f"{one.text[: _LONGEST - 1]}…"
    return Remark(kind, look_of(one.kind), text, one.detail)


def _paint(looks: list[list[str]], indents: Sequence[int], one: Explained) -> None:
    """Mark the characters of an expression, but not the indentation of its lines."""
    look = look_of(one.kind)
    if not look:
        return
    for number in range(one.line, one.end_line + 1):
        if number > len(looks):
            return
        row = looks[number - 1]
        start = one.column - 1 if number == one.line else indents[number - 1]
        end = one.end_column - 1 if number == one.end_line else len(row)
        for index in range(start, min(end, len(row))):
            row[index] = look


def _parts(text: str, looks: Sequence[str]) -> Iterator[Part]:
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or looks[index] != looks[start]:
            yield Part(text[start:index], looks[start])
            start = index


def _modules(cell: Cell, explanation: Explanation) -> list[Module]:
    found = []
    for file in _SHOWN:
        marks = explanation.marks.get(file, {})
        lines = tuple(_code_lines(file, explanation.code.get(file, ""), marks, cell.number))
        if lines:
            found.append(Module(file, lines))
    return found


def _code_lines(
    file: str, text: str, marks: Mapping[int, tuple[int, int]], cell: int
) -> Iterator[CodeLine]:
    lines = text.split("\n")
    for one in stretches(text, marks):
        if one.cell != cell:
            continue
        for number in range(one.line, one.end_line + 1):
            place = CodePlace(file, number)
            shown = lines[number - 1].removeprefix("    " if file != "functions.py" else "")
            yield CodeLine(number, shown, one.source_line, number == one.line, _anchor(place))
