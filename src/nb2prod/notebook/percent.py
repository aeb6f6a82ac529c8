"""Notebooks written as percent text, the form in which rule pages and tests show them."""

import json
import re

from nb2prod.notebook.model import Cell, Notebook
from nb2prod.notebook.roles import roles_of

_MARK = re.compile(r"^# %%(?P<rest>.*)$", re.MULTILINE)
_TAGS = re.compile(r"tags=(\[[^\]]*\])")
_COUNT = re.compile(r"count=(\d+)")
_OUTPUT = re.compile(r'(output|error)=("(?:[^"\\]|\\.)*")')
_METADATA = re.compile(r"^# metadata: (\{.*\})$", re.MULTILINE)


def from_percent(text: str, path: str = "<percent>") -> Notebook:
    """Read percent text: ``# %%`` starts a cell, ``# %% [markdown]`` one of another kind.

    A mark may give ``tags=["load"]``, ``count=3``, a saved text with ``output="1"`` and a saved
    error with ``error="NameError"``. What stands before the first mark is left out, but for a line
    ``# metadata: {...}``.

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
    given = _METADATA.search(text)
    metadata = json.loads(given[1]) if given else {}
    return Notebook(path, tuple(cells), "python", "python3", 4, metadata)


def _cell(number: int, rest: str, source: str) -> Cell:
    tags_given = _TAGS.search(rest)
    count = _COUNT.search(rest)
    tags = tuple(json.loads(tags_given[1])) if tags_given else ()
    if "[markdown]" in rest:
        return Cell(number, None, "markdown", source, tags)
    if "[raw]" in rest:
        return Cell(number, None, "raw", source, tags)
    return Cell(
        number,
        None,
        "code",
        source,
        tags,
        roles_of(tags),
        int(count[1]) if count else None,
        tuple(_output(kind, json.loads(text)) for kind, text in _OUTPUT.findall(rest)),
    )


def _output(kind: str, text: str) -> dict[str, object]:
    if kind == "error":
        return {"output_type": "error", "ename": text, "evalue": "", "traceback": []}
    return {"output_type": "stream", "name": "stdout", "text": text}
