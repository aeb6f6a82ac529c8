"""``nb2prod run``: execute a notebook, and note what it was given and what it computed."""

from pathlib import Path

import click


@click.command("run")
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
@click.option(
    "--grid",
    multiple=True,
    metavar="NAME=VALUE,VALUE",
    help="Run once with each value; several make every combination.",
)
@click.option("--seed", type=int, help="Seed of every generator.  [default: 42]")
@click.option("--timeout", type=float, help="Seconds that a cell may take.  [default: 600]")
@click.option("--deterministic", is_flag=True, help="Deterministic torch and TensorFlow.")
@click.option("--this-kernel", is_flag=True, help="Run here, whatever kernel the notebook names.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=Path("runs"),
    show_default=True,
    help="Folder, or .ipynb file, for the executed notebook and its HTML page.",
)
def run_command(
    notebook: Path,
    parameters: tuple[tuple[str, str], ...],
    parameters_file: Path | None,
    seed: int | None,
    timeout: float | None,
    output: Path,
    grid: tuple[str, ...],
    *,
    deterministic: bool,
    this_kernel: bool,
) -> int:
    """Execute NOTEBOOK from top to bottom in a fresh kernel.

    The kernel works on a copy of the notebook's folder, so neither the notebook nor its data can
    change. The executed notebook and an HTML page of it are kept, and what the run was given and computed:
    `nb2prod runs` compares runs. With --grid there is a run for every combination of the values, and one that fails
    does not stop the others.

    Exit codes: 0 it ran, 1 some runs of a grid failed, 2 it failed.
    """
    # The heavy imports wait until the command runs, so that --help is quick.
    from nb2prod.cli.running import run_once, run_sweep
    from nb2prod.config import load_config, merged
    from nb2prod.execute.options import ExecuteOptions

    executed, page = _targets(notebook, output)
    config = merged(load_config(notebook), {"seed": seed, "timeout": timeout})
    options = ExecuteOptions(
        seed=config.seed,
        threads=config.threads,
        timeout=config.timeout,
        deterministic=deterministic,
        this_kernel=this_kernel,
    )
    given = (parameters, parameters_file)
    runs = executed.parent
    if grid:
        return run_sweep(notebook, options, grid, given, runs)
    return run_once(notebook, options, given, (executed, page), runs)


def _targets(notebook: Path, output: Path) -> tuple[Path, Path]:
    """Return the paths of the executed notebook and of its page."""
    from nb2prod.errors import Place, UsageError

    executed = output if output.suffix == ".ipynb" else output / f"{notebook.stem}.ipynb"
    if executed.resolve() == notebook.resolve():
        raise UsageError(
            "The executed notebook would overwrite the notebook itself.",
            place=Place(str(notebook)),
            why="nb2prod leaves your notebook as it is.",
            hint="Choose another folder or file with -o.",
        )
    return executed, executed.with_suffix(".html")
