"""Change the tags of cells in a notebook's text and leave every other character as it is."""

import json
from collections.abc import Mapping, Sequence

from nb2prod.notebook.json_text import (
    Style,
    cell_starts,
    indent_at,
    line_indent,
    member,
    members,
    render,
    style_of,
    value_end,
)


def with_tags(text: str, changes: Mapping[int, Sequence[str]]) -> str:
    """Return a notebook's text with other tags for some cells.

    Args:
        text: The text of a notebook that `parse_notebook` accepts.
        changes: New tags by the cell's 1-based number.
    """
    style = style_of(text)
    starts = list(cell_starts(text))
    edits = [_edit(text, starts[number - 1], tags, style) for number, tags in changes.items()]
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _edit(text: str, cell: int, tags: Sequence[str], style: Style) -> tuple[int, int, str]:
    metadata = member(text, cell, "metadata")
    if metadata is None:
        return _insertion(text, cell, "metadata", {"tags": list(tags)}, style)
    existing = member(text, metadata.value, "tags")
    if existing is None:
        return _insertion(text, metadata.value, "tags", list(tags), style)
    old = text[existing.value : existing.end]
    is_inline = "\n" not in old and old != "[]"
    indent = None if is_inline else indent_at(text, existing.start)
    return existing.value, existing.end, render(list(tags), indent, style)


def _insertion(
    text: str, start: int, key: str, value: object, style: Style
) -> tuple[int, int, str]:
    """Put a member into an object: in its place among sorted keys, else last."""
    held = list(members(text, start))
    indent = indent_at(text, held[0].start) if held else None
    if not held and style.unit is not None:
        indent = line_indent(text, start) + style.unit
    rendered = f"{json.dumps(key)}{style.colon}{render(value, indent, style)}"
    gap = style.comma.rstrip() + (" " if style.comma.endswith(" ") else "")
    if indent is not None:
        gap = f",{style.newline}{indent}"
    if not held:
        inside = rendered
        if indent is not None:
            outer = indent.removesuffix(style.unit or "")
            inside = f"{style.newline}{indent}{rendered}{style.newline}{outer}"
        return start, value_end(text, start), "{" + inside + "}"
    keys = [one.key for one in held]
    following = next((one for one in held if one.key > key), None)
    if keys == sorted(keys) and following is not None:
        return following.start, following.start, rendered + gap
    return held[-1].end, held[-1].end, gap + rendered
