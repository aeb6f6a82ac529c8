"""What a run read and wrote, told from a log and from the working copy."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nb2prod.execute.observing import changed_originals, files_read, files_written, observing_source
from nb2prod.execute.workspace import Workspace, make_workspace
from nb2prod.notebook import read
from tests.execute.conftest import WriteNotebook


@pytest.fixture
def workspace(write_notebook: WriteNotebook) -> Iterator[Workspace]:
    notebook = write_notebook("1")
    for name in ("a.csv", "b.csv", "mine.py"):
        (notebook.parent / name).write_text(name)
    made = make_workspace(read(notebook))
    yield made
    made.discard()


def _log(workspace: Workspace, *paths: Path) -> Path:
    log = workspace.root / "reads"
    log.write_text("".join(f"{path}\n" for path in paths))
    return log


def test_copies_stand_for_their_originals(workspace: Workspace) -> None:
    log = _log(workspace, workspace.folder / "a.csv", workspace.folder / "mine.py")
    found = files_read(workspace, log)
    assert found == (workspace.base / "a.csv", workspace.base / "mine.py")


def test_files_elsewhere_are_data_unless_they_are_code_or_installed(
    workspace: Workspace, tmp_path: Path
) -> None:
    names = ("far/data.csv", "far/package/__init__.py", "far/.cache/x", "far/gone.csv")
    for name in names[:3]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    others = (
        Path(sys.prefix) / "pyvenv.cfg",
        workspace.root / "prepared.ipynb",
        Path("/etc/hosts"),
    )
    log = _log(workspace, *(tmp_path / name for name in names), *others)
    assert files_read(workspace, log) == (tmp_path / "far" / "data.csv",)


def test_what_compiled_code_read_is_told_by_its_time_of_access(workspace: Workspace) -> None:
    state = (workspace.folder / "b.csv").stat()
    os.utime(workspace.folder / "b.csv", ns=(1, state.st_mtime_ns))
    assert files_read(workspace, workspace.root / "none") == (workspace.base / "b.csv",)


def test_new_and_changed_files_are_written_ones(workspace: Workspace) -> None:
    (workspace.folder / "new").mkdir()
    (workspace.folder / "new" / "c.csv").write_text("")
    os.utime(workspace.folder / "a.csv", ns=(0, 1))
    (workspace.folder / "__pycache__").mkdir()
    (workspace.folder / "__pycache__" / "m.pyc").write_text("")
    assert files_written(workspace) == ("a.csv", "new/c.csv")


def test_a_linked_file_that_changed_or_went_is_told(workspace: Workspace) -> None:
    state = (workspace.base / "a.csv").stat()
    now = (state.st_size, state.st_mtime_ns)
    workspace.linked.update({"a.csv": now, "b.csv": (0, 0), "gone.csv": now})
    assert changed_originals(workspace) == ("b.csv", "gone.csv")


def test_the_cell_leaves_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hooks: list[Callable[[str, tuple[object, ...]], None]] = []
    monkeypatch.setenv("NB2PROD_FILES_READ", str(tmp_path / "reads"))
    monkeypatch.setattr(sys, "addaudithook", hooks.append)
    namespace: dict[str, object] = {}
    exec(observing_source([tmp_path / "big.csv"]), namespace)
    assert set(namespace) == {"__builtins__"}
    (hook,) = hooks
    hook("open", (str(tmp_path / "a.csv"), "r", os.O_RDONLY))
    hook("open", (3, "r", os.O_RDONLY))
    hook("import", ("x",))
    assert (tmp_path / "reads").read_text() == f"{tmp_path / 'a.csv'}\n"
    with pytest.raises(PermissionError, match="may read this file but not change it"):
        hook("open", (str(tmp_path / "big.csv"), "w", os.O_WRONLY))
