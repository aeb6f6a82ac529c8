"""What the documents tell people to type exists, and what they say of settings is so."""

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

from nb2prod.cli.main import cli
from nb2prod.config import Config
from tests.build.project import NO_REGISTRY

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`((?:nb2prod|make) [^`]+)`")
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")


def blocks(document: Path, language: str) -> list[str]:
    return [text for kind, text in _BLOCK.findall(document.read_text()) if kind == language]


def _commands(program: str) -> list[str]:
    """Return the commands of all documents, once each, without what a comment says of them."""
    found = []
    for document in DOCUMENTS:
        lines = [line for block in blocks(document, "") for line in block.splitlines()]
        lines += _INLINE.findall(document.read_text())
        found += [line.partition("  #")[0].strip() for line in lines]
    return sorted({line for line in found if line.startswith(f"{program} ")})


def test_the_documents_name_commands_at_all() -> None:
    assert len(_commands("nb2prod")) >= 8
    assert {"make demo", "make test"} <= set(_commands("make"))


@pytest.mark.parametrize("line", _commands("nb2prod"))
def test_a_command_and_its_options_exist(line: str) -> None:
    name, *arguments = shlex.split(line)[1:]
    command = cli.get_command(click.Context(cli), name)
    assert command is not None, f"there is no command {name}"
    if not arguments:
        return  # a sentence speaks of the command
    # Parsing raises for an unknown option, and for a missing or wrong value.
    command.make_context(name, arguments).close()


def test_the_python_example_runs(tmp_path: Path) -> None:
    (example,) = blocks(ROOT / "README.md", "python")
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    (tmp_path / "pyproject.toml").write_text(NO_REGISTRY)
    ran = subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning:__main__", "-c", example],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "accuracy" in ran.stdout


@pytest.mark.parametrize("line", _commands("make"))
def test_a_make_target_exists(line: str) -> None:
    target = line.split()[1]
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    links = _LINK.findall(document.read_text())
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_every_picture_is_shown() -> None:
    shown = {
        (document.parent / link).resolve()
        for document in DOCUMENTS
        for link in _LINK.findall(document.read_text())
    }
    assert [path for path in (ROOT / "docs" / "images").iterdir() if path not in shown] == []


def test_the_example_configuration_is_one() -> None:
    (example,) = blocks(ROOT / "docs" / "configuration.md", "toml")
    values = tomllib.loads(example)
    assert Config.model_validate(values).target == ("Species",)
    assert set(values) == set(Config.model_fields)


@pytest.mark.parametrize("name", ["gates.md", "registry.md", "retraining.md"])
def test_the_examples_of_settings_are_some(name: str) -> None:
    for example in blocks(ROOT / "docs" / name, "toml"):
        Config.model_validate(tomllib.loads(example))


def test_the_table_of_settings_has_every_key_and_default() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text()
    rows = dict(re.findall(r"^\| `(\w+)` \| [^|]+ \| `?\"?([^|`\"]+)\"?`? \|", text, re.MULTILINE))
    assert set(rows) == set(Config.model_fields)
    for key in ("seed", "timeout", "threads", "strict", "prove", "output"):
        default = Config.model_fields[key].default
        assert rows[key] == str(default).replace("False", "false"), key
