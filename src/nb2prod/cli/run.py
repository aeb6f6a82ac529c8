"""``nb2prod run``: execute a notebook, and nothing else."""

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
    *,
    deterministic: bool,
    this_kernel: bool,
) -> None:
    """Execute NOTEBOOK from top to bottom in a fresh kernel.

    The kernel works on a copy of the notebook's folder, so neither the notebook nor its data can
    change. The executed notebook and an HTML page of it are kept.
    """
    # The heavy imports wait until the command runs, so that --help is quick.
    from nb2prod.config import load_config, merged
    from nb2prod.errors import ExecutionFailed
    from nb2prod.execute.html import to_html
    from nb2prod.execute.options import ExecuteOptions
    from nb2prod.execute.overrides import overrides
    from nb2prod.execute.run import execute
    from nb2prod.execute.writing import write_atomically
    from nb2prod.notebook import read

    executed, page = _targets(notebook, output)
    config = merged(load_config(notebook), {"seed": seed, "timeout": timeout})
    options = ExecuteOptions(
        parameters=overrides(read(notebook), parameters, parameters_file),
        seed=config.seed,
        threads=config.threads,
        timeout=config.timeout,
        deterministic=deterministic,
        this_kernel=this_kernel,
        output=executed,
    )
    try:
        with execute(notebook, options) as execution:
            write_atomically(page, to_html(executed))
    except ExecutionFailed:
        write_atomically(page, to_html(executed))
        click.echo(f"{notebook} stopped; what ran is in {executed} and {page}", err=True)
        raise
    cells = len(execution.seconds_by_cell)
    click.echo(f"{notebook} ran from top to bottom: {cells} cells, {execution.seconds:.1f} s")
    click.echo(f"  notebook  {executed}")
    click.echo(f"  page      {page}")
    if execution.files_written:
        names = ", ".join(execution.files_written)
        click.echo(f"  not kept  {names}: written into the working copy, which is gone")
    click.echo(f"Next: nb2prod build {notebook}")


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
