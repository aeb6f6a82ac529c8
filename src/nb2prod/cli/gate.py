"""``nb2prod gate``: judge a version."""

from pathlib import Path

import click

from nb2prod.cli.answering import format_option


@click.command("gate")
@click.argument("service", type=click.Path(path_type=Path))
@click.argument("version", required=False)
@format_option
def gate_command(service: Path, version: str | None, form: str) -> int:
    """Judge VERSION of SERVICE, the newest by default, by the gates of its nb2prod.toml.

    What the gates say is kept in reports/VERSION/gates.json and noted in the audit log.

    Exit codes: 0 passed, 1 failed or inconclusive, 2 it cannot be judged.
    """
    from nb2prod.cli.gating import run_gate

    return run_gate(service, version, form)
