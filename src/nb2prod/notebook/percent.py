"""Notebooks written as percent text, the form in which rule pages and tests show them."""

import json
import re

from nb2prod.notebook.model import Cell, Notebook
from nb2prod.notebook.roles import roles_of

_MARK = re.compile(r"^# %%(?P<rest>.*)$", re.MULTILINE)
_TAGS = re.compile(r"tags=(\[[^\]]*\])")
_COUNT = re.compile(r"count=(\d+)")


def from_percent(text: str, path: str = "<percent>") -> Notebook:
    """Read percent text: ``# %%`` starts a cell, ``# %% [markdown]`` one of another kind.

    A mark may give ``tags=["load"]`` and ``count=3``. What stands before the first mark is left
    out.

    Args:
        text: The text.
        path: The path that the notebook shall have.
    """
    marks = list(_MARK.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    cells = [
        _cell(number, mark["rest"], text[mark.end() : end].strip("\n"))
        for number, (mark, end) in enumerate(zip(marks, ends, strict=True), 1)
    ]
    return Notebook(path, tuple(cells), "python", "python3", 4, {})


def _cell(number: int, rest: str, source: str) -> Cell:
    tags_given = _TAGS.search(rest)
    count = _COUNT.search(rest)
    tags = tuple(json.loads(tags_given[1])) if tags_given else ()
    if "[markdown]" in rest:
        return Cell(number, None, "markdown", source, tags)
    if "[raw]" in rest:
        return Cell(number, None, "raw", source, tags)
    return Cell(
        number, None, "code", source, tags, roles_of(tags), int(count[1]) if count else None
    )
