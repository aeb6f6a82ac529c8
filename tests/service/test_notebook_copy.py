import json
from importlib.metadata import version
from pathlib import Path

import pytest

from nb2prod.errors import EnvironmentFault
from nb2prod.notebook.reading import read
from nb2prod.runtime.digests import digest_file
from nb2prod.service.notebook_copy import keep_notebook, with_nbval_tags


def cell(source: str, *tags: str) -> dict[str, object]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": f"cell-{abs(hash(source)) % 1000}",
        "metadata": {"tags": list(tags)} if tags else {},
        "outputs": [],
        "source": source,
    }


def write(path: Path, *cells: dict[str, object]) -> Path:
    path.write_text(
        json.dumps(
            {
                "cells": list(cells),
                "metadata": {"language_info": {"name": "python"}},
                "nbformat": 4,
                "nbformat_minor": 5,
            }
        )
    )
    return path


def test_skipped_cells_are_skipped_by_nbval_in_the_copy(tmp_path: Path) -> None:
    source = write(tmp_path / "birds.ipynb", cell("x = 1", "load"), cell("1 / 0", "skip"))
    before = source.read_bytes()
    digest = keep_notebook(read(str(source)), tmp_path / "service")
    kept = tmp_path / "service" / "notebook" / "birds.ipynb"
    tags = [one["metadata"].get("tags") for one in json.loads(kept.read_text())["cells"]]
    assert tags == [["load"], ["skip", "nbval-skip"]]
    assert digest == digest_file(kept)
    assert source.read_bytes() == before


@pytest.mark.parametrize("tags", [("load",), ("skip", "nbval-skip"), ()])
def test_a_notebook_that_needs_no_tag_is_copied_byte_for_byte(
    tmp_path: Path, tags: tuple[str, ...]
) -> None:
    text = write(tmp_path / "a.ipynb", cell("x = 1", *tags)).read_text()
    assert with_nbval_tags(text) == text


def test_the_lock_has_what_exploring_cells_import(tmp_path: Path) -> None:
    source = write(
        tmp_path / "birds.ipynb",
        cell("%matplotlib inline\nimport matplotlib.pyplot as plt"),
        cell("import never_installed", "skip"),
    )
    keep_notebook(read(str(source)), tmp_path)
    lock = (tmp_path / "notebook" / "requirements.lock").read_text().splitlines()
    assert f"matplotlib=={version('matplotlib')}" in lock
    assert f"ipykernel=={version('ipykernel')}" in lock


def test_a_module_that_is_not_installed_is_told(tmp_path: Path) -> None:
    source = write(tmp_path / "birds.ipynb", cell("import never_installed"))
    with pytest.raises(EnvironmentFault, match="never_installed"):
        keep_notebook(read(str(source)), tmp_path)
    assert not (tmp_path / "notebook").exists()


def test_a_module_beside_the_notebook_is_no_package(tmp_path: Path) -> None:
    source = write(tmp_path / "birds.ipynb", cell("import own_module"))
    keep_notebook(read(str(source)), tmp_path, local=frozenset({"own_module"}))
    assert (tmp_path / "notebook" / "requirements.lock").is_file()
