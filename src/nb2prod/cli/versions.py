"""``nb2prod versions``: what there is, and where it stands."""

from pathlib import Path

import click

from nb2prod.cli.answering import format_option


@click.command("versions")
@click.argument("service", type=click.Path(path_type=Path))
@format_option
def versions_command(service: Path, form: str) -> int:
    """List the versions of SERVICE with their aliases, gates and metrics."""
    from nb2prod.cli.listing import run_versions

    return run_versions(service, form)
