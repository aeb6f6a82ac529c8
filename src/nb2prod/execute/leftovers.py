"""Working copies on disk: hold one, remove it, and remove those that a killed process left."""

import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path

PREFIX = "nb2prod-run-"
_UNLOCKED = f"{PREFIX}new-"
"""Prefix of a folder whose lock is still being made."""

_LOCK = "lock"
_GRACE = 3600
"""Seconds after which an unlocked folder was surely left by a process killed early."""

_held: dict[Path, int] = {}


def new_root() -> Path:
    """Make a folder for one run, locked for as long as this process lives."""
    unlocked = Path(tempfile.mkdtemp(prefix=_UNLOCKED))
    lock = os.open(unlocked / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    # The folder gets the name that `sweep` looks for with its lock already held.
    root = unlocked.with_name(PREFIX + unlocked.name.removeprefix(_UNLOCKED))
    _held[root] = lock
    unlocked.rename(root)
    return root


def discard(root: Path) -> None:
    """Remove the folder of a run, however little of it is left."""
    shutil.rmtree(root, ignore_errors=True)
    lock = _held.pop(root, None)
    if lock is not None:
        os.close(lock)


def sweep() -> None:
    """Remove this user's working copies whose process is dead, as after ``kill -9``."""
    temporary = Path(tempfile.gettempdir())
    for root in temporary.glob(f"{PREFIX}*"):
        try:
            state = root.stat()
            if state.st_uid == os.getuid() and root not in _held and _is_abandoned(root, state):
                shutil.rmtree(root, ignore_errors=True)
        except OSError:
            continue  # another process removes it at the same time


def _is_abandoned(root: Path, state: os.stat_result) -> bool:
    if root.name.startswith(_UNLOCKED):
        return time.time() - state.st_mtime > _GRACE
    try:
        lock = os.open(root / _LOCK, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return True  # its removal had begun with the lock
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        return True
    finally:
        os.close(lock)
