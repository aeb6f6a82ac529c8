"""Lint one notebook as the command line asks for it."""

import sys
from typing import NamedTuple

from nb2prod.diagnostic import Diagnostic
from nb2prod.errors import NotebookFault
from nb2prod.lint.reports import Linted
from nb2prod.lint.selection import Settings, wanted
from nb2prod.notebook.model import Notebook
from nb2prod.notebook.reading import parse_notebook, read

STANDARD_INPUT = "-"


class Job(NamedTuple):
    """One notebook and how to look at it.

    Attributes:
        path: The notebook's path; ``-`` for standard input.
        settings: What is wanted.
        requires_roles: Whether the notebook must be ready for a build.
        looks_around: Whether to look at the interpreter and at the files beside the notebook.
        cache: A folder for findings, or empty.
        name: The path that findings show for standard input.
    """

    path: str
    settings: Settings = Settings()
    requires_roles: bool = False
    looks_around: bool = False
    cache: str = ""
    name: str = "<stdin>"


def lint_one(job: Job) -> Linted | NotebookFault:
    """Lint a notebook; return the fault where it cannot be read."""
    try:
        notebook = _read(job)
    except NotebookFault as fault:
        return fault
    found = _cached(job, notebook) if job.cache else diagnose(notebook, job)
    return Linted(notebook, wanted(found, notebook, job.settings))


def diagnose(notebook: Notebook, job: Job) -> list[Diagnostic]:
    """Return all findings about a notebook."""
    from nb2prod.lint.engine import lint

    environment = None
    if job.looks_around:
        from nb2prod.lint.gathering import gather

        environment = gather(notebook)
    return lint(
        notebook,
        environment,
        requires_roles=job.requires_roles,
        magics=frozenset(job.settings.magics),
    )


def _read(job: Job) -> Notebook:
    if job.path != STANDARD_INPUT:
        return read(job.path)
    data = sys.stdin.buffer.read()
    return parse_notebook(data.decode("utf-8-sig", "replace"), job.name)


def _cached(job: Job, notebook: Notebook) -> list[Diagnostic]:
    if job.path == STANDARD_INPUT or job.looks_around:
        # What was found may depend on more than the file.
        return diagnose(notebook, job)
    from nb2prod.cli.lint_cache import Cache

    cache = Cache(job.cache)
    with open(job.path, "rb") as file:  # noqa: PTH123 - pathlib starts slowly
        key = cache.key(file.read(), job.requires_roles, sorted(job.settings.magics))
    found = cache.get(key)
    if found is None:
        found = diagnose(notebook, job)
        cache.put(key, found)
    return found
