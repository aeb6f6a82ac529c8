"""``nb2prod rollback``: back to what served before."""

from pathlib import Path

import click

from nb2prod.cli.answering import format_option


@click.command("rollback")
@click.argument("service", type=click.Path(path_type=Path))
@click.option("--to", metavar="VERSION", help="An earlier version instead of the last one.")
@click.option("--by", metavar="NAME", help="Who asks for it.  [default: the login name]")
@click.option("--reason", default="", help="Why; the audit log keeps it.")
@format_option
def rollback_command(service: Path, to: str | None, by: str | None, reason: str, form: str) -> int:
    """Put the version before the one in production back into production.

    Exit codes: 0 it is there, 1 the owners do not allow it, 2 it cannot be done.
    """
    from nb2prod.cli.promoting import run_rollback

    return run_rollback(service, to, by, reason, form)
