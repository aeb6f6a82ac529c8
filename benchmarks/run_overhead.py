"""Measure what nb2prod adds to papermill's own run of a notebook: working copy, seed, checks."""

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from papermill.execute import execute_notebook

from nb2prod.execute.options import ExecuteOptions
from nb2prod.execute.run import execute

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
ROUNDS = 5
BOUND = 1.2


def main() -> int:
    """Run both sides in turn, print the ratio of the medians, and check it."""
    notebook = NOTEBOOKS / "penguins.ipynb"
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "notebooks"
        shutil.copytree(NOTEBOOKS, copy)
        plain, ours = [], []
        for _ in range(ROUNDS + 1):
            plain.append(_seconds(lambda: _papermill(copy / notebook.name)))
            ours.append(_seconds(lambda: execute(notebook, ExecuteOptions()).discard()))
    # The first round warms the file cache for both.
    ratio = statistics.median(ours[1:]) / statistics.median(plain[1:])
    print(f"run / papermill: {ratio:.2f} (at most {BOUND}; {ROUNDS} rounds of {notebook.name})")
    return int(ratio > BOUND)


def _papermill(notebook: Path) -> None:
    output = notebook.with_suffix(".out.ipynb")
    execute_notebook(notebook, output, cwd=notebook.parent, progress_bar=False)


def _seconds(action: Callable[[], None]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
