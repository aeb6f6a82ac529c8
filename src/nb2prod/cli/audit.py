"""``nb2prod audit verify``: is the audit log as it was written?"""

from pathlib import Path

import click

from nb2prod.cli.answering import format_option


@click.group("audit")
def audit_command() -> None:
    """Check the audit log of a service."""


@audit_command.command("verify")
@click.argument("service", type=click.Path(path_type=Path))
@click.option("--offline", is_flag=True, help="Do not ask the registry where the log ends.")
@format_option
def verify_command(service: Path, form: str, *, offline: bool) -> int:
    """Check that no line of SERVICE's audit log was edited, removed or moved, and that its end is there.

    Exit codes: 0 it is whole, 1 it was changed, 2 it cannot be checked.
    """
    from nb2prod.cli.auditing import run_verify

    return run_verify(service, form, offline=offline)
