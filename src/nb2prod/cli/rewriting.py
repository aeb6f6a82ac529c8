"""Rewrite a text file so that it is either the old one or the new one, whatever happens."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from nb2prod.errors import EnvironmentFault, Place


def rewrite(path: Path, change: Callable[[str], str]) -> None:
    """Replace a file's text by a changed one, byte for byte where the change leaves it alone.

    Args:
        path: The file; a link stays a link.
        change: Turns the old text into the new.

    Raises:
        EnvironmentFault: If the file cannot be written; it is then as it was.
    """
    target = path.resolve()
    old = target.read_bytes()
    new = change(old.decode("utf-8")).encode("utf-8")
    if new == old:
        return
    try:
        _replace(target, new)
    except OSError as error:
        raise EnvironmentFault(
            f"The file cannot be written: {error.strerror or error}.",
            place=Place(str(path)),
            why="It is unchanged.",
            hint="Check the rights of the file and its folder, and the space on the disk.",
        ) from error


def _replace(target: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(target, temporary)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
