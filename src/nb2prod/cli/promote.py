"""``nb2prod promote``: put a version into staging or production."""

from pathlib import Path
from typing import Literal

import click

from nb2prod.cli.answering import format_option


@click.command("promote")
@click.argument("service", type=click.Path(path_type=Path))
@click.argument("version")
@click.option(
    "--to",
    "alias",
    type=click.Choice(["staging", "production"]),
    required=True,
    help="Where it goes.",
)
@click.option(
    "--by", required=True, metavar="NAME", help="Who asks for it; the audit log keeps it."
)
@click.option("--reason", default="", help="Why; the audit log keeps it.")
@format_option
def promote_command(
    service: Path,
    version: str,
    alias: Literal["staging", "production"],
    by: str,
    reason: str,
    form: str,
) -> int:
    """Put VERSION of SERVICE into staging or production.

    Production needs passed gates, and the approvals that [governance] asks for; then further people say the same
    command with their own names.

    Exit codes: 0 it is there, 1 its gates or approvals do not allow it, 2 it cannot be done.
    """
    from nb2prod.cli.promoting import run_promote

    return run_promote(service, version, alias, by, reason, form)
