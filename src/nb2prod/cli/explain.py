"""``nb2prod explain``: what becomes of each cell, and why."""

from pathlib import Path
from typing import Literal

import click


@click.command("explain")
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option(
    "-p",
    "--parameter",
    "parameters",
    type=(str, str),
    multiple=True,
    metavar="NAME VALUE",
    help="Set a parameter of the `parameters` cell; may be given several times.",
)
@click.option(
    "-f",
    "--parameters-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Set parameters from a YAML file; -p wins over it.",
)
@click.option("--seed", type=int, help="Seed of every generator.  [default: 42]")
@click.option("--timeout", type=float, help="Seconds that a cell may take.  [default: 600]")
@click.option("--this-kernel", is_flag=True, help="Run here, whatever kernel the notebook names.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    show_default=True,
    help="How to show it; with json and html, text goes to standard error.",
)
@click.option(
    "-o",
    "--output",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write it to a file instead of standard output.",
)
def explain_command(
    notebook: Path,
    parameters: tuple[tuple[str, str], ...],
    parameters_file: Path | None,
    seed: int | None,
    timeout: float | None,
    form: Literal["text", "json", "html"],
    file: Path | None,
    *,
    this_kernel: bool,
) -> int:
    """Show what a build makes of NOTEBOOK: for each expression, what is frozen and what is served.

    The notebook is executed and compiled as `nb2prod build` does it; no service is written. The
    page (`--format html`) shows the notebook with the emitted code beside it.

    Exit codes: 0 it can be built, 1 it is refused, 2 the notebook or the machine failed.
    """
    from nb2prod.build import BuildOptions
    from nb2prod.cli.explaining import run_explain
    from nb2prod.cli.steps import Steps

    steps = Steps(to_stderr=True)
    options = BuildOptions(
        parameters_text=parameters,
        parameters_file=parameters_file,
        seed=seed,
        timeout=timeout,
        this_kernel=this_kernel,
        reporter=steps,
    )
    return run_explain(notebook, options, form, file)
