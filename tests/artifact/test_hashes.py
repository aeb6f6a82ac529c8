"""Locks with digests: nothing but the lock's own packages, each with a digest, and no index."""

import stat
from pathlib import Path

import pytest

from nb2prod.artifact import hashes
from nb2prod.artifact.hashes import with_hashes, write_hashed_locks
from nb2prod.errors import EnvironmentFault

LOCK = "numpy==2.4.6\npandas==3.1.1\n"
_NUMPY = "numpy==2.4.6 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"
_PANDAS = "pandas==3.1.1 \\\n    --hash=sha256:cc\n"


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "requirements-train.lock"
    path.write_text(LOCK)
    return path


def _uv(folder: Path, patch: pytest.MonkeyPatch, text: str, code: int = 0) -> None:
    """Put a program in uv's place that writes a text to the file that it is told."""
    program, answer = folder / "uv", folder / "answer.txt"
    answer.write_text(text)
    copy = f'while [ "$1" != --output-file ]; do shift; done; cp "{answer}" "$2"'
    program.write_text(f"#!/bin/sh\n{copy}\necho no index >&2\nexit {code}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    patch.setattr(hashes, "uv_program", lambda: str(program))


def test_every_package_has_a_digest(
    lock: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _uv(tmp_path, monkeypatch, _NUMPY + _PANDAS)
    assert with_hashes(lock, "3.11") == _NUMPY + _PANDAS


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (_NUMPY, "no digest of pandas==3.1.1"),
        (_NUMPY + "pandas==3.1.1\n", "no digest of pandas==3.1.1"),
        (_NUMPY + "pandas==3.1.0 \\\n    --hash=sha256:cc\n", "no digest of pandas==3.1.1"),
        (f"--index-url https://example.org\n{_NUMPY}{_PANDAS}", "no digest of every package"),
    ],
    ids=["missing", "without-digest", "other-version", "index"],
)
def test_a_file_that_could_not_be_installed_is_not_written(
    text: str, said: str, lock: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _uv(tmp_path, monkeypatch, text)
    with pytest.raises(EnvironmentFault, match=said):
        with_hashes(lock, "3.11")


def test_without_an_index_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _uv(tmp_path, monkeypatch, "", code=1)
    version = tmp_path / "birds" / "versions" / "v1"
    version.mkdir(parents=True)
    for name in hashes.LOCKS:
        (version / name).write_text(LOCK)
    with pytest.raises(EnvironmentFault, match="cannot be had") as caught:
        write_hashed_locks(tmp_path / "birds", "v1", "3.11")
    assert caught.value.why == "no index"
    assert not (tmp_path / "birds" / "reports").exists()


def test_without_uv_it_says_where_to_get_it(lock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashes, "uv_program", lambda: None)
    with pytest.raises(EnvironmentFault, match="there is no uv here"):
        with_hashes(lock, "3.11")
