"""`nb2prod lint`: findings about notebooks, for people and for programs."""

import click

from nb2prod.cli.lint_output import FORMS
from nb2prod.diagnostic import Severity


@click.command("lint")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMS),
    default="text",
    show_default=True,
    help="How to show the findings.",
)
@click.option("--roles", is_flag=True, help="Ask for the roles that a build needs, even untagged.")
@click.option("--select", multiple=True, metavar="CODE", help="Only codes that begin so.")
@click.option("--ignore", multiple=True, metavar="CODE", help="No codes that begin so.")
@click.option(
    "--fail-on",
    type=click.Choice([one.value for one in Severity]),
    help="The least severity that makes the command fail (default: error).",
)
@click.option("--environment", is_flag=True, help="Look at installed packages and files, too.")
@click.option("--fix", is_flag=True, help="Mend what can safely be mended.")
@click.option("--unsafe-fixes", is_flag=True, help="Mend also what may change results.")
@click.option("--diff", is_flag=True, help="Show what --fix would change; change nothing.")
@click.option("--statistics", is_flag=True, help="Show how often each rule found something.")
@click.option("--baseline", default="", metavar="FILE", help="Leave out the findings in FILE.")
@click.option("--write-baseline", default="", metavar="FILE", help="Write all findings to FILE.")
@click.option("-j", "--jobs", default=0, metavar="N", help="Processes; by itself from 32 on.")
@click.option("--cache", default="", metavar="FOLDER", help="Keep findings there by content.")
@click.option("--stdin-name", default="<stdin>", metavar="PATH", help="What to call `-`.")
def lint_command(
    *,
    paths: tuple[str, ...],
    form: str,
    roles: bool,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: str | None,
    environment: bool,
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
    statistics: bool,
    baseline: str,
    write_baseline: str,
    jobs: int,
    cache: str,
    stdin_name: str,
) -> int:
    """Find what a clean run would hit, and what a build cannot take, without running anything.

    PATH is a notebook, a folder that is searched for notebooks, a pattern, or - for standard input.

    Exit codes: 0 no errors, 1 errors found, 2 something could not be read.
    """
    from nb2prod.cli.linting import Wanted, run_lint

    return run_lint(
        Wanted(
            paths,
            form,
            roles,
            _codes(select),
            _codes(ignore),
            fail_on or "",
            environment,
            fix,
            unsafe_fixes,
            diff,
            statistics,
            baseline,
            write_baseline,
            jobs,
            cache,
            stdin_name,
        )
    )


def _codes(given: tuple[str, ...]) -> tuple[str, ...]:
    """Take ``--select NBH,NBS001`` as well as two options."""
    return tuple(code.strip().upper() for one in given for code in one.split(",") if code.strip())
