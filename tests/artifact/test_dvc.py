"""DVC's files as it documents them; `docs/data.md` says which release they were tried with."""

import hashlib
import json
from pathlib import Path

import pytest

from nb2prod.artifact.dvc import carry_pointer, find_pointer, tracked

DATA = b"a,b\r\n1,2\r\n"
MD5 = hashlib.md5(DATA, usedforsecurity=False).hexdigest()
UNIX_MD5 = hashlib.md5(DATA.replace(b"\r\n", b"\n"), usedforsecurity=False).hexdigest()
CONFIG = """\
[core]
    remote = store
['remote "store"']
    url = s3://key:secret@bucket/data
['remote "disk"']
    url = /mnt/disk
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / ".dvc").mkdir()
    (tmp_path / ".dvc" / "config").write_text(CONFIG)
    path = tmp_path / "data" / "a.csv"
    path.parent.mkdir()
    path.write_bytes(DATA)
    return path


def _point(file: Path, text: str) -> None:
    file.with_name(f"{file.name}.dvc").write_text(text)


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        pytest.param(
            f"outs:\n- md5: {MD5}\n  size: 10\n  hash: md5\n  path: a.csv\n",
            {"md5": MD5, "remote": "store", "url": "s3://bucket/data", "is_current": True},
            id="DVC 3",
        ),
        pytest.param(
            f"outs:\n- md5: {UNIX_MD5}\n  size: 10\n  path: a.csv\n",
            {"md5": UNIX_MD5, "is_current": True},
            id="before DVC 3, line ends made alike",
        ),
        pytest.param(
            f"outs:\n- md5: {UNIX_MD5}\n  hash: md5\n  path: a.csv\n",
            {"is_current": False},
            id="another file",
        ),
        pytest.param(
            f"outs:\n- md5: {MD5}\n  hash: md5\n  remote: disk\n  path: a.csv\n",
            {"remote": "disk", "url": None},
            id="remote of its own, a folder of this machine",
        ),
        pytest.param(
            f"outs:\n- md5: {MD5}\n  hash: md5\n  path: a.csv\n"
            "  cloud:\n    store:\n      etag: x\n      version_id: L9\n",
            {"version": "L9"},
            id="a remote that keeps versions",
        ),
    ],
)
def test_a_pointer_is_resolved(pointer: str, expected: dict[str, object], file: Path) -> None:
    _point(file, pointer)
    found = tracked(file)
    assert found is not None
    assert {key: found.as_json()[key] for key in expected} == expected
    assert str(file.parent) not in json.dumps(found.as_json())


@pytest.mark.parametrize(
    "pointer", ["", "outs: []", "outs:\n- path: a.csv\n", "- a", "outs: [\n", "outs: 3"]
)
def test_what_is_no_pointer_is_none(pointer: str, file: Path) -> None:
    _point(file, pointer)
    assert tracked(file) is None


def test_without_a_pointer_nothing_is_tracked(file: Path) -> None:
    assert find_pointer(file) is None
    assert tracked(file) is None


def test_a_missing_file_is_known_by_its_pointer(file: Path) -> None:
    _point(file, f"outs:\n- md5: {MD5}\n  hash: md5\n  path: a.csv\n")
    file.unlink()
    found = tracked(file)
    assert found is not None
    assert (found.md5, found.is_current) == (MD5, None)


@pytest.mark.parametrize("is_cached", [True, False])
def test_a_file_of_a_tracked_folder(is_cached: bool, file: Path) -> None:
    folder, digest = file.parent, "0123456789abcdef.dir"
    folder.with_name("data.dvc").write_text(
        f"outs:\n- md5: {digest}\n  nfiles: 1\n  hash: md5\n  path: data\n"
    )
    if is_cached:
        listing = folder.parent / ".dvc" / "cache" / "files" / "md5" / digest[:2] / digest[2:]
        listing.parent.mkdir(parents=True)
        listing.write_text(json.dumps([{"md5": MD5, "relpath": "a.csv"}]))
    found = tracked(file)
    assert found is not None
    assert (found.pointer.name, found.md5, found.is_current) == (
        ("data.dvc", MD5, True) if is_cached else ("data.dvc", None, None)
    )


def test_a_pointer_goes_with_a_copy_and_not_with_another_file(file: Path) -> None:
    _point(file, f"outs:\n- md5: {MD5}\n  hash: md5\n  path: a.csv\n")
    copy = file.parent.parent / "service" / "a.csv"
    copy.parent.mkdir()
    copy.write_bytes(DATA)
    for _ in range(2):
        carry_pointer(file, copy)
        assert copy.with_name("a.csv.dvc").is_file()
        assert copy.with_name(".gitignore").read_text() == "/a.csv\n"
    new = file.with_name("b.csv")
    new.write_bytes(b"other")
    copy.write_bytes(b"other")
    carry_pointer(new, copy)
    assert not copy.with_name("a.csv.dvc").exists()
