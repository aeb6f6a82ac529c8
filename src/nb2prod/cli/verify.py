"""``nb2prod verify``: make a version again, and compare."""

from pathlib import Path

import click

from nb2prod.cli.answering import format_option


@click.command("verify")
@click.argument("service", type=click.Path(path_type=Path))
@click.argument("version", required=False)
@click.option(
    "--here",
    is_flag=True,
    help="Use the environment that nb2prod runs in instead of a fresh one from the version's lock.",
)
@format_option
def verify_command(service: Path, version: str | None, form: str, *, here: bool) -> int:
    """Make VERSION of SERVICE again, the newest by default, and compare it with what is stored.

    It is trained by its own code, settings and data in a fresh environment from its lock, and model
    files, answers, metrics and frozen statistics are compared. The service is not changed.

    Exit codes: 0 the same, 1 it differs, 2 it cannot be made here.
    """
    from nb2prod.cli.verifying import run_verify

    return run_verify(service, version, form, here=here)
