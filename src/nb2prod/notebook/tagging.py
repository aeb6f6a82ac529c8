"""Change the tags of cells in a notebook's text and leave every other character as it is."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


class _Member(NamedTuple):
    """A key of an object with the places of its value."""

    key: str
    start: int
    value: int
    end: int


class _Style(NamedTuple):
    """How a file writes its JSON."""

    unit: str | None
    newline: str
    colon: str
    comma: str
    is_ascii: bool


def with_tags(text: str, changes: Mapping[int, Sequence[str]]) -> str:
    """Return a notebook's text with other tags for some cells.

    Args:
        text: The text of a notebook that `parse_notebook` accepts.
        changes: New tags by the cell's 1-based number.
    """
    style = _style_of(text)
    starts = list(_cell_starts(text))
    edits = [_edit(text, starts[number - 1], tags, style) for number, tags in changes.items()]
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _members(text: str, start: int) -> Iterator[_Member]:
    """Yield the members of the object that starts at a brace."""
    position = _skip(text, start + 1)
    while text[position] == '"':
        key, after = _DECODER.raw_decode(text, position)
        value = _skip(text, _skip(text, after) + 1)
        end = _value_end(text, value)
        yield _Member(key, position, value, end)
        position = _skip(text, end)
        if text[position] == ",":
            position = _skip(text, position + 1)


def _elements(text: str, start: int) -> Iterator[int]:
    """Yield where the elements of the list start that starts at a bracket."""
    position = _skip(text, start + 1)
    while text[position] != "]":
        yield position
        position = _skip(text, _value_end(text, position))
        if text[position] == ",":
            position = _skip(text, position + 1)


def _value_end(text: str, start: int) -> int:
    _, end = _DECODER.raw_decode(text, start)
    return end


def _skip(text: str, position: int) -> int:
    match = _BLANK.match(text, position)
    return match.end() if match else position


def _member(text: str, start: int, key: str) -> _Member | None:
    # Of a repeated key JSON readers take the last.
    return {one.key: one for one in _members(text, start)}.get(key)


def _cell_starts(text: str) -> Iterator[int]:
    root = _skip(text, 1 if text.startswith("\ufeff") else 0)
    cells, sheets = _member(text, root, "cells"), _member(text, root, "worksheets")
    if cells is not None:
        yield from _elements(text, cells.value)
    elif sheets is not None:
        for sheet in _elements(text, sheets.value):
            cells = _member(text, sheet, "cells")
            if cells is not None:
                yield from _elements(text, cells.value)


def _style_of(text: str) -> _Style:
    first = re.match(r"\ufeff?\s*\{(?P<gap>\s*)\"[^\"]*\"(?P<colon>\s*:\s*)", text)
    gap = first["gap"] if first else ""
    newline = "\r\n" if "\r\n" in gap else "\n"
    unit = gap.rpartition("\n")[2] if "\n" in gap else None
    colon = first["colon"] if first else ": "
    return _Style(unit, newline, colon, ", " if colon.endswith(" ") else ",", text.isascii())


def _edit(text: str, cell: int, tags: Sequence[str], style: _Style) -> tuple[int, int, str]:
    metadata = _member(text, cell, "metadata")
    if metadata is None:
        return _insertion(text, cell, "metadata", {"tags": list(tags)}, style)
    existing = _member(text, metadata.value, "tags")
    if existing is None:
        return _insertion(text, metadata.value, "tags", list(tags), style)
    old = text[existing.value : existing.end]
    is_inline = "\n" not in old and old != "[]"
    indent = None if is_inline else _indent_at(text, existing.start)
    return existing.value, existing.end, _render(list(tags), indent, style)


def _insertion(
    text: str, start: int, key: str, value: object, style: _Style
) -> tuple[int, int, str]:
    """Put a member into an object: in its place among sorted keys, else last."""
    members = list(_members(text, start))
    indent = _indent_at(text, members[0].start) if members else None
    if not members and style.unit is not None:
        indent = _line_indent(text, start) + style.unit
    rendered = f"{json.dumps(key)}{style.colon}{_render(value, indent, style)}"
    gap = style.comma.rstrip() + (" " if style.comma.endswith(" ") else "")
    if indent is not None:
        gap = f",{style.newline}{indent}"
    if not members:
        inside = rendered
        if indent is not None:
            outer = indent.removesuffix(style.unit or "")
            inside = f"{style.newline}{indent}{rendered}{style.newline}{outer}"
        return start, _value_end(text, start), "{" + inside + "}"
    keys = [one.key for one in members]
    following = next((one for one in members if one.key > key), None)
    if keys == sorted(keys) and following is not None:
        return following.start, following.start, rendered + gap
    return members[-1].end, members[-1].end, gap + rendered


def _indent_at(text: str, position: int) -> str | None:
    """Return what precedes a key on its line, or None when that is not only blanks."""
    before = text[text.rfind("\n", 0, position) + 1 : position]
    return before if "\n" in text[:position] and not before.strip() else None


def _line_indent(text: str, position: int) -> str:
    line = text[text.rfind("\n", 0, position) + 1 : position]
    return line[: len(line) - len(line.lstrip())]


def _render(value: object, indent: str | None, style: _Style) -> str:
    """Write a value as the file's writer would at an indentation, or on one line."""
    if indent is None or style.unit is None:
        return json.dumps(value, ensure_ascii=style.is_ascii, separators=(style.comma, style.colon))
    text = json.dumps(value, ensure_ascii=style.is_ascii, indent=style.unit)
    return text.replace("\n", style.newline + indent)
