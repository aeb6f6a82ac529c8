"""Write a file whole or not at all."""

import errno
import os
import tempfile
from pathlib import Path

from nb2prod.errors import EnvironmentFault, Place


def check_writable(path: Path) -> None:
    """Check that a file could be written, before the work whose result it is to hold.

    Raises:
        EnvironmentFault: If a file stands in its way, or its folder may not be written to.
    """
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    if not folder.is_dir():
        raise _fault(path, NotADirectoryError(errno.ENOTDIR, f"{folder} is a file"))
    if path.is_dir():
        raise _fault(path, IsADirectoryError(errno.EISDIR, "it is a folder"))
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _fault(path, PermissionError(errno.EACCES, f"{folder} is not yours to write to"))


def write_atomically(path: Path, text: str) -> None:
    """Write a text so that a reader, or an end by force, never meets half of it.

    Raises:
        EnvironmentFault: If the folder cannot be written to or the disk is full.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise _fault(path, error) from error
    staged = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        staged.chmod(_usual_mode())
        staged.replace(path)
    except OSError as error:
        staged.unlink(missing_ok=True)
        raise _fault(path, error) from error
    except BaseException:
        staged.unlink(missing_ok=True)
        raise


def _usual_mode() -> int:
    """Return the permissions that a newly made file would have."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _fault(path: Path, error: OSError) -> EnvironmentFault:
    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    return EnvironmentFault(
        f"{path} cannot be written: {error.strerror or error}.",
        place=Place(str(path)),
        why="Nothing was written there; what was there before is unchanged.",
        hint="Make room on the disk."
        if full
        else "Choose a folder that you may write to, with -o.",
    )
