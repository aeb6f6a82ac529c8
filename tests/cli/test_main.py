"""The frame of the command line: exit codes, faults, and how little it imports."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from nb2prod.__main__ import main
from nb2prod.cli import main as frame
from nb2prod.cli.faults import fault_text
from nb2prod.cli.terminal import is_coloured
from nb2prod.errors import NotebookFault, Place, UsageError
from nb2prod.version import __version__

_NOTEBOOK = """{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
{"cell_type": "code", "metadata": {"tags": ["load"]}, "outputs": [], "source": "%time x = nope()"}]}"""

_HEAVY = frozenset(
    [
        "pandas",
        "numpy",
        "sklearn",
        "papermill",
        "nbformat",
        "nbclient",
        "IPython",
        "mlflow",
        "fastapi",
        "pydantic",
        "rich",
        "jinja2",
        "yaml",
        "joblib",
        "uvicorn",
        "sqlalchemy",
    ]
)


@pytest.fixture
def notebook(tmp_path: Path) -> str:
    path = tmp_path / "a.ipynb"
    path.write_text(_NOTEBOOK)
    return str(path)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["lint", "NOTEBOOK"],
        ["lint", "--help"],
        ["tag", "NOTEBOOK"],
        ["tag", "NOTEBOOK", "--suggest"],
        ["explain", "--help"],
        ["compare", "--help"],
    ],
)
def test_light_commands_import_nothing_heavy(notebook: str, arguments: list[str]) -> None:
    given = [notebook if one == "NOTEBOOK" else one for one in arguments]
    program = (
        "import sys; from nb2prod.__main__ import main; main(sys.argv[1:]); "
        "print('MODULES', *sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, *given], capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in ran.stdout.rpartition("MODULES")[2].split()}
    assert "nb2prod" in loaded
    assert loaded & _HEAVY == set()


def test_help_names_every_command_without_importing_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame, "import_module", None)
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    for name in (
        "lint",
        "tag",
        "run",
        "build",
        "explain",
        "compare",
        "gate",
        "promote",
        "rollback",
    ):
        assert f"  {name} " in shown


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"nb2prod {__version__}\n"


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["lint"], ["lint", "--format", "xml", "a"], ["--nonsense"]]
)
def test_usage_errors_exit_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    shown = capsys.readouterr()
    assert "Error" in shown.err
    assert shown.out == ""


@pytest.mark.parametrize(
    ("raised", "code"),
    [(KeyboardInterrupt(), 130), (click.Abort(), 130), (UsageError("No."), 2)],
    ids=["Ctrl-C", "abort", "fault"],
)
def test_outcomes_become_exit_codes(
    raised: BaseException,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(frame.cli, "invoke", fail)
    assert main(["tag", "a"]) == code
    assert "Traceback" not in capsys.readouterr().err


def test_a_fault_shows_what_where_why_and_what_to_do() -> None:
    fault = NotebookFault(
        "This is wrong.",
        place=Place("a.ipynb", 3, 2, 5, 2, 7, "x = ab"),
        why="It matters.",
        hint="Do this.",
    )
    assert fault_text(fault) == (
        "a.ipynb:cell 3:2:5: error: This is wrong.\n"
        "    2 | x = ab\n"
        "      |     ^^\n"
        "    why:  It matters.\n"
        "    hint: Do this."
    )
    assert fault_text(UsageError("Short.")) == "error: Short."
    assert fault_text(UsageError("Short."), is_coloured=True) == "\x1b[1;31merror:\x1b[0m Short."


class _Terminal:
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("variables", "expected"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
def test_colours_follow_the_terminal(
    variables: dict[str, str], expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert is_coloured(_Terminal()) is expected  # type: ignore[arg-type]
    assert is_coloured(sys.stdin) is False
