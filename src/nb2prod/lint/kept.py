"""Which files version control keeps."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

_SECONDS = 10


def untracked(folder: Path, names: Sequence[str]) -> frozenset[str]:
    """Return the files that neither git nor DVC keeps; none outside a repository.

    Args:
        folder: The notebook's folder.
        names: Files that are there, relative to it.
    """
    own = [name for name in names if not (folder / f"{name}.dvc").exists()]
    if not own:
        return frozenset()
    command = ["git", "-C", str(folder), "ls-files", "-z", "--", *own]
    try:
        ran = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return frozenset()
    if ran.returncode:
        return frozenset()
    kept = set(ran.stdout.decode("utf-8", "surrogateescape").split("\0"))
    return frozenset(name for name in own if not _is_kept(name, kept))


def _is_kept(name: str, kept: set[str]) -> bool:
    plain = Path(name).as_posix().removeprefix("./")
    return plain in kept or any(one.startswith(f"{plain}/") for one in kept) or ".." in plain
