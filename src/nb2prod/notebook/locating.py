"""On which line of the file each line of a cell stands, for tools that show files."""

import json
from bisect import bisect_right

from nb2prod.notebook.json_text import cell_starts, elements, member


def file_lines(text: str) -> list[tuple[int, ...]]:
    """Return, for each cell, the file's line for every line of its source.

    Args:
        text: The text of a notebook that `parse_notebook` accepts.

    Returns:
        One entry for each cell; an entry's first number is where the cell's source begins.
    """
    ends = [index for index, letter in enumerate(text) if letter == "\n"]
    return [_of_cell(text, start, ends) for start in cell_starts(text)]


def _of_cell(text: str, start: int, ends: list[int]) -> tuple[int, ...]:
    def line_at(position: int) -> int:
        return bisect_right(ends, position - 1) + 1 if position else 1

    found = member(text, start, "source") or member(text, start, "input")
    if found is None:
        return (line_at(start),)
    if text[found.value] != "[":
        count = str(json.loads(text[found.value : found.end])).count("\n") + 1
        return (line_at(found.value),) * count
    lines: list[int] = []
    is_open = False
    for place in elements(text, found.value):
        value, _ = json.JSONDecoder().raw_decode(text, place)
        count = value.count("\n") + (not value.endswith("\n")) - is_open
        lines += [line_at(place)] * max(count, 0)
        is_open = not value.endswith("\n")
    return tuple(lines) or (line_at(found.value),)
