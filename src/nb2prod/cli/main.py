"""The `nb2prod` command: which commands there are."""

from collections.abc import Sequence
from importlib import import_module

import click

from nb2prod.version import __version__

# A command is added here: its name, where it is, and its line in `nb2prod --help`.
# The help is written here as well, so that showing it imports no command.
_COMMANDS: dict[str, tuple[str, str]] = {
    "lint": ("nb2prod.cli.lint:lint_command", "Find what a clean run would hit, without running."),
    "explain-rule": (
        "nb2prod.cli.explain_rule:explain_rule_command",
        "Show what a lint rule finds, and why it matters.",
    ),
    "tag": ("nb2prod.cli.tag:tag_command", "List, propose or set the roles of cells."),
    "run": ("nb2prod.cli.run:run_command", "Execute a notebook in a clean kernel."),
    "data": ("nb2prod.cli.data:data_command", "Keep data files by digest."),
    "runs": ("nb2prod.cli.runs:runs_command", "Compare the runs of a notebook."),
    "build": ("nb2prod.cli.build:build_command", "Build a proved, versioned service."),
    "retrain": (
        "nb2prod.cli.retrain:retrain_command",
        "Train a version again on new data, without Jupyter.",
    ),
    "explain": (
        "nb2prod.cli.explain:explain_command",
        "Show what is frozen and served, cell by cell.",
    ),
    "compare": (
        "nb2prod.cli.compare:compare_command",
        "Show what changed between two versions.",
    ),
    "gate": ("nb2prod.cli.gate:gate_command", "Judge a version by its gates."),
    "promote": (
        "nb2prod.cli.promote:promote_command",
        "Put a version into staging or production.",
    ),
    "rollback": (
        "nb2prod.cli.rollback:rollback_command",
        "Put back what was in production before.",
    ),
    "versions": (
        "nb2prod.cli.versions:versions_command",
        "List versions with their aliases and gates.",
    ),
    "history": ("nb2prod.cli.history:history_command", "Show who promoted what, and why."),
    "audit": ("nb2prod.cli.audit:audit_command", "Check that the history was not changed."),
    "verify": (
        "nb2prod.cli.verify:verify_command",
        "Make a version again, and compare.",
    ),
    "lock": ("nb2prod.cli.lock:lock_command", "Add the digests of packages to a version's locks."),
    "report": ("nb2prod.cli.report:report_command", "Write the report of a version."),
    "card": ("nb2prod.cli.report:card_command", "Write the model card of a version."),
    "serve": ("nb2prod.cli.serve:serve_command", "Serve a built model on this machine."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click calls it so
        """Return the commands in the order of their use."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click calls it so
        """Import and return a command."""
        entry = _COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module, _, attribute = entry[0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click calls it so
        """Write the commands' lines without importing the commands."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="nb2prod", message="%(prog)s %(version)s")
def cli() -> None:
    """Turn a tagged Jupyter notebook into a proved, versioned model service."""


def run_command_line(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code.

    Raises:
        KeyboardInterrupt: If somebody stopped it.
    """
    try:
        returned = cli.main(list(arguments), prog_name="nb2prod", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort as error:
        raise KeyboardInterrupt from error
    return returned if isinstance(returned, int) else 0
