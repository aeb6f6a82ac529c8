"""Find and write parts of a notebook's JSON text, so that every other character stays as it is."""

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


class Member(NamedTuple):
    """A key of an object with the places of its value."""

    key: str
    start: int
    value: int
    end: int


class Style(NamedTuple):
    """How a file writes its JSON."""

    unit: str | None
    newline: str
    colon: str
    comma: str
    is_ascii: bool


def members(text: str, start: int) -> Iterator[Member]:
    """Yield the members of the object that starts at a brace."""
    position = skip(text, start + 1)
    while text[position] == '"':
        key, after = _DECODER.raw_decode(text, position)
        value = skip(text, skip(text, after) + 1)
        end = value_end(text, value)
        yield Member(key, position, value, end)
        position = skip(text, end)
        if text[position] == ",":
            position = skip(text, position + 1)


def elements(text: str, start: int) -> Iterator[int]:
    """Yield where the elements of the list start that starts at a bracket."""
    position = skip(text, start + 1)
    while text[position] != "]":
        yield position
        position = skip(text, value_end(text, position))
        if text[position] == ",":
            position = skip(text, position + 1)


def value_end(text: str, start: int) -> int:
    """Return where the value that starts at a place ends."""
    _, end = _DECODER.raw_decode(text, start)
    return end


def skip(text: str, position: int) -> int:
    """Return the first place from a position on that is no blank."""
    match = _BLANK.match(text, position)
    return match.end() if match else position


def member(text: str, start: int, key: str) -> Member | None:
    """Return the member of an object by its key, or None."""
    # Of a repeated key JSON readers take the last.
    return {one.key: one for one in members(text, start)}.get(key)


def cell_starts(text: str) -> Iterator[int]:
    """Yield where each cell's object starts, in the order of their numbers."""
    root = skip(text, 1 if text.startswith("\ufeff") else 0)
    cells, sheets = member(text, root, "cells"), member(text, root, "worksheets")
    if cells is not None:
        yield from elements(text, cells.value)
    elif sheets is not None:
        for sheet in elements(text, sheets.value):
            cells = member(text, sheet, "cells")
            if cells is not None:
                yield from elements(text, cells.value)


def style_of(text: str) -> Style:
    """Return how a notebook's text writes its JSON."""
    first = re.match(r"\ufeff?\s*\{(?P<gap>\s*)\"[^\"]*\"(?P<colon>\s*:\s*)", text)
    gap = first["gap"] if first else ""
    newline = "\r\n" if "\r\n" in gap else "\n"
    unit = gap.rpartition("\n")[2] if "\n" in gap else None
    colon = first["colon"] if first else ": "
    return Style(unit, newline, colon, ", " if colon.endswith(" ") else ",", text.isascii())


def indent_at(text: str, position: int) -> str | None:
    """Return what precedes a key on its line, or None when that is not only blanks."""
    before = text[text.rfind("\n", 0, position) + 1 : position]
    return before if "\n" in text[:position] and not before.strip() else None


def line_indent(text: str, position: int) -> str:
    """Return the blanks at the start of a place's line."""
    line = text[text.rfind("\n", 0, position) + 1 : position]
    return line[: len(line) - len(line.lstrip())]


def render(value: object, indent: str | None, style: Style) -> str:
    """Write a value as the file's writer would at an indentation, or on one line."""
    if indent is None or style.unit is None:
        return json.dumps(value, ensure_ascii=style.is_ascii, separators=(style.comma, style.colon))
    text = json.dumps(value, ensure_ascii=style.is_ascii, indent=style.unit)
    return text.replace("\n", style.newline + indent)
