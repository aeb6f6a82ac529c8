import contextlib
import errno
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nb2prod.artifact.disk import explained_faults, write_atomically
from nb2prod.artifact.store import Store
from nb2prod.errors import ArtifactFault, EnvironmentFault

MakeVersion = Callable[..., Path]
STAGE_AND_WAIT = """
import sys, time
from pathlib import Path
from nb2prod.artifact.store import Store
with Store(Path(sys.argv[1])).stage() as staged:
    (staged / "half").write_text("written")
    print(staged.name, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "birds")


def names(store: Store) -> set[str]:
    return {path.name for path in store.folder.iterdir()}


def fill(staged: Path, version: Path) -> None:
    """Copy a sealed version into a staging folder."""
    for path in version.rglob("*"):
        target = staged / path.relative_to(version)
        if path.is_dir():
            target.mkdir()
        else:
            target.write_bytes(path.read_bytes())


def test_a_service_without_versions(store: Store) -> None:
    assert store.versions() == ()
    assert store.next_version() == "v1"
    assert store.find_by_run_key("sha256:0") is None


def test_a_published_version_is_found_and_read_only(
    store: Store, tmp_path: Path, make_version: MakeVersion
) -> None:
    made = make_version(tmp_path / "made")
    with store.stage() as staged:
        fill(staged, made)
        published = store.publish(staged, "v1")
    assert store.versions() == ("v1",)
    assert store.next_version() == "v2"
    run_key = json.loads((made / "manifest.json").read_text())["run_key"]
    assert store.find_by_run_key(run_key) == published
    assert store.find_by_run_key("sha256:0") is None
    assert not (published / "manifest.json").stat().st_mode & 0o222
    assert not {name for name in names(store) if name.startswith(".staging-")}


def test_a_version_is_never_overwritten(
    store: Store, tmp_path: Path, make_version: MakeVersion
) -> None:
    made = make_version(tmp_path / "made")
    for _ in range(2):
        with store.stage() as staged:
            fill(staged, made)
            if not store.versions():
                store.publish(staged, "v1")
                continue
            with pytest.raises(ArtifactFault, match="exists already"):
                store.publish(staged, "v1")


def test_a_version_gets_the_name_that_its_manifest_says(
    store: Store, tmp_path: Path, make_version: MakeVersion
) -> None:
    made = make_version(tmp_path / "made")
    with store.stage() as staged:
        fill(staged, made)
        with pytest.raises(ArtifactFault, match="is called v1 by its manifest"):
            store.publish(staged, "v2")


def test_a_folder_without_a_manifest_is_not_published(store: Store) -> None:
    with store.stage() as staged, pytest.raises(ArtifactFault):
        store.publish(staged, "v1")
    assert store.versions() == ()


def test_numbers_are_not_used_again_below_the_newest(store: Store) -> None:
    for name in ("v1", "v7"):
        (store.folder / name).mkdir(parents=True)
    assert store.next_version() == "v8"


def test_nothing_is_left_when_a_build_fails(store: Store) -> None:
    def build() -> None:
        with store.stage() as staged:
            (staged / "half").write_text("written")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        build()
    assert names(store) == {".staging.lock"}


def test_what_a_killed_build_left_is_removed_and_a_living_one_s_kept(store: Store) -> None:
    command = [sys.executable, "-c", STAGE_AND_WAIT, str(store.service)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        name = child.stdout.readline().strip()
        with store.stage():
            assert (store.folder / name / "half").is_file()
        child.send_signal(signal.SIGKILL)
    assert (store.folder / name / "half").is_file()
    with store.stage() as mine:
        assert names(store) == {".staging.lock", mine.name, mine.name + ".lock"}


def test_a_second_build_waits_for_the_first(store: Store) -> None:
    order: list[str] = []
    entered = threading.Event()

    def second() -> None:
        entered.set()
        with store.locked():
            order.append("second")

    with store.locked():
        thread = threading.Thread(target=second)
        thread.start()
        entered.wait()
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_a_build_that_does_not_end_is_told(store: Store) -> None:
    with (
        store.locked(),
        pytest.raises(EnvironmentFault, match="another build of birds"),
        Store(store.service).locked(wait_seconds=0),
    ):
        pytest.fail("two builds held the lock")


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "services").write_text("")
    with pytest.raises(EnvironmentFault, match="a file stands where a folder is needed"):
        Store(tmp_path / "services" / "birds").stage().__enter__()


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EACCES, "permission is denied"),
        (errno.EROFS, "the file system is read-only"),
        (errno.EIO, os.strerror(errno.EIO)),
    ],
)
def test_what_the_disk_refuses_is_explained(number: int, said: str) -> None:
    with pytest.raises(EnvironmentFault, match=said), explained_faults(Path("out")):
        raise OSError(number, os.strerror(number))


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    write_atomically(tmp_path / "a", b"old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="full"):
        write_atomically(tmp_path / "a", b"new")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


def test_a_lock_alone_makes_no_service(tmp_path: Path) -> None:
    store = Store(tmp_path / "birds")
    with pytest.raises(ValueError, match="it fell over"), store.locked():
        raise ValueError("it fell over")
    assert not store.service.exists()
    with store.locked():
        (store.service / "README.md").write_text("mine")
    assert (store.service / "README.md").is_file()


def test_whoever_waited_for_a_removed_lock_takes_the_new_one(tmp_path: Path) -> None:
    store, order = Store(tmp_path / "birds"), list[str]()
    waits = threading.Event()

    @contextlib.contextmanager
    def waiting() -> Iterator[None]:
        waits.set()
        yield

    def second() -> None:
        with store.locked(waiting=waiting):
            order.append("second")

    with store.locked():
        thread = threading.Thread(target=second)
        thread.start()
        assert waits.wait(30)
        order.append("first")
    thread.join(30)
    assert order == ["first", "second"]
    assert not store.service.exists()
