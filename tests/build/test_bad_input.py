"""What a user can give a build: each fault is told in a sentence, and nothing is written."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from nb2prod.build import BuildOptions, build
from nb2prod.errors import (
    EnvironmentFault,
    ExecutionFailed,
    Nb2prodError,
    NotebookFault,
    UsageError,
)
from tests.build.project import CELLS, write_project
from tests.execute.conftest import write_cells

_WHOLE = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []})
_OLD = json.dumps({"nbformat": 2, "nbformat_minor": 0, "metadata": {}, "worksheets": []})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("height,leaves\n1,2\n", "JSON"),
        (_WHOLE[:40], "JSON"),
        ('{"name": "a package.json"}', "notebook"),
        (_OLD, "2"),
        ("", "empty"),
        (_WHOLE, "code cells"),
    ],
    ids=["table", "truncated", "other JSON", "nbformat 2", "empty", "no code"],
)
def test_a_file_that_is_no_notebook(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    path.write_text(text)
    with pytest.raises(NotebookFault) as raised:
        build(path, BuildOptions(output=tmp_path / "services"))
    assert words in f"{raised.value.what} {raised.value.why} {raised.value.hint}"
    assert not (tmp_path / "services").exists()


def _replaced(number: int, source: str) -> tuple[tuple[str, ...], ...]:
    cells = list(CELLS)
    cells[number] = (source, *cells[number][1:])
    return tuple(cells)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ((("import json",), ("x = 1",)), "NBT002"),
        (_replaced(4, 'df["height"] = df["height"'), "NBP002"),
        (_replaced(0, "import numpy as np\nimport pandas as pd\nimport no_such_thing"), "NBP003"),
        (_replaced(5, "X = tabel"), "NBH001"),
        (_replaced(4, "%%bash\nsort data/plants.csv"), "NBT005"),
    ],
    ids=["no roles", "syntax", "package", "name", "magic"],
)
def test_a_notebook_that_lint_refuses(
    cells: tuple[tuple[str, ...], ...], code: str, tmp_path: Path
) -> None:
    notebook = write_project(tmp_path / "project", cells)
    result = build(notebook, BuildOptions(output=tmp_path / "services"))
    assert (result.status, result.exit_code) == ("refused", 1)
    assert code in [found.code for found in result.diagnostics]
    assert not (tmp_path / "services").exists()


def test_a_notebook_in_another_language(tmp_path: Path) -> None:
    path = write_cells(tmp_path / "n.ipynb", ("x <- 1", "load"))
    content = json.loads(path.read_text())
    content["metadata"] = {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}
    path.write_text(json.dumps(content))
    with pytest.raises(Nb2prodError) as raised:
        build(path, BuildOptions(output=tmp_path / "services"))
    assert raised.value.exit_code == 2
    assert "R" in raised.value.what
    assert not (tmp_path / "services").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"parameters_text": (("regularization", "1.0"),)}, "regularisation"),
        ({"parameters_text": (("seed", "many"),)}, "whole number"),
        ({"parameters": {"seed": 1.5}}, "whole number"),
        ({"parameters_file": Path("none.yaml")}, "parameters file"),
        ({"name": "../out"}, "--name"),
        ({"name": "my model"}, "my_model"),
        ({"name": "pandas"}, "pandas_model"),
        ({"name": ""}, "--name"),
        ({"seed": -1}, "seed"),
        ({"timeout": 0.0}, "timeout"),
    ],
    ids=[
        "unknown parameter",
        "ill-typed text",
        "ill-typed value",
        "no file",
        "leaves the folder",
        "no identifier",
        "hides a package",
        "empty",
        "seed",
        "timeout",
    ],
)
def test_an_option_that_cannot_be_taken(
    options: Mapping[str, Any], words: str, tmp_path: Path
) -> None:
    notebook = write_project(tmp_path / "project")
    with pytest.raises(UsageError) as raised:
        build(notebook, BuildOptions(**{"output": tmp_path / "services", **options}))
    fault = raised.value
    assert words in f"{fault.what} {fault.why} {fault.hint}"
    assert not (tmp_path / "services").exists()
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("below", ["a file", "a file/deep", "a file/deep/er"])
def test_an_output_folder_that_cannot_be_written(below: str, tmp_path: Path) -> None:
    notebook = write_project(tmp_path / "project")
    (tmp_path / "a file").write_text("mine")
    with pytest.raises(EnvironmentFault, match="a file stands where a folder is needed"):
        build(notebook, BuildOptions(output=tmp_path / below))
    assert (tmp_path / "a file").read_text() == "mine"


@pytest.mark.parametrize(
    ("cells", "timeout", "cell", "words"),
    [
        (_replaced(3, 'df = pd.read_csv("data/trees.csv")'), None, 4, "trees.csv"),
        (_replaced(6, "model = LogisticRegression()\nmodel.fit(X_train, [1])"), None, 7, "sampl"),
        (_replaced(4, "while True:\n    pass"), 10.0, 5, "10 seconds"),
    ],
    ids=["missing file", "raises", "endless"],
)
def test_a_cell_that_fails_is_named(
    cells: tuple[tuple[str, ...], ...],
    timeout: float | None,
    cell: int,
    words: str,
    tmp_path: Path,
    temporary: Path,
) -> None:
    notebook = write_project(tmp_path / "project", cells)
    with pytest.raises(ExecutionFailed) as raised:
        build(notebook, BuildOptions(output=tmp_path / "services", timeout=timeout))
    assert raised.value.place is not None
    assert raised.value.place.cell == cell
    assert words in raised.value.what
    assert not (tmp_path / "services").exists()
