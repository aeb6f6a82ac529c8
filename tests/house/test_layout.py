"""The house's own rules that no linter knows."""

import json
import os
import subprocess
import tomllib
from pathlib import Path

import pytest

import nb2prod
from nb2prod.lint import lint
from nb2prod.notebook import read

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((*(ROOT / "src").rglob("*.py"), *(ROOT / "templates").rglob("*.py")))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
_VAGUE = frozenset({"utils", "helpers", "common", "base", "misc", "manager"})


def test_modules_have_names_that_say_something() -> None:
    assert [path for path in SOURCES if {path.stem, path.parent.name} & _VAGUE] == []


def test_the_version_is_said_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "version" in project["dynamic"]
    assert nb2prod.__version__[0].isdigit()


def test_ci_is_the_readmes_test_command() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "make test" in script.read_text()
    subprocess.run(["bash", "-n", str(script)], check=True)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_an_example_notebook_is_as_a_user_would_want_it(path: Path) -> None:
    notebook = read(path)
    assert lint(notebook) == []
    counts = [cell.execution_count for cell in notebook.code_cells]
    assert counts == list(range(1, len(counts) + 1))
    outputs = [output for cell in notebook.code_cells for output in cell.outputs]
    assert all(output.get("name") != "stderr" for output in outputs)
    assert any("image/png" in json.dumps(output) for output in outputs)
    assert {"load", "train", "evaluate"} <= {tag for cell in notebook.cells for tag in cell.tags}


def test_example_data_has_its_licence() -> None:
    data = ROOT / "notebooks" / "data"
    text = (data / "LICENSES.md").read_text()
    assert [path.name for path in data.glob("*.csv") if path.name not in text] == []
