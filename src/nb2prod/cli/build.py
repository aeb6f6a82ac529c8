"""``nb2prod build``: from a tagged notebook to a proved, versioned service."""

from pathlib import Path

import click


@click.command("build")
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
@click.option("--name", help="Name of the service.  [default: the notebook's file name]")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Folder of the services.  [default: services]",
)
@click.option("--strict", is_flag=True, default=None, help="Let warnings stop the build.")
@click.option(
    "--prove",
    type=click.Choice(["sample", "full"]),
    help="Prove single rows on a covering sample, or on every held-out row.  [default: sample]",
)
@click.option("--timeout", type=float, help="Seconds that a cell may take.  [default: 600]")
@click.option("--this-kernel", is_flag=True, help="Run here, whatever kernel the notebook names.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to show the outcome; with json, text goes to standard error.",
)
def build_command(
    notebook: Path,
    parameters: tuple[tuple[str, str], ...],
    parameters_file: Path | None,
    seed: int | None,
    name: str | None,
    output: Path | None,
    strict: bool | None,
    prove: str | None,
    timeout: float | None,
    form: str,
    *,
    this_kernel: bool,
) -> int:
    """Build NOTEBOOK into a service that is proved to compute what the notebook computed.

    The notebook is linted, executed, compiled, trained in a fresh process and proved: what is
    served equals what the notebook computed, row by row, or nothing is built.

    Exit codes: 0 built or unchanged, 1 refused or unproved, 2 the notebook or the machine failed.
    """
    from nb2prod.cli.building import Terminal, show

    from nb2prod.build import BuildOptions, build

    terminal = Terminal(to_stderr=form == "json")
    options = BuildOptions(
        parameters_text=parameters,
        parameters_file=parameters_file,
        seed=seed,
        name=name,
        output=output,
        strict=strict,
        prove=prove,  # type: ignore[arg-type]  # click lets nothing else through
        timeout=timeout,
        this_kernel=this_kernel,
        reporter=terminal,
    )
    result = build(notebook, options)
    show(notebook, result, terminal, as_json=form == "json")
    return result.exit_code
