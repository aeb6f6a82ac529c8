"""``nb2prod history``: who did what, and why."""

from pathlib import Path

import click

from nb2prod.cli.answering import format_option


@click.command("history")
@click.argument("service", type=click.Path(path_type=Path))
@format_option
def history_command(service: Path, form: str) -> int:
    """Show the audit log of SERVICE: what was registered, judged, promoted and rolled back, by whom, and why."""
    from nb2prod.cli.listing import run_history

    return run_history(service, form)
