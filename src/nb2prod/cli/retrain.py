"""``nb2prod retrain``: train a version again on new data."""

from pathlib import Path

import click

from nb2prod.cli.answering import format_option


@click.command("retrain")
@click.argument("service", type=click.Path(path_type=Path))
@click.option(
    "--data",
    multiple=True,
    metavar="[NAME=]FILE",
    help="A new file in place of a data file of the version; may be given several times.",
)
@click.option("--of", "version", help="Train this version's code.  [default: what serves]")
@click.option(
    "--with-notebook",
    is_flag=True,
    default=None,
    help="Execute the notebook again too, and prove the version against it.",
)
@click.option("--timeout", type=float, help="Seconds that training may take.  [default: no limit]")
@format_option
def retrain_command(
    service: Path,
    data: tuple[str, ...],
    version: str | None,
    timeout: float | None,
    form: str,
    *,
    with_notebook: bool | None,
) -> int:
    """Train a version of SERVICE again on new data, without Jupyter.

    The data are compared with those of the version, its own train.py is run on them in a fresh process, and what comes
    out is proved, judged by the gates against the version in production, and registered. Without --data the files
    below the service's notebook/ are read as they are now. The same data as before change nothing.

    Exit codes: 0 built or unchanged, 1 refused, unproved or stopped by a gate, 2 it cannot be done.
    """
    from nb2prod.cli.retraining import run_retrain
    from nb2prod.cli.steps import Steps
    from nb2prod.retrain.options import RetrainOptions

    steps = Steps(to_stderr=form == "json")
    options = RetrainOptions(
        data=data, version=version, with_notebook=with_notebook, timeout=timeout, reporter=steps
    )
    return run_retrain(service, options, steps, as_json=form == "json")
