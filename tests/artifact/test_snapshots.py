"""Data files kept by digest."""

import subprocess
from pathlib import Path

import pytest

from nb2prod.__main__ import main
from nb2prod.artifact.snapshots import FOLDER_NAME, INDEX_NAME, Snapshots
from nb2prod.errors import ArtifactFault, UsageError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "data" / "a.csv"
    path.parent.mkdir()
    path.write_text("one")
    return path


def test_a_file_comes_back_as_it_was(file: Path, tmp_path: Path) -> None:
    store = Snapshots(tmp_path)
    first, is_new = store.add(file)
    assert (first.path, first.bytes, is_new) == ("data/a.csv", 3, True)
    assert store.add(file) == (first, False)
    file.write_text("two")
    second, _ = store.add(file)
    file.unlink()
    assert store.restore(file) == second
    assert file.read_text() == "two"
    assert store.restore(file, first.sha256[:15]) == first
    assert file.read_text() == "one"
    assert store.kept() == [first, second]


def test_the_newest_is_what_was_added_last(file: Path, tmp_path: Path) -> None:
    store = Snapshots(tmp_path)
    for text in ("one", "two", "one"):
        file.write_text(text)
        store.add(file)
    file.unlink()
    store.restore(file)
    assert file.read_text() == "one"


def test_a_changed_snapshot_is_not_restored(file: Path, tmp_path: Path) -> None:
    store = Snapshots(tmp_path)
    store.add(file)
    (kept,) = (tmp_path / FOLDER_NAME / "objects").glob("*/*")
    kept.chmod(0o644)
    kept.write_text("0ne")
    with pytest.raises(ArtifactFault, match="missing or was changed"):
        store.restore(file)
    assert file.read_text() == "one"


@pytest.mark.parametrize("text", ["", "[]", '{"format": 9, "snapshots": []}', '{"format": 1}'])
def test_an_index_that_cannot_be_read_is_said(text: str, file: Path, tmp_path: Path) -> None:
    store = Snapshots(tmp_path)
    store.add(file)
    (tmp_path / FOLDER_NAME / INDEX_NAME).write_text(text)
    with pytest.raises(ArtifactFault, match="cannot be read"):
        store.add(file)


def test_what_cannot_be_kept_is_said(file: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="lies outside"):
        Snapshots(file.parent).add(tmp_path / "b.csv")
    with pytest.raises(UsageError, match="is no file"):
        Snapshots(tmp_path).add(file.parent)
    with pytest.raises(UsageError, match="no snapshot of"):
        Snapshots(tmp_path).restore(file)


def test_a_tag_names_a_commit_that_holds_the_file(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(file.parent.parent)
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "ada@example.org")

    def git(*arguments: str) -> str:
        command = ["git", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    git("init", "--quiet")
    assert main(["data", "add", "data/a.csv", "--git-tag", "january"]) == 2
    assert "is not committed as it is now" in capsys.readouterr().err
    git("add", "data/a.csv")
    git("commit", "--quiet", "--message", "Add data")
    assert main(["data", "add", "data/a.csv", "--git-tag", "january"]) == 0
    assert git("tag").split() == ["january"]
    file.write_text("two")
    assert main(["data", "restore", "data/a.csv"]) == 0
    assert file.read_text() == "one"
    assert main(["data", "list"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("data/a.csv  sha256:")


def test_without_dvc_there_is_a_way_out(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(file.parent))
    assert main(["data", "add", str(file), "--dvc"]) == 2
    assert "there is no dvc here" in capsys.readouterr().err
