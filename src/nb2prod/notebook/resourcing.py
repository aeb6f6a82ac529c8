"""Change the sources of cells in a notebook's text and leave every other character as it is."""

import json
from collections.abc import Mapping

from nb2prod.notebook.json_text import (
    Style,
    cell_starts,
    elements,
    indent_at,
    member,
    render,
    style_of,
    value_end,
)


def with_sources(text: str, changes: Mapping[int, str]) -> str:
    """Return a notebook's text with other sources for some cells.

    A source keeps its form, a text or a list of lines, and its line ends; lines that stay are written
    as they were. A source with lone carriage returns stays as it is.

    Args:
        text: The text of a notebook that `parse_notebook` accepts.
        changes: New sources by the cell's 1-based number, lines ended by newlines.
    """
    style = style_of(text)
    starts = list(cell_starts(text))
    edits: list[tuple[int, int, str]] = []
    for number, source in changes.items():
        found = member(text, starts[number - 1], "source") or member(
            text, starts[number - 1], "input"
        )
        if found is not None:
            old = text[found.value : found.end]
            edits.append((found.value, found.end, _written(old, source, style, text, found.start)))
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _written(old: str, source: str, style: Style, text: str, place: int) -> str:
    value = json.loads(old)
    whole = "".join(value) if isinstance(value, list) else value
    if "\r" in whole.replace("\r\n", ""):
        return old
    if "\r\n" in whole:
        source = source.replace("\n", "\r\n")
    if not isinstance(value, list):
        return json.dumps(source, ensure_ascii=style.is_ascii)
    lines = _lines(source)
    places = list(elements(old, 0))
    if not places or not lines:
        return render(lines, indent_at(text, place), style)
    ends = [value_end(old, one) for one in places]
    known = {json.loads(old[a:b]): old[a:b] for a, b in zip(places, ends, strict=True)}
    before, after = old[1 : places[0]], old[ends[-1] : -1]
    between = old[ends[0] : places[1]] if len(places) > 1 else style.comma.rstrip() + before
    written = [known.get(line) or json.dumps(line, ensure_ascii=style.is_ascii) for line in lines]
    return "[" + before + between.join(written) + after + "]"


def _lines(source: str) -> list[str]:
    """Divide a source behind its newlines, and nowhere else."""
    parts = source.split("\n")
    found = [f"{part}\n" for part in parts[:-1]]
    return [*found, parts[-1]] if parts[-1] else found
