"""Mend what can be mended without a person, and nothing else."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

from nb2prod.diagnostic import Diagnostic, Edit, Fix
from nb2prod.notebook.model import Notebook
from nb2prod.notebook.parsing import parse_cell
from nb2prod.notebook.reading import parse_notebook
from nb2prod.notebook.resourcing import with_sources
from nb2prod.notebook.tagging import with_tags

_PASSES = 10
Diagnose = Callable[[Notebook], list[Diagnostic]]


class Fixed(NamedTuple):
    """A notebook's text after mending.

    Attributes:
        text: The text.
        counts: How many findings were mended, by code.
    """

    text: str
    counts: Counter[str]


def fixed(text: str, path: str, diagnose: Diagnose, *, is_bold: bool = False) -> Fixed:
    """Mend a notebook's text until nothing more can be mended.

    Args:
        text: The notebook's text.
        path: Its path, for messages.
        diagnose: Finds what is wanted in a notebook.
        is_bold: Whether to apply fixes that may change what the notebook computes.
    """
    counts: Counter[str] = Counter()
    for _ in range(_PASSES):
        notebook = parse_notebook(text, path)
        wanted = [one for one in diagnose(notebook) if one.fix and (one.fix.is_safe or is_bold)]
        applied, text = _one_pass(text, notebook, wanted)
        if not applied:
            break
        counts.update(one.code for one in applied)
    return Fixed(text, counts)


def _one_pass(
    text: str, notebook: Notebook, wanted: list[Diagnostic]
) -> tuple[list[Diagnostic], str]:
    """Apply fixes that do not touch each other, and leave out those that break a cell."""
    chosen = _apart(wanted)
    while chosen:
        edits = [edit for one in chosen if one.fix for edit in one.fix.edits]
        changes = changed_sources(notebook, edits)
        broken = {cell for cell, source in changes.items() if _breaks(notebook, cell, source)}
        if not broken:
            new = with_sources(text, changes)
            tags = _changed_tags(notebook, (one.fix for one in chosen if one.fix))
            new = with_tags(new, tags) if tags else new
            return (chosen, new) if new != text else ([], text)
        chosen = [one for one in chosen if not broken & _cells(one)]
    return [], text


def _apart(wanted: list[Diagnostic]) -> list[Diagnostic]:
    """Choose findings in order so that no two fixes touch the same place."""
    taken: list[Edit] = []
    chosen: list[Diagnostic] = []
    for one in wanted:
        edits = one.fix.edits if one.fix else ()
        if not any(_touch(edit, other) for edit in edits for other in taken):
            taken += edits
            chosen.append(one)
    return chosen


def _touch(edit: Edit, other: Edit) -> bool:
    if edit.cell != other.cell:
        return False
    start, end = (edit.line, edit.column), (edit.end_line, edit.end_column)
    return start <= (other.end_line, other.end_column) and (other.line, other.column) <= end


def _cells(diagnostic: Diagnostic) -> set[int]:
    return {edit.cell for edit in diagnostic.fix.edits} if diagnostic.fix else set()


def _breaks(notebook: Notebook, cell: int, source: str) -> bool:
    before = parse_cell(notebook.cell(cell).source).fault
    return before is None and parse_cell(source).fault is not None


def changed_sources(notebook: Notebook, edits: Iterable[Edit]) -> dict[int, str]:
    """Return the sources of the cells that edits change, by number."""
    by_cell: dict[int, list[Edit]] = {}
    for edit in edits:
        by_cell.setdefault(edit.cell, []).append(edit)
    return {cell: _edited(notebook.cell(cell).source, held) for cell, held in by_cell.items()}


def _edited(source: str, edits: list[Edit]) -> str:
    starts = [0]
    for line in source.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    for edit in sorted(edits, key=lambda one: (one.line, one.column), reverse=True):
        start = starts[edit.line - 1] + edit.column - 1
        end = starts[edit.end_line - 1] + edit.end_column - 1
        source = source[:start] + edit.text + source[end:]
    return source


def _changed_tags(notebook: Notebook, fixes: Iterable[Fix]) -> dict[int, tuple[str, ...]]:
    changes: dict[int, tuple[str, ...]] = {}
    for fix in fixes:
        for cell, old, new in fix.tags:
            tags = changes.get(cell, notebook.cell(cell).tags)
            changes[cell] = tuple(dict.fromkeys(new if tag == old else tag for tag in tags))
    return changes
