"""``nb2prod compare``: what changed between two versions of a service."""

from pathlib import Path
from typing import Literal

import click


@click.command("compare")
@click.argument("service", type=click.Path(path_type=Path))
@click.argument("before", metavar="V1")
@click.argument("after", metavar="V2")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    show_default=True,
    help="How to show it.",
)
@click.option(
    "-o",
    "--output",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write it to a file instead of standard output.",
)
@click.option("--exit-code", "tells", is_flag=True, help="Exit with 1 where anything differs.")
def compare_command(
    service: Path,
    before: str,
    after: str,
    form: Literal["text", "json", "html"],
    file: Path | None,
    *,
    tells: bool,
) -> int:
    """Show what changed between the versions V1 and V2 of SERVICE.

    Frozen statistics with their places in the notebook, schema, emitted code, parameters, data,
    metrics, model and library versions. Both versions are checked against their digests first.

    Exit codes: 0 compared, 1 they differ and --exit-code was given, 2 they cannot be compared.
    """
    from nb2prod.cli.comparing import run_compare

    differs = run_compare(service, (before, after), form, file)
    return int(tells and differs)
