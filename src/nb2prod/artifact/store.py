"""A service's versions on disk: write-once, numbered, safe against crashes and each other.

A version is written into a staging folder beside the others and appears by one rename. Whoever
stages holds a lock on the staging folder's lock file, so that what a killed build left behind can
be told from what a living one is writing, also where process ids are used again.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TextIO

from nb2prod.artifact.disk import explained_faults, sync_folder, sync_tree
from nb2prod.errors import ArtifactFault, EnvironmentFault
from nb2prod.runtime.faults import ArtifactError
from nb2prod.runtime.selection import version_names
from nb2prod.runtime.verifying import read_manifest

_STAGING = ".staging-"
_LOCK_SUFFIX = ".lock"
_GUARD = ".staging.lock"
_BUILD_LOCK = ".nb2prod.lock"
_POLL_SECONDS = 0.2


class Store:
    """The versions of one service.

    Attributes:
        service: The service's folder, ``services/<name>``.
        folder: Its ``versions/``.
    """

    def __init__(self, service: Path) -> None:
        self.service = service
        self.folder = service / "versions"

    @contextlib.contextmanager
    def locked(
        self,
        *,
        wait_seconds: float = 3600.0,
        waiting: Callable[[], AbstractContextManager[None]] = contextlib.nullcontext,
    ) -> Iterator[None]:
        """Hold the service for this build alone, waiting for another one to end.

        The operating system frees the lock when the process ends, however it ends. The lock is
        not re-entrant. A service's folder that holds nothing but the lock is removed at the end.

        Args:
            wait_seconds: How long the other build may take.
            waiting: Entered while another build is waited for.

        Raises:
            EnvironmentFault: The folder cannot be written, or the other build does not end.
        """
        with self._build_lock(time.monotonic() + wait_seconds, waiting):
            try:
                yield
            finally:
                self._remove_if_empty()

    def _build_lock(
        self, deadline: float, waiting: Callable[[], AbstractContextManager[None]]
    ) -> TextIO:
        """Open the lock file and lock it; whoever held it may have removed the file meanwhile."""
        path = self.service / _BUILD_LOCK
        while True:
            stream = self._opened(path)
            try:
                if not _try_lock(stream.fileno()):
                    with waiting():
                        self._wait(stream, deadline)
                if _is_same_file(path, stream.fileno()):
                    return stream
            except BaseException:
                stream.close()
                raise
            stream.close()

    def _opened(self, path: Path) -> TextIO:
        while True:
            with explained_faults(self.service):
                self.service.mkdir(parents=True, exist_ok=True)
                with contextlib.suppress(FileNotFoundError):
                    return path.open("a")

    def _wait(self, stream: TextIO, deadline: float) -> None:
        while not _try_lock(stream.fileno()):
            if time.monotonic() >= deadline:
                raise EnvironmentFault(
                    f"another build of {self.service.name} has not ended",
                    why="two builds at once would number their versions alike",
                    hint="wait for it, or end it",
                )
            time.sleep(_POLL_SECONDS)

    def _remove_if_empty(self) -> None:
        """Remove what only the lock made: a build that failed leaves nothing behind."""
        with contextlib.suppress(OSError):
            if [entry.name for entry in self.service.iterdir()] == [_BUILD_LOCK]:
                (self.service / _BUILD_LOCK).unlink()
                self.service.rmdir()

    def versions(self) -> tuple[str, ...]:
        """Return the names of the versions, oldest first."""
        return version_names(self.service)

    def next_version(self, used: Collection[str] = ()) -> str:
        """Return the name that the next version gets: one above the newest, never one again.

        Args:
            used: Names that were given, also of versions whose folders are gone.
        """
        newest = max((int(name[1:]) for name in {*self.versions(), *used}), default=0)
        return f"v{newest + 1}"

    def path(self, version: str) -> Path:
        """Return the folder of a version, which need not exist."""
        return self.folder / version

    def find_by_run_key(self, run_key: str) -> Path | None:
        """Return the newest version with this run key, or None.

        Only the manifest is read; a version whose manifest cannot be read is not found.
        """
        for name in reversed(self.versions()):
            with contextlib.suppress(ArtifactError):
                if read_manifest(self.path(name)).run_key == run_key:
                    return self.path(name)
        return None

    @contextlib.contextmanager
    def stage(self) -> Iterator[Path]:
        """Give an empty folder to write a version into; it is gone afterwards unless published.

        What builds that were killed left behind is removed first.

        Raises:
            EnvironmentFault: The service's folder cannot be written.
        """
        with explained_faults(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            staged, stream = self._new_staging()
        with stream:
            try:
                yield staged
            finally:
                _remove(staged)
                _lock_of(staged).unlink(missing_ok=True)

    def publish(self, staged: Path, version: str) -> Path:
        """Make a staged and sealed folder the given version, completely or not at all.

        The files are made read-only: a version never changes again.

        Raises:
            ArtifactFault: There is such a version already, or the folder has no manifest.
            EnvironmentFault: The disk refused.
        """
        try:
            named = read_manifest(staged).version
        except ArtifactError as error:
            raise ArtifactFault(error.what, hint="seal the folder before publishing it") from error
        target = self.path(version)
        if named != version or target.exists():
            taken = "exists already" if target.exists() else f"is called {named} by its manifest"
            raise ArtifactFault(
                f"{self.service.name} {version} {taken}",
                why="a version is never overwritten: what was proved stays what is served",
            )
        with explained_faults(target):
            for path in staged.rglob("*"):
                if path.is_file():
                    path.chmod(0o444)
            sync_tree(staged)
            staged.rename(target)
            sync_folder(self.folder)
        return target

    def _new_staging(self) -> tuple[Path, TextIO]:
        """Make a staging folder and hold its lock; the guard keeps others from judging it early."""
        with (self.folder / _GUARD).open("a") as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)
            self._remove_abandoned()
            staged = Path(tempfile.mkdtemp(dir=self.folder, prefix=_STAGING))
            # Images run as another user than the one who built.
            staged.chmod(0o755)
            stream = _lock_of(staged).open("a")
            fcntl.flock(stream, fcntl.LOCK_EX)
            return staged, stream

    def _remove_abandoned(self) -> None:
        for staged in sorted(self.folder.glob(f"{_STAGING}*/")):
            with _lock_of(staged).open("a") as stream:
                if _try_lock(stream.fileno()):
                    _remove(staged)
                    _lock_of(staged).unlink(missing_ok=True)


def _lock_of(staged: Path) -> Path:
    return staged.with_name(staged.name + _LOCK_SUFFIX)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_same_file(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
