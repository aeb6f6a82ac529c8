"""The working copy holds what the notebook needs, and never the user's own files."""

import fcntl
import os
import subprocess
import sys
import tempfile
from pathlib import Path, PurePosixPath

import pytest

from nb2prod.errors import EnvironmentFault
from nb2prod.execute import leftovers, workspace
from nb2prod.execute.reach import copied_base, outside_paths
from nb2prod.notebook import read
from tests.execute.conftest import WriteNotebook


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def _write(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def _copied(notebook: Path) -> tuple[workspace.Workspace, set[str]]:
    made = workspace.make_workspace(read(notebook))
    files = (path for path in made.tree.rglob("*") if path.is_file())
    return made, {path.relative_to(made.tree).as_posix() for path in files}


def test_what_a_notebook_needs_is_copied_and_the_rest_stays(write_notebook: WriteNotebook) -> None:
    notebook = write_notebook("1")
    kept = ("data/a.csv", "mine.py", ".env", "services/client.py", "deep/er/b.csv")
    left = (
        ".git/config",
        ".hidden/x",
        "__pycache__/m.pyc",
        "node_modules/p/index.js",
        "venv/pyvenv.cfg",
        "venv/lib/x.py",
    )
    _write(notebook.parent, *kept, *left)
    made, files = _copied(notebook)
    assert files == {"n.ipynb", *kept}
    assert made.folder == made.tree


def test_own_output_stays_behind(write_notebook: WriteNotebook) -> None:
    notebook = write_notebook("1")
    _write(notebook.parent, "services/penguins/versions/v1/manifest.json")
    assert _copied(notebook)[1] == {"n.ipynb"}


def test_writing_to_the_copy_leaves_the_original(write_notebook: WriteNotebook) -> None:
    notebook = write_notebook("1")
    _write(notebook.parent, "a.csv")
    (notebook.parent / "a.csv").chmod(0o444)
    made, _ = _copied(notebook)
    (made.folder / "a.csv").write_text("changed")
    assert (notebook.parent / "a.csv").read_text() == "a.csv"


def test_folders_named_with_dots_come_along(write_notebook: WriteNotebook) -> None:
    notebook = write_notebook('read("../data/a.csv")', name="project/notebooks/n.ipynb")
    _write(notebook.parents[1], "data/a.csv", "data/b.csv", "src/other.py")
    made, files = _copied(notebook)
    assert files == {"notebooks/n.ipynb", "data/a.csv", "data/b.csv"}
    assert (made.folder / "../data/a.csv").read_text() == "data/a.csv"


def test_links_are_followed_and_loops_end(write_notebook: WriteNotebook, tmp_path: Path) -> None:
    notebook = write_notebook("1")
    _write(tmp_path / "elsewhere", "a.csv")
    (notebook.parent / "data").symlink_to(tmp_path / "elsewhere")
    (notebook.parent / "loop").symlink_to(notebook.parent)
    (notebook.parent / "nowhere").symlink_to(tmp_path / "missing")
    made, files = _copied(notebook)
    assert files == {"n.ipynb", "data/a.csv"}
    assert not (made.tree / "data").is_symlink()


def test_a_temporary_folder_inside_is_not_copied_into_itself(
    write_notebook: WriteNotebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = write_notebook("1")
    monkeypatch.setattr(tempfile, "tempdir", str(notebook.parent))
    assert _copied(notebook)[1] == {"n.ipynb"}


@pytest.mark.parametrize(
    ("bound", "value"), [("LARGE_FILE", 5), ("LARGEST_COPY", 400), ("MOST_COPIES", 1)]
)
def test_beyond_a_bound_files_are_linked(
    write_notebook: WriteNotebook, monkeypatch: pytest.MonkeyPatch, bound: str, value: int
) -> None:
    notebook = write_notebook("1", name="project/0.ipynb")
    (notebook.parent / "large.csv").write_text("x" * 500)
    monkeypatch.setattr(workspace, bound, value)
    monkeypatch.setattr(workspace, "clone", _copy_only)
    made, _ = _copied(notebook)
    assert "large.csv" in made.linked
    assert (made.folder / "large.csv").resolve() == notebook.parent / "large.csv"


def _copy_only(source: Path, target: Path, *, fall_back: bool) -> bool:
    if fall_back:
        target.write_bytes(source.read_bytes())
    return fall_back


def test_a_folder_of_everything_is_refused(
    write_notebook: WriteNotebook, monkeypatch: pytest.MonkeyPatch, own_temporary_folder: Path
) -> None:
    notebook = write_notebook("1")
    _write(notebook.parent, *(f"{at}.txt" for at in range(5)))
    monkeypatch.setattr(workspace, "MOST_ENTRIES", 4)
    with pytest.raises(EnvironmentFault, match="too many for a working copy"):
        workspace.make_workspace(read(notebook))
    assert list(own_temporary_folder.iterdir()) == []


def test_a_full_disk_is_said_and_leaves_nothing(
    write_notebook: WriteNotebook, monkeypatch: pytest.MonkeyPatch, own_temporary_folder: Path
) -> None:
    def full(*_: object, **__: object) -> bool:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(workspace, "clone", full)
    with pytest.raises(EnvironmentFault, match="no room for the working copy") as caught:
        workspace.make_workspace(read(write_notebook("1")))
    assert "TMPDIR" in (caught.value.hint or "")
    assert list(own_temporary_folder.iterdir()) == []


def test_copies_of_dead_processes_are_swept_and_those_of_living_ones_stay(
    own_temporary_folder: Path,
) -> None:
    mine = leftovers.new_root()
    code = "from nb2prod.execute.leftovers import new_root; print(new_root())"
    environment = {**os.environ, "TMPDIR": str(own_temporary_folder)}
    dead = subprocess.check_output([sys.executable, "-c", code], env=environment, text=True)
    assert Path(dead.strip()).is_dir()
    leftovers.sweep()
    assert list(own_temporary_folder.iterdir()) == [mine]
    leftovers.discard(mine)
    assert not mine.exists()


def test_a_copy_that_is_being_made_is_never_swept(
    own_temporary_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = fcntl.flock
    sweep = "from nb2prod.execute.leftovers import sweep; sweep()"
    environment = {**os.environ, "TMPDIR": str(own_temporary_folder)}
    swept = []

    def sweep_before_locking(file: int, operation: int) -> None:
        swept.append(subprocess.check_call([sys.executable, "-c", sweep], env=environment))
        lock(file, operation)

    monkeypatch.setattr(fcntl, "flock", sweep_before_locking)
    root = leftovers.new_root()
    assert swept == [0]
    assert list(own_temporary_folder.iterdir()) == [root]
    assert (root / "lock").exists()
    leftovers.discard(root)


@pytest.mark.parametrize(
    ("source", "paths"),
    [
        ('"../data/a.csv"', ["../data"]),
        ('"../data/raw/a.csv"', ["../data"]),
        ('"../a.csv"', [".."]),
        ('"../../shared/x"', ["../../shared"]),
        ('sys.path.append("..")', [".."]),
        ("Path.cwd().parent / 'data'", [".."]),
        ('f"../data/{name}.csv"', ["../data"]),
        ('"data/../a.csv"', []),
        ('"... and so on"', []),
        ('"""../x\nis a text"""', []),
        ("not python(", []),
    ],
)
def test_paths_outside_are_read_from_texts(
    write_notebook: WriteNotebook, source: str, paths: list[str]
) -> None:
    found = outside_paths(read(write_notebook(source)))
    assert found == tuple(map(PurePosixPath, paths))


@pytest.mark.parametrize(
    ("outside", "base"),
    [([], "/a/b/c"), (["../data"], "/a/b"), (["..", "../../x"], "/a"), (["../../../../x"], "/")],
)
def test_the_copy_begins_where_every_path_is_inside(outside: list[str], base: str) -> None:
    assert copied_base(Path("/a/b/c"), tuple(map(PurePosixPath, outside))) == Path(base)
