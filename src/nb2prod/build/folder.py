"""The build's temporary folder, which no build leaves behind for long."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nb2prod.errors import EnvironmentFault
from nb2prod.execute.leftovers import discard, new_root, sweep

_REFUSALS = frozenset(
    {
        errno.EACCES,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EIO,
        errno.EMFILE,
        errno.ENOSPC,
        errno.EPERM,
        errno.EROFS,
    }
)
"""What the machine refuses; any other ``OSError`` is a fault of this program and must not look like one of the disk."""


@contextmanager
def working_folder() -> Iterator[Path]:
    """Give a folder for one build, and remove it however the build ends.

    What killed builds left is removed first: a living process holds a lock on its folder.

    Raises:
        EnvironmentFault: If the machine refuses to write there.
    """
    sweep()
    root: Path | None = None
    try:
        root = new_root()
        yield root
    except OSError as error:
        if error.errno not in _REFUSALS:
            raise
        raise _refused(error) from error
    finally:
        if root is not None:
            discard(root)


def _refused(error: OSError) -> EnvironmentFault:
    where = error.filename or tempfile.gettempdir()
    return EnvironmentFault(
        f"{where} cannot be written: {error.strerror or error}",
        why="a version is made and proved in a temporary folder; nothing was published",
        hint=f"make room in {tempfile.gettempdir()}, or set TMPDIR to a folder with more",
    )
