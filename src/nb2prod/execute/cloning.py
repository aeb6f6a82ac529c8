"""Copy one file, sharing its blocks where the file system can."""

import errno
import fcntl
import os
import shutil
from pathlib import Path

_FICLONE = 0x40049409
"""Linux's request to share all blocks of a file until one side writes (btrfs, XFS, ...)."""

_CANNOT = frozenset(
    {errno.EOPNOTSUPP, errno.EXDEV, errno.EINVAL, errno.ENOTTY, errno.ENOSYS, errno.ETXTBSY}
)


def clone(source: Path, target: Path, *, fall_back: bool) -> bool:
    """Make ``target`` a copy of ``source`` with its times and permissions; say whether it was made.

    The time of last access is set to the epoch, so that a later one tells that the copy was read.

    Args:
        source: An existing file.
        target: A path that does not exist, in an existing folder.
        fall_back: Whether to copy byte by byte where the file system cannot clone.
    """
    if not _share_blocks(source, target):
        if not fall_back:
            return False
        shutil.copyfile(source, target)
    shutil.copymode(source, target)
    # A read-only original must not make the working copy's folder impossible to remove or rewrite.
    target.chmod(target.stat().st_mode | 0o200)
    os.utime(target, ns=(0, source.stat().st_mtime_ns))
    return True


def _share_blocks(source: Path, target: Path) -> bool:
    with source.open("rb") as original, target.open("wb") as copy:
        try:
            fcntl.ioctl(copy.fileno(), _FICLONE, original.fileno())
        except OSError as error:
            if error.errno not in _CANNOT:
                raise
            shared = False
        else:
            shared = True
    if not shared:
        target.unlink()
    return shared
