"""What is looked up on the machine before linting."""

import json
import subprocess
from pathlib import Path

import pytest

from nb2prod.lint import lint
from nb2prod.lint.gathering import gather
from nb2prod.notebook import Notebook, read


def test_missing_modules_are_found(tmp_path: Path) -> None:
    source = "import json, sys, no_such_module.part\nimport beside\nfrom . import x\nimport folder_beside"
    cell = {"cell_type": "code", "metadata": {}, "source": source, "outputs": []}
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps({"nbformat": 4, "metadata": {}, "cells": [cell]}))
    (tmp_path / "beside.py").touch()
    (tmp_path / "folder_beside").mkdir()
    assert gather(read(path)).missing_modules == {"no_such_module"}


def _notebook(folder: Path, source: str) -> Notebook:
    path = folder / "a.ipynb"
    cell = {"cell_type": "code", "metadata": {}, "source": source, "outputs": []}
    path.write_text(json.dumps({"nbformat": 4, "metadata": {}, "cells": [cell]}))
    return read(path)


@pytest.mark.parametrize(
    ("name", "text", "undeclared"),
    [
        ("requirements.txt", "pandas>=2\n# numpy\n", {"numpy"}),
        ("requirements-dev.txt", "numpy\npandas\n", set()),
        ("pyproject.toml", '[project]\ndependencies = ["Pandas>=2"]\n', {"numpy"}),
        (
            "pyproject.toml",
            '[project.optional-dependencies]\na = ["numpy", "pandas"]\n',
            set(),
        ),
        ("other.txt", "pandas", set()),
    ],
)
def test_undeclared_packages(tmp_path: Path, name: str, text: str, undeclared: set[str]) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / name).write_text(text)
    notebook = _notebook(tmp_path, "import json\nimport numpy\nimport pandas")
    assert gather(notebook).undeclared_modules == undeclared


def test_files_that_are_not_there_or_not_kept(tmp_path: Path) -> None:
    for name in ("kept.csv", "loose.csv", "by_dvc.csv", "by_dvc.csv.dvc"):
        (tmp_path / name).touch()
    git = ["git", "-C", str(tmp_path)]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "kept.csv"], check=True)
    names = ["kept.csv", "loose.csv", "by_dvc.csv", "absent.csv", "made.csv", "a*.csv", "/x/a.csv"]
    reads = "\n".join(f"pd.read_csv('{name}')" for name in names)
    found = gather(_notebook(tmp_path, f"import pandas as pd\ndf.to_csv('made.csv')\n{reads}"))
    assert found.missing_files == {"absent.csv"}
    assert found.untracked_files == {"loose.csv"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("__all__ = ['a', 'B']\nc = 1", {"a", "B"}),
        ("import os\ndef f(): pass\nclass C: pass\n_hidden = 1", {"os", "f", "C"}),
        ("try:\n    import json\nexcept ImportError:\n    json = None", {"json"}),
        ("from os import *", None),
        ("__all__ = [n for n in dir()]", None),
        ("globals()['x'] = 1", None),
        ("def (", None),
    ],
)
def test_star_imports_are_read_not_run(tmp_path: Path, text: str, names: set[str] | None) -> None:
    (tmp_path / "beside_it.py").write_text(f"{text}\n")
    found = gather(_notebook(tmp_path, "from beside_it import *"))
    assert found.stars.get("beside_it") == names


def test_names_of_a_known_star_import_are_checked(tmp_path: Path) -> None:
    (tmp_path / "beside_it.py").write_text("a = 1\n")
    notebook = _notebook(tmp_path, "from beside_it import *\na\nb")
    found = [one for one in lint(notebook, gather(notebook)) if one.code.startswith("NBH")]
    assert [(one.code, one.subject) for one in found] == [("NBH001", "b")]
