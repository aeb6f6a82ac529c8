"""Whole runs, each in a kernel of its own."""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest

from nb2prod.errors import EnvironmentFault, ExecutionFailed
from nb2prod.execute import workspace
from nb2prod.execute.comparing import compare
from nb2prod.execute.html import to_html
from nb2prod.execute.options import ExecuteOptions, Execution
from nb2prod.execute.run import execute
from nb2prod.execute.together import execute_together
from tests.execute.conftest import WriteNotebook, write_cells


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    # Sockets need short paths, which tmp_path is not; it is asked for to be made outside of this.
    with tempfile.TemporaryDirectory(prefix="nb2t-") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)


def _printed(executed: Path) -> dict[int | None, str]:
    """Return what the cells printed, by their number; None for all the injected ones."""
    shown: dict[int | None, str] = {}
    for cell in nbformat.read(executed, as_version=4).cells:
        if cell.cell_type == "code":
            texts = (each.text for each in cell.outputs if each.output_type == "stream")
            number = cell.metadata.get("nb2prod", {}).get("cell")
            shown[number] = shown.get(number, "") + "".join(texts)
    return shown


CELLS = (
    ("# A title", "markdown"),
    ("n = 1\nname = 'a'", "parameters"),
    "print(n, name)",
    ("print('never')", "skip"),
    "",
    "import os, random\nprint(random.random(), os.environ['PYTHONHASHSEED'])",
    "print([k for k in globals() if 'nb2' in k or k in {'numpy', 'surprise'}])",
    "text = open('data/a.csv').read()\nprint(text, os.environ['OMP_NUM_THREADS'])",
    "for name in ('data/a.csv', 'new.txt'):\n    open(name, 'w').write('changed')",
    "print(order)",
)


@dataclass(frozen=True)
class Finished:
    """A run of ``CELLS`` with everything that can be asked for."""

    notebook: Path
    before: bytes
    executed: Path
    execution: Execution
    shown: dict[int | None, str]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    folder = tmp_path_factory.mktemp("run")
    notebook = write_cells(folder / "project" / "n.ipynb", *CELLS)
    (notebook.parent / "data").mkdir()
    (notebook.parent / "data" / "a.csv").write_text("original")
    startup = folder / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("surprise = 1")
    before = notebook.read_bytes()
    options = ExecuteOptions(
        parameters={"n": 5},
        seed=11,
        threads=3,
        prelude=("import os\norder = os.environ['NB2PROD_CELLS']",),
        epilogue=("print('the end', n)",),
        output=folder / "out" / "executed.ipynb",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(folder / "ipython"))
        with execute(notebook, options) as execution:
            executed = execution.executed
    return Finished(notebook, before, executed, execution, _printed(executed))


def test_parameters_are_injected_after_their_cell(finished: Finished) -> None:
    assert finished.shown[3] == "5 a\n"


def test_skipped_cells_do_not_run(finished: Finished) -> None:
    assert finished.shown[4] == ""


def test_generators_and_hashes_are_seeded(finished: Finished) -> None:
    assert finished.shown[6].split() == [str(random.Random(11).random()), "11"]


def test_the_notebook_sees_no_names_but_its_own(finished: Finished) -> None:
    assert finished.shown[7] == "[]\n"


def test_the_kernel_has_the_thread_count(finished: Finished) -> None:
    assert finished.shown[8] == "original 3\n"


def test_prelude_code_can_tell_which_cell_runs(finished: Finished) -> None:
    assert json.loads(finished.shown[10]) == [None, None, 2, None, 3, 6, 7, 8, 9, 10, None]


def test_the_epilogue_runs_last(finished: Finished) -> None:
    assert finished.shown[None] == "the end 5\n"


def test_the_users_files_are_as_they_were(finished: Finished) -> None:
    assert finished.notebook.read_bytes() == finished.before
    data = finished.notebook.parent / "data"
    assert (data / "a.csv").read_text() == "original"
    assert sorted(path.name for path in finished.notebook.parent.iterdir()) == ["data", "n.ipynb"]


def test_an_execution_says_what_it_did(finished: Finished) -> None:
    execution = finished.execution
    assert execution.files_read == (finished.notebook.parent / "data" / "a.csv",)
    assert execution.files_written == ("data/a.csv", "new.txt")
    assert set(execution.seconds_by_cell) == {2, 3, 6, 7, 8, 9, 10}
    assert execution.environment["PYTHONHASHSEED"] == "11"
    assert not execution.root.exists()


def test_a_page_shows_the_parameters_and_no_cell_of_ours(finished: Finished) -> None:
    page = to_html(finished.executed, title="Birds")
    assert "<title>Birds</title>" in page
    assert "A title" in page
    assert "_nb2prod_seed" not in page
    assert '<span class="c1"># Parameters</span>' in page


def test_two_runs_show_the_same(write_notebook: WriteNotebook, tmp_path: Path) -> None:
    notebook = write_notebook("import random\nprint(random.random())", "object()", "{'a', 'b'}")
    outputs = (tmp_path / "1.ipynb", tmp_path / "2.ipynb")
    for output in outputs:
        execute(notebook, ExecuteOptions(output=output)).discard()
    assert compare(*outputs) == ()


@pytest.mark.parametrize(
    ("source", "what", "line", "why", "hint"),
    [
        ("x = 1\nx / 0", "ZeroDivisionError: division", 2, "Nobody is there", "Restart"),
        ("\ndivide(2)", "ZeroDivisionError", 2, "in `divide`, cell 1, line 2", "Restart"),
        ("%%time\nx = 1\nx / 0", "ZeroDivisionError", 3, "", "Restart"),
        ("import cv2", "No module named 'cv2'", 1, "", "pip install opencv-python-headless"),
        ("open('data/b')", "No such file or directory: 'data/b'", 1, "", "Put `data/b` where"),
        ("undefined + 1", "NameError", 1, "", "nb2prod lint"),
        ("input('?')", "StdinNotImplementedError", 1, "", "`parameters` cell"),
        ("x = (", "SyntaxError", 1, "", "Restart"),
    ],
    ids=["raise", "helper", "timed", "package", "file", "name", "input", "syntax"],
)
def test_a_cell_that_raises_is_placed_and_explained(
    write_notebook: WriteNotebook,
    tmp_path: Path,
    source: str,
    what: str,
    line: int,
    why: str,
    hint: str,
) -> None:
    notebook = write_notebook("def divide(x):\n    return x / 0", source, "print('never')")
    output = tmp_path / "kept.ipynb"
    with pytest.raises(ExecutionFailed) as caught:
        execute(notebook, ExecuteOptions(output=output))
    error = caught.value
    assert what in error.what
    assert error.place is not None
    assert (error.place.cell, error.place.line) == (2, line)
    assert error.place.source_line == source.splitlines()[line - 1]
    assert why in (error.why or "")
    assert hint in (error.hint or "")
    assert len(_kept_cells(output)) == 3
    assert list(Path(tempfile.gettempdir()).iterdir()) == []


def _kept_cells(executed: Path) -> list[int]:
    cells = nbformat.read(executed, as_version=4).cells
    return [cell.metadata["nb2prod"]["cell"] for cell in cells if "nb2prod" in cell.metadata]


def test_a_cell_that_never_ends_is_stopped(write_notebook: WriteNotebook, tmp_path: Path) -> None:
    notebook = write_notebook("1", "while True:\n    pass")
    output = tmp_path / "kept.ipynb"
    with pytest.raises(ExecutionFailed, match="did not finish within 1 seconds") as caught:
        execute(notebook, ExecuteOptions(timeout=1, output=output))
    assert caught.value.place is not None
    assert caught.value.place.cell == 2
    assert "--timeout" in (caught.value.hint or "")
    assert output.exists()


def test_a_kernel_that_dies_is_said(write_notebook: WriteNotebook) -> None:
    notebook = write_notebook("1", "import os\nos._exit(1)")
    with pytest.raises(ExecutionFailed, match="The kernel died") as caught:
        execute(notebook)
    assert caught.value.place is not None
    assert caught.value.place.cell == 2


def test_a_kernel_that_cannot_start_is_said(
    write_notebook: WriteNotebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho 'no such interpreter' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(broken))
    with pytest.raises(EnvironmentFault, match="did not start: no such interpreter"):
        execute(write_notebook("1"))


def test_an_error_that_the_notebook_expects_is_none(write_notebook: WriteNotebook) -> None:
    notebook = write_notebook(("1 / 0", "raises-exception"), "print('after')")
    with execute(notebook) as execution:
        assert _printed(execution.executed)[2] == "after\n"
        cells = nbformat.read(execution.executed, as_version=4).cells
        assert all("papermill-error-cell-tag" not in cell.metadata.tags for cell in cells)


def test_a_linked_file_can_be_read_but_not_changed(
    write_notebook: WriteNotebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = write_notebook("print(open('big.csv').read())", "open('big.csv', 'w')")
    big = notebook.parent / "big.csv"
    big.write_text("precious" * 1000)
    monkeypatch.setattr(workspace, "LARGE_FILE", 5000)
    monkeypatch.setattr(workspace, "clone", _copy_only)
    with pytest.raises(ExecutionFailed, match="may read this file but not change it"):
        execute(notebook)
    assert big.read_text() == "precious" * 1000


def _copy_only(source: Path, target: Path, *, fall_back: bool) -> bool:
    if fall_back:
        target.write_bytes(source.read_bytes())
    return fall_back


def test_runs_at_once_show_the_same(write_notebook: WriteNotebook, tmp_path: Path) -> None:
    notebook = write_notebook("import random\nprint(random.random())")
    options = [ExecuteOptions(output=tmp_path / name) for name in ("1.ipynb", "2.ipynb")]
    first, second = execute_together(notebook, options)
    assert compare(first.executed, second.executed) == ()
    assert first.root != second.root
    first.discard()
    second.discard()


def test_a_run_that_fails_ends_those_beside_it(write_notebook: WriteNotebook) -> None:
    notebook = write_notebook(
        ("wait = True", "parameters"), "import time\nwait and time.sleep(300)", "1 / 0"
    )
    options = [ExecuteOptions(), ExecuteOptions(parameters={"wait": False})]
    with pytest.raises(ExecutionFailed, match="ZeroDivisionError"):
        execute_together(notebook, options)
    assert list(Path(tempfile.gettempdir()).iterdir()) == []


@pytest.mark.parametrize(
    "code",
    [
        "from nb2prod.execute.run import execute; execute(NOTEBOOK)",
        "from nb2prod.execute.together import *; execute_together(NOTEBOOK, [ExecuteOptions()] * 2)",
    ],
    ids=["alone", "together"],
)
def test_an_interrupt_ends_the_kernels_and_leaves_nothing(
    write_notebook: WriteNotebook, tmp_path: Path, code: str
) -> None:
    started = tmp_path / "started"
    notebook = write_notebook(
        "import os, subprocess, sys, time",
        "child = subprocess.Popen(['sleep', '300'])\n"
        f"open({str(started)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}')\n"
        "time.sleep(300)",
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code.replace("NOTEBOOK", repr(str(notebook)))],
        env={**os.environ, "TMPDIR": tempfile.gettempdir()},
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (started.exists() and len(started.read_text().split()) == 2):
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert "KeyboardInterrupt" in said
    assert [pid for pid in started.read_text().split() if _is_running(pid)] == []
    assert list(Path(tempfile.gettempdir()).iterdir()) == []


def _is_running(pid: str) -> bool:
    state = Path("/proc") / pid / "stat"
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z"
