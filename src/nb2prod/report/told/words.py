"""What the notebook itself says of its model: headings and texts, as they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nb2prod.notebook import Cell, Notebook

_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
_MOST_CHARACTERS = 1500

_USE = re.compile(r"\b(use|uses|usage|purpose|goal|aim|objective|motivation)\b", re.IGNORECASE)
_LIMITS = re.compile(
    r"\b(limit|limits|limitations?|caveats?|warnings?|bias|biases|risks?|out of scope)\b",
    re.IGNORECASE,
)
_DATA = re.compile(r"\bdata(sets?)?\b", re.IGNORECASE)
_STATED_DATA = re.compile(r"^\s*(data|source|dataset)s?\s*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Passage:
    """A text of the notebook.

    Attributes:
        cell: Number of its cell.
        heading: The heading that it stands under; empty before the first one.
        text: The text below the heading.
    """

    cell: int
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """What a notebook says.

    Attributes:
        title: Its first heading; empty where it has none.
        introduction: What stands before the first code, or None.
        use: Passages on what the model is for.
        data: Passages on where the data come from.
        limits: Passages on what it is not good for.
    """

    title: str
    introduction: Passage | None
    use: tuple[Passage, ...]
    data: tuple[Passage, ...]
    limits: tuple[Passage, ...]


def words_of(notebook: Notebook) -> Words:
    """Return what a notebook says of its model; nothing is inferred, only headings decide where a text belongs."""
    passages = [one for cell in notebook.cells for one in _passages(cell)]
    headings = [one.heading for one in passages if one.heading]
    first_code = next(
        (c.number for c in notebook.cells if c.kind == "code"), len(notebook.cells) + 1
    )
    opening = [one for one in passages if one.cell < first_code and one.text]
    told = [one for one in passages if one.text]
    return Words(
        title=headings[0] if headings else "",
        introduction=opening[0] if opening else None,
        use=tuple(one for one in told if _USE.search(one.heading)),
        data=(*(one for one in told if _DATA.search(one.heading)), *_stated_data(told)),
        limits=tuple(one for one in told if _LIMITS.search(one.heading)),
    )


def _stated_data(passages: list[Passage]) -> Iterator[Passage]:
    """Yield paragraphs that begin with ``Data:``, under whatever heading they stand."""
    for one in passages:
        if not _DATA.search(one.heading):
            for paragraph in one.text.split("\n\n"):
                if _STATED_DATA.match(paragraph):
                    yield Passage(one.cell, one.heading, paragraph.strip())


def _passages(cell: Cell) -> Iterator[Passage]:
    """Split a text cell at its headings; a ``#`` within a fenced block is none."""
    if cell.kind != "markdown":
        return
    heading, lines, is_fenced = "", [], False
    for line in cell.source.splitlines():
        if line.lstrip().startswith(("```", "~~~")):
            is_fenced = not is_fenced
        found = None if is_fenced else _HEADING.match(line)
        if found is None:
            lines.append(line)
            continue
        if heading or "".join(lines).strip():
            yield _passage(cell, heading, lines)
        heading, lines = found.group(2), []
    if heading or "".join(lines).strip():
        yield _passage(cell, heading, lines)


def _passage(cell: Cell, heading: str, lines: list[str]) -> Passage:
    text = "\n".join(lines).strip()
    if len(text) > _MOST_CHARACTERS:
        text = f"{text[:_MOST_CHARACTERS].rstrip()} …"
    return Passage(cell.number, heading, text)
