"""Lint notebooks and print what was found; without click, so that it starts fast."""

import sys
from collections.abc import Sequence
from typing import NamedTuple

from nb2prod.cli.faults import fault_text
from nb2prod.cli.notebooks import find_notebooks
from nb2prod.cli.terminal import is_coloured
from nb2prod.diagnostic import Severity
from nb2prod.errors import NotebookFault
from nb2prod.lint.engine import lint
from nb2prod.lint.reports import Linted, json_report, text_report
from nb2prod.notebook.reading import read


class Wanted(NamedTuple):
    """What a `lint` command asks for."""

    paths: Sequence[str]
    form: str = "text"
    requires_roles: bool = False


def plainly_wanted(arguments: Sequence[str]) -> Wanted | None:
    """Read the arguments of a `lint` command that needs no help from click.

    Returns:
        What is wanted, or None for anything but paths, ``--format`` with a known value and ``--roles``: click then
        does as it does for every command.
    """
    paths: list[str] = []
    form, requires_roles = "text", False
    given = iter(arguments)
    for one in given:
        if one == "--roles":
            requires_roles = True
        elif one in ("--format", "--format=json", "--format=text"):
            form = one.partition("=")[2] or next(given, "")
        elif one.startswith("-"):
            return None
        else:
            paths.append(one)
    return Wanted(paths, form, requires_roles) if paths and form in ("text", "json") else None


def run_lint(wanted: Wanted) -> int:
    """Lint notebooks, print the findings, and return the exit code.

    Raises:
        UsageError: If a folder holds no notebook.
    """
    linted: list[Linted] = []
    is_readable = True
    for path in find_notebooks(wanted.paths):
        try:
            notebook = read(path)
        except NotebookFault as fault:
            is_readable = False
            sys.stderr.write(f"{fault_text(fault, is_coloured=is_coloured(sys.stderr))}\n")
        else:
            linted.append(Linted(notebook, lint(notebook, requires_roles=wanted.requires_roles)))
    if wanted.form == "json":
        sys.stdout.write(f"{json_report(linted)}\n")
    elif linted:
        for block in text_report(linted, is_coloured=is_coloured(sys.stdout)):
            sys.stdout.write(f"{block}\n")
    if not is_readable:
        return NotebookFault.exit_code
    return int(any(one.severity is Severity.ERROR for found in linted for one in found.diagnostics))
