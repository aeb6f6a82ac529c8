"""A file is written whole or not at all."""

import os
from pathlib import Path

import pytest

from nb2prod.errors import EnvironmentFault
from nb2prod.execute.writing import check_writable, write_atomically


def test_folders_are_made_and_nothing_else_stays(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b.txt"
    write_atomically(target, "é")
    assert target.read_bytes() == "é".encode()
    assert [path.name for path in target.parent.iterdir()] == ["b.txt"]


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "a.txt"
    target.write_text("before")

    def full(_: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EnvironmentFault, match="No space left") as caught:
        write_atomically(target, "after")
    assert "Make room" in (caught.value.hint or "")
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("name", ["a/b.txt", "a/b/c.txt", "folder"])
def test_what_stands_in_the_way_is_said_before_and_after(tmp_path: Path, name: str) -> None:
    (tmp_path / "a").write_text("")
    (tmp_path / "folder").mkdir()
    for attempt in (check_writable, lambda path: write_atomically(path, "x")):
        with pytest.raises(EnvironmentFault, match="cannot be written"):
            attempt(tmp_path / name)


def test_a_path_in_folders_to_come_is_writable(tmp_path: Path) -> None:
    check_writable(tmp_path / "new" / "er" / "file.txt")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_others_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(EnvironmentFault, match="is not yours to write to"):
        check_writable(tmp_path / "file.txt")
