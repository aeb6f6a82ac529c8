"""``nb2prod lock``: a version's locks with the digests of their packages."""

from pathlib import Path

import click

from nb2prod.cli.answering import format_option


@click.command("lock")
@click.argument("service", type=click.Path(path_type=Path))
@click.argument("version", required=False)
@format_option
def lock_command(service: Path, version: str | None, form: str) -> int:
    """Ask the package index for digests of what VERSION of SERVICE locks, the newest by default.

    reports/VERSION/requirements-train.hashes.txt and requirements-serve.hashes.txt: pip and uv take
    only packages with these digests from them. They hold no address of an index.

    Exit codes: 0 written, 2 the digests cannot be had.
    """
    from nb2prod.cli.locking import run_lock

    return run_lock(service, version, form)
