"""``nb2prod report`` and ``nb2prod card``: what is told of a version."""

from pathlib import Path

import click

from nb2prod.cli.answering import format_option


@click.command("report")
@click.argument("service", type=click.Path(path_type=Path))
@click.argument("version", required=False)
@format_option
def report_command(service: Path, version: str | None, form: str) -> int:
    """Write the report of VERSION of SERVICE, the newest by default: reports/VERSION/report.html.

    One page with everything in it: performance with plots, proof, gates, leaks, the notebook's
    dataflow, frozen values, data, steps and lineage. A build writes it too; this writes it again,
    with what gates and people have said since, and the executed notebook as notebook.html.

    Exit codes: 0 written, 2 it cannot be written.
    """
    from nb2prod.cli.telling import run_report

    return run_report(service, version, form)


@click.command("card")
@click.argument("service", type=click.Path(path_type=Path))
@click.argument("version", required=False)
@format_option
def card_command(service: Path, version: str | None, form: str) -> int:
    """Write the model card of VERSION of SERVICE, the newest by default, as Markdown and as a page.

    reports/VERSION/MODEL_CARD.md and model_card.html: intended use in the notebook's own words, data,
    metrics with intervals, fairness, limits, owners, approvals and lineage. What the notebook does
    not say is not stated.

    Exit codes: 0 written, 2 it cannot be written.
    """
    from nb2prod.cli.telling import run_card

    return run_card(service, version, form)
