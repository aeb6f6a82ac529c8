"""Mend notebooks, or show what mending would change."""

import difflib
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from nb2prod.cli.faults import fault_text
from nb2prod.cli.lint_job import Job, diagnose
from nb2prod.cli.rewriting import rewrite
from nb2prod.cli.terminal import is_coloured
from nb2prod.diagnostic import Diagnostic
from nb2prod.errors import NotebookFault
from nb2prod.lint.fixing import fixed
from nb2prod.lint.selection import wanted
from nb2prod.notebook.model import Notebook
from nb2prod.notebook.reading import parse_notebook, read


def mend(jobs: Iterable[Job], *, is_bold: bool, only_shows: bool) -> tuple[Counter[str], bool]:
    """Mend notebooks in their files, or print the differences.

    Args:
        jobs: The notebooks.
        is_bold: Whether to apply fixes that may change what a notebook computes.
        only_shows: Whether to print differences and change nothing.

    Returns:
        How many findings were mended by code, and whether all notebooks could be read.
    """
    counts: Counter[str] = Counter()
    is_readable = True
    for job in jobs:
        try:
            counts += _mend_one(job, is_bold=is_bold, only_shows=only_shows)
        except NotebookFault as fault:
            is_readable = False
            sys.stderr.write(f"{fault_text(fault, is_coloured=is_coloured(sys.stderr))}\n")
    return counts, is_readable


def _mend_one(job: Job, *, is_bold: bool, only_shows: bool) -> Counter[str]:
    before = read(job.path)

    def find(notebook: Notebook) -> list[Diagnostic]:
        return wanted(diagnose(notebook, job), notebook, job.settings)

    counts: Counter[str] = Counter()
    after = ""

    def change(text: str) -> str:
        nonlocal after
        mark = "\ufeff" if text.startswith("\ufeff") else ""
        made = fixed(text.removeprefix(mark), job.path, find, is_bold=is_bold)
        counts.update(made.counts)
        after = mark + made.text
        return text if only_shows else after

    rewrite(Path(job.path), change)
    if only_shows and counts:
        new = parse_notebook(after.removeprefix("\ufeff"), job.path)
        sys.stdout.writelines(_difference(before, new))
    return counts


def _difference(before: Notebook, after: Notebook) -> Iterator[str]:
    """Yield what changes as a unified diff, cell by cell."""
    for old, new in zip(before.cells, after.cells, strict=True):
        name = f"{before.path}:cell {old.number}"
        yield from _lines(old.source, new.source, name)
        yield from _lines("\n".join(old.tags), "\n".join(new.tags), f"{name} (tags)")


def _lines(old: str, new: str, name: str) -> Iterator[str]:
    found = difflib.unified_diff(old.split("\n"), new.split("\n"), name, name, lineterm="")
    return (f"{line}\n" for line in found)
