"""One writer of a service's registry at a time, on this machine."""

import contextlib
import fcntl
import time
from collections.abc import Iterator
from pathlib import Path

from nb2prod.artifact.disk import explained_faults
from nb2prod.errors import EnvironmentFault

_LOCK = ".registry.lock"
_POLL_SECONDS = 0.02


@contextlib.contextmanager
def registry_lock(service: Path, *, wait_seconds: float = 60.0) -> Iterator[None]:
    """Hold the lock under which aliases are moved and entries appended.

    The operating system frees it when the process ends, however it ends. A build holds it only while it registers,
    so that a rollback never waits for a training.

    Raises:
        EnvironmentFault: The folder cannot be written, or another process does not let go.
    """
    path = service / "state" / _LOCK
    with explained_faults(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        stream = path.open("a")
    with stream:
        deadline = time.monotonic() + wait_seconds
        while not _try_lock(stream.fileno()):
            if time.monotonic() >= deadline:
                raise EnvironmentFault(
                    f"another command has held the registry of {service.name} for {wait_seconds:.0f} s",
                    why="two promotions at once could each undo the other",
                    hint="wait for it, or end it",
                )
            time.sleep(_POLL_SECONDS)
        yield


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
