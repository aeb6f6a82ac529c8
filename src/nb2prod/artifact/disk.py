"""Write so that a crash leaves the old or the new, and say plainly what the disk refused."""

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from nb2prod.errors import EnvironmentFault

_REASONS = {
    errno.ENOSPC: ("the disk is full", "free some space, or choose another folder with -o"),
    errno.EFBIG: ("the file would be larger than is allowed here", "see `ulimit -f`"),
    errno.EDQUOT: ("the disk quota is used up", "free some space, or choose another folder"),
    errno.EACCES: ("permission is denied", "choose a folder that you may write to with -o"),
    errno.EPERM: ("permission is denied", "choose a folder that you may write to with -o"),
    errno.EROFS: ("the file system is read-only", "choose another folder with -o"),
    errno.ENOTDIR: ("a file stands where a folder is needed", "move it away, or choose another"),
    errno.EEXIST: ("a file stands where a folder is needed", "move it away, or choose another"),
    errno.ENAMETOOLONG: ("the name is too long", "choose a shorter name with --name"),
}


@contextlib.contextmanager
def explained_faults(path: Path) -> Iterator[None]:
    """Turn what the operating system refuses into a fault that the user can mend.

    Args:
        path: What is written, as the message names it.

    Raises:
        EnvironmentFault: The block raised an ``OSError``.
    """
    try:
        yield
    except OSError as error:
        reason, hint = _REASONS.get(error.errno or 0, (error.strerror or str(error), None))
        raise EnvironmentFault(
            f"{path} cannot be written: {reason}",
            why="nothing was changed: what was there before still stands",
            hint=hint,
        ) from error


def write_atomically(path: Path, data: bytes) -> None:
    """Write a whole file or nothing, through a temporary file beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(path.stat().st_mode if path.exists() else 0o666 & ~_umask())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def copy_tree(source: Path, target: Path) -> None:
    """Copy the files below a folder, stopping at the first that cannot be copied.

    ``shutil.copytree`` goes on after a full disk and then raises an error that does not say so.
    """
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.rglob("*")):
        copy = target / path.relative_to(source)
        if path.is_dir():
            copy.mkdir(exist_ok=True)
        else:
            shutil.copyfile(path, copy)


def sync_folder(folder: Path) -> None:
    """Have the names within a folder on disk, not only in memory."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Have every file below a folder, and their names, on disk."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            sync_folder(path)
        else:
            with path.open("rb") as stream:
                os.fsync(stream.fileno())
    sync_folder(folder)


def _umask() -> int:
    """Return the process's mask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
