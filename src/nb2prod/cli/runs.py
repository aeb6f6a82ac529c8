"""``nb2prod runs``: compare the runs of a notebook."""

from pathlib import Path

import click


@click.command("runs")
@click.argument("name")
@click.option("--sort", metavar="METRIC", help="The best first by a metric; the newest without.")
@click.option("--ascending", is_flag=True, help="The smallest first, as for an error.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path("runs"),
    show_default=True,
    help="Folder of all runs.",
)
@click.option("--log", is_flag=True, help="First log in MLflow what is in none yet.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    show_default=True,
    help="How to show it; html is one page with a plot.",
)
@click.option("-o", "--output", "file", type=click.Path(path_type=Path), help="Where it goes.")
def runs_command(
    name: str,
    sort: str | None,
    folder: Path,
    form: str,
    file: Path | None,
    *,
    ascending: bool,
    log: bool,
) -> int:
    """Compare the runs of notebook NAME: what they were given, and what they computed."""
    from nb2prod.cli.comparing_runs import run_runs

    stem = Path(name).stem if name.endswith(".ipynb") else name
    return run_runs(folder, stem, sort, form, file, ascending=ascending, log=log)
