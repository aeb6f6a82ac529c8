"""`nb2prod lint`: findings about notebooks, as text or JSON."""

import click


@click.command("lint")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to show the findings.",
)
@click.option("--roles", is_flag=True, help="Ask for the roles that a build needs, even untagged.")
def lint_command(*, paths: tuple[str, ...], form: str, roles: bool) -> int:
    """Find what a clean run would hit, and what a build cannot take, without running anything.

    PATH is a notebook, or a folder that is searched for notebooks.

    Exit codes: 0 no errors, 1 errors found, 2 something could not be read.
    """
    from nb2prod.cli.linting import Wanted, run_lint

    return run_lint(Wanted(paths, form, roles))
