"""Notebooks written cell by cell."""

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

WriteNotebook = Callable[..., Path]


def write_cells(path: Path, *cells: str | tuple[str, ...], kernel: str = "python3") -> Path:
    """Write a notebook of cells, each a source or a source and its tags."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = []
    for at, cell in enumerate(cells):
        source, *tags = (cell,) if isinstance(cell, str) else cell
        kind = "markdown" if "markdown" in tags else "code"
        make = getattr(nbformat.v4, f"new_{kind}_cell")
        made.append(make(source, id=f"cell-{at}", metadata={"tags": tags}))
    kernelspec = {"name": kernel, "display_name": kernel, "language": "python"}
    node = nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernelspec})
    nbformat.write(node, path)
    return path


@pytest.fixture
def write_notebook(tmp_path: Path) -> WriteNotebook:
    def write(
        *cells: str | tuple[str, ...], name: str = "project/n.ipynb", kernel: str = "python3"
    ) -> Path:
        return write_cells(tmp_path / name, *cells, kernel=kernel)

    return write
