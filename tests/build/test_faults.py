"""What a machine can do to a build: afterwards the last good state stands, and the next build works."""

import contextlib
import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import nb2prod
from nb2prod.build import BuildOptions, build
from nb2prod.errors import EnvironmentFault, ExecutionFailed
from nb2prod.train import process
from tests.build.conftest import FirstBuild, QuickBuild
from tests.build.project import use_saved_steps, write_project

ROOT = Path(__file__).resolve().parents[2]

PLACES = [
    "nb2prod.build.running:run",
    "nb2prod.build.drafting:emit",
    "nb2prod.build.candidate:set_up",
    "nb2prod.build.candidate:train",
    "nb2prod.build.candidate:prove",
    "nb2prod.build.candidate:seal_version",
    "nb2prod.build.publishing:place_data",
    "nb2prod.build.publishing:scaffold",
    "nb2prod.artifact.store:sync_tree",
]
"""Something of every step, in order."""

_FEW = frozenset({"train", "sync_tree"})
NAMES = [place.rpartition(":")[2] for place in PLACES]


@contextlib.contextmanager
def _raising(place: str, error: BaseException) -> Iterator[None]:
    module, _, name = place.partition(":")

    def fail(*_: Any, **__: Any) -> None:
        raise error

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(import_module(module), name, fail)
        yield


def _versions(folder: Path) -> list[str]:
    """Return everything in the folder of versions, but for the lock that staging uses."""
    versions = folder / "services" / "plants" / "versions"
    names = sorted(path.name for path in versions.iterdir()) if versions.is_dir() else []
    return [name for name in names if name != ".staging.lock"]


@pytest.mark.parametrize("place", PLACES, ids=NAMES)
def test_a_full_disk_is_said_and_leaves_the_last_version(
    place: str, quick_build: QuickBuild, tmp_path: Path
) -> None:
    quick_build()
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with _raising(place, full), pytest.raises(EnvironmentFault, match=r"full|No space left"):
        quick_build(seed=2)
    assert _versions(tmp_path) == ["v1"]
    nb2prod.load(tmp_path / "services" / "plants")  # type: ignore[operator]  # a lazy public name
    assert quick_build(seed=2).version == "v2"


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(place, id=name, marks=() if name in _FEW else pytest.mark.slow)
        for place, name in zip(PLACES, NAMES, strict=True)
    ],
)
def test_an_interrupt_leaves_the_last_version(
    place: str, quick_build: QuickBuild, tmp_path: Path
) -> None:
    quick_build(seed=1)
    with _raising(place, KeyboardInterrupt()), pytest.raises(KeyboardInterrupt):
        quick_build(seed=2)
    assert _versions(tmp_path) == ["v1"]
    assert quick_build(seed=2).version == "v2"


@pytest.mark.parametrize("place", PLACES[:6], ids=NAMES[:6])
def test_a_first_build_that_fails_leaves_no_service(
    place: str, quick_build: QuickBuild, tmp_path: Path
) -> None:
    with _raising(place, ExecutionFailed("it fell over")), pytest.raises(ExecutionFailed):
        quick_build()
    assert not (tmp_path / "services" / "plants").exists()


def test_a_note_that_cannot_be_written_is_no_fault(quick_build: QuickBuild, tmp_path: Path) -> None:
    with _raising("nb2prod.build.unchanged:write_atomically", OSError(errno.ENOSPC, "full")):
        assert quick_build().status == "built"
    assert quick_build().status == "unchanged"
    assert _versions(tmp_path) == ["v1"]


def test_two_builds_at_once_make_one_version(quick_build: QuickBuild, tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        builds = [pool.submit(quick_build) for _ in range(2)]
        statuses = sorted(each.result().status for each in builds)
    assert statuses == ["built", "unchanged"]
    assert _versions(tmp_path) == ["v1"]


def _dying(first: FirstBuild, folder: Path, place: str) -> subprocess.CompletedProcess[str]:
    """Build in a process of its own that ends at a place; its temporary files go below ``folder``."""
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    arguments = [first.saved, folder / "project" / "plants.ipynb", folder / "services", place]
    return subprocess.run(
        [sys.executable, "-m", "tests.build.dying", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(place, id=name, marks=() if name in _FEW else pytest.mark.slow)
        for place, name in zip(PLACES, NAMES, strict=True)
    ],
)
def test_after_a_kill_the_next_build_cleans_up_and_works(
    place: str, first_build: FirstBuild, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = write_project(tmp_path / "project")
    died = _dying(first_build, tmp_path, place)
    assert died.returncode == -signal.SIGKILL
    versions = tmp_path / "services" / "plants" / "versions"
    assert list(versions.glob("v*")) == []
    assert len(list((tmp_path / "tmp").iterdir())) == 1
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    use_saved_steps(monkeypatch, first_build.saved)
    result = build(notebook, BuildOptions(output=tmp_path / "services"))
    assert (result.status, result.version, list(result.conflicts)) == ("built", "v1", [])
    assert _versions(tmp_path) == ["v1"]
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_file_that_may_not_grow_is_told(first_build: FirstBuild, tmp_path: Path) -> None:
    write_project(tmp_path / "project")
    ended = _dying(first_build, tmp_path, "limit:2000")
    assert ended.returncode == 2
    assert "cannot be written" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "services" / "plants").exists()
    assert list((tmp_path / "tmp").iterdir()) == []


Ready = Callable[[Path], bool]


def _has(pattern: str) -> Ready:
    return lambda temporary: any(temporary.glob(pattern))


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
@pytest.mark.parametrize(
    ("ready", "how", "code"),
    [
        pytest.param(_has("*/cells-started"), signal.SIGINT, 130, id="Ctrl-C while executing"),
        pytest.param(
            _has("*/cells-started"),
            signal.SIGKILL,
            -9,
            id="kill while executing",
            marks=pytest.mark.slow,
        ),
        *(
            pytest.param(_has(pattern), how, code, id=f"{name} {step}", marks=pytest.mark.slow)
            for pattern, step in (
                ("*/trained.log", "while training"),
                ("*/service/proof/server.log", "while proving"),
            )
            for how, code, name in ((signal.SIGINT, 130, "Ctrl-C"), (signal.SIGKILL, -9, "kill"))
        ),
    ],
)
def test_whatever_ends_a_build_ends_what_it_started(
    ready: Ready, how: signal.Signals, code: int, tmp_path: Path
) -> None:
    notebook, temporary = write_project(tmp_path / "project"), tmp_path / "tmp"
    temporary.mkdir()
    command = ["-m", "nb2prod", "build", str(notebook), "-o", str(tmp_path / "services")]
    with subprocess.Popen(
        [sys.executable, *command],
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process_of_build:
        _wait(lambda: ready(temporary) or process_of_build.poll() is not None)
        os.killpg(process_of_build.pid, how)
        _, said = process_of_build.communicate(timeout=60)
    assert process_of_build.returncode == code, said.decode()
    assert b"Traceback" not in said
    _wait(lambda: not _processes_in(temporary))
    assert not (tmp_path / "services" / "plants").exists() or _versions(tmp_path) == []
    if how is signal.SIGINT:
        assert list(temporary.iterdir()) == []


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def _processes_in(folder: Path) -> list[str]:
    """Return the processes that work below a folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (entry / "cwd").readlink().is_relative_to(folder):
                found.append(entry.name)
    return found


def test_a_tethered_process_ends_with_the_context(tmp_path: Path) -> None:
    script = "import os, time; open('pid', 'w').write(str(os.getpid())); time.sleep(600)"
    command = [sys.executable, "-c", script]
    environment = dict(os.environ)
    with process.tethered(
        command, folder=tmp_path, environment=environment, log=tmp_path / "log"
    ) as started:
        _wait(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text() != "")
        assert started.poll() is None
    _wait(lambda: not _processes_in(tmp_path))
