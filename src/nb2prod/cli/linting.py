"""Lint notebooks and print what was found; without click, so that it starts fast."""

import gc
import sys
from collections.abc import Sequence
from typing import NamedTuple

from nb2prod.cli.faults import fault_text
from nb2prod.cli.lint_job import STANDARD_INPUT, Job, lint_one
from nb2prod.cli.lint_output import print_findings, print_statistics
from nb2prod.cli.lint_settings import merged, settings_for
from nb2prod.cli.notebooks import find_notebooks
from nb2prod.cli.terminal import is_coloured
from nb2prod.diagnostic import Severity
from nb2prod.errors import NotebookFault, Place, UsageError
from nb2prod.lint.reports import Linted
from nb2prod.lint.selection import Settings

_MANY = 32
_RANKS = {Severity.INFO: 0, Severity.WARNING: 1, Severity.ERROR: 2}


class Wanted(NamedTuple):
    """What a `lint` command asks for."""

    paths: Sequence[str]
    form: str = "text"
    requires_roles: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: str = ""
    looks_around: bool = False
    fixes: bool = False
    fixes_boldly: bool = False
    shows_difference: bool = False
    shows_statistics: bool = False
    baseline: str = ""
    writes_baseline: str = ""
    jobs: int = 0
    cache: str = ""
    name: str = "<stdin>"


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
        elif one.startswith("-") and one != STANDARD_INPUT:
            return None
        else:
            paths.append(one)
    return Wanted(paths, form, requires_roles) if paths and form in ("text", "json") else None


def run_lint(wanted: Wanted) -> int:
    """Lint notebooks, print the findings, and return the exit code.

    Raises:
        UsageError: If a folder holds no notebook, or a setting is wrong.
    """
    # Trees are many objects without cycles: looking for cycles would take a third of the time.
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        return _run(wanted)
    finally:
        if was_collecting:
            gc.enable()


def _run(wanted: Wanted) -> int:
    jobs = _jobs(wanted)
    is_readable = True
    if wanted.fixes or wanted.fixes_boldly or wanted.shows_difference:
        from nb2prod.cli.lint_fixing import mend

        counts, is_readable = mend(
            jobs, is_bold=wanted.fixes_boldly, only_shows=wanted.shows_difference
        )
        if wanted.shows_difference:
            return _exit_code(is_readable=is_readable, has_failed=bool(counts))
        if counts:
            sys.stderr.write(f"Mended {sum(counts.values())}: {', '.join(sorted(counts))}.\n")
    linted, all_read = _linted(jobs, wanted)
    if wanted.writes_baseline:
        _write_baseline(wanted.writes_baseline, linted)
        return _exit_code(is_readable=all_read, has_failed=False)
    linted = _without_baseline(wanted.baseline, linted)
    if wanted.shows_statistics:
        print_statistics(linted)
    else:
        print_findings(wanted.form, linted)
    limits = {job.name if job.path == STANDARD_INPUT else job.path: job.settings for job in jobs}
    has_failed = any(
        _RANKS[found.severity] >= _RANKS[limits[one.notebook.path].fail_on]
        for one in linted
        for found in one.diagnostics
    )
    return _exit_code(is_readable=all_read, has_failed=has_failed)


def _exit_code(*, is_readable: bool, has_failed: bool) -> int:
    return int(has_failed) if is_readable else NotebookFault.exit_code


def _jobs(wanted: Wanted) -> list[Job]:
    known: dict[str, Settings] = {}
    given = {"select": wanted.select, "ignore": wanted.ignore, "fail_on": wanted.fail_on}
    return [
        Job(
            path,
            merged(settings_for(path, known), given),
            wanted.requires_roles,
            wanted.looks_around,
            wanted.cache,
            wanted.name,
        )
        for path in find_notebooks(wanted.paths)
    ]


def _linted(jobs: list[Job], wanted: Wanted) -> tuple[list[Linted], bool]:
    """Lint all notebooks, and tell whether all could be read."""
    linted: list[Linted] = []
    is_readable = True
    for outcome in _outcomes(jobs, wanted.jobs):
        if isinstance(outcome, NotebookFault):
            is_readable = False
            sys.stderr.write(f"{fault_text(outcome, is_coloured=is_coloured(sys.stderr))}\n")
        else:
            linted.append(outcome)
    return linted, is_readable


def _outcomes(jobs: list[Job], processes: int) -> list[Linted | NotebookFault]:
    """Lint in one process, or in several where there are many notebooks."""
    if processes == 1 or len(jobs) < (2 if processes else _MANY):
        return [lint_one(job) for job in jobs]
    from nb2prod.cli.lint_parallel import lint_all

    return lint_all(jobs, processes)


def _write_baseline(path: str, linted: list[Linted]) -> None:
    from pathlib import Path

    from nb2prod.lint.baseline import baseline_text

    Path(path).write_text(baseline_text(linted), encoding="utf-8")
    count = sum(len(one.diagnostics) for one in linted)
    sys.stderr.write(f"{path} holds {count} findings, which --baseline leaves out.\n")


def _without_baseline(path: str, linted: list[Linted]) -> list[Linted]:
    if not path:
        return linted
    from pathlib import Path

    from nb2prod.lint.baseline import known_findings, without_known

    try:
        text = Path(path).read_text("utf-8")
    except OSError as error:
        raise UsageError(
            f"The baseline cannot be read: {error.strerror}.",
            place=Place(path),
            hint=f"Write it first: nb2prod lint --write-baseline {path} PATH",
        ) from error
    known = known_findings(text, path)
    return [without_known(one, known) for one in linted]
