"""``nb2prod build``: from a tagged notebook to a proved, versioned service."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import click


class JsonCommand(click.Command):
    """A command that answers in JSON where that was asked for, also when it cannot be understood."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Read the command line.

        Raises:
            click.UsageError: If it cannot be understood; the JSON says so by then.
        """
        wants_json = _wants_json(args)
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.UsageError as error:
            if wants_json:
                _print_usage_fault(error)
            raise


def _wants_json(arguments: Sequence[str]) -> bool:
    return "--format=json" in arguments or ("--format", "json") in pairwise(arguments)


def _print_usage_fault(error: click.UsageError) -> None:
    import json

    from nb2prod.build.result import failed
    from nb2prod.errors import UsageError

    fault = UsageError(error.format_message(), hint="nb2prod build --help")
    click.echo(json.dumps(failed(fault).as_json(), ensure_ascii=False))


@click.command("build", cls=JsonCommand)
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
    "--from-run",
    metavar="RUN",
    help="Take parameters and seed of a run that `nb2prod runs` lists; -p and --seed win over it.",
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
    from_run: str | None,
    seed: int | None,
    name: str | None,
    output: Path | None,
    prove: Literal["sample", "full"] | None,
    timeout: float | None,
    form: str,
    *,
    strict: bool | None,
    this_kernel: bool,
) -> int:
    """Build NOTEBOOK into a service that is proved to compute what the notebook computed.

    The notebook is linted, executed, compiled, trained in a fresh process and proved: what is
    served equals what the notebook computed, row by row, or nothing is built.

    Exit codes: 0 built or unchanged, 1 refused or unproved, 2 the notebook or the machine failed.
    """
    from nb2prod.build import BuildOptions
    from nb2prod.cli.building import chosen_run, run_build
    from nb2prod.cli.steps import Steps

    steps = Steps(to_stderr=form == "json")
    chosen = None if from_run is None else chosen_run(notebook, from_run, as_json=form == "json")
    if chosen is not None and seed is None:
        seed = chosen.seed
    options = BuildOptions(
        parameters={} if chosen is None else chosen.injected,
        parameters_text=parameters,
        parameters_file=parameters_file,
        seed=seed,
        name=name,
        output=output,
        strict=strict,
        prove=prove,
        timeout=timeout,
        this_kernel=this_kernel,
        reporter=steps,
    )
    return run_build(notebook, options, steps, as_json=form == "json")
