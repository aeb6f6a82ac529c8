"""A clean working copy of the notebook's folder: a run must not change the user's files."""

import errno
import os
import tempfile
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nb2prod.errors import EnvironmentFault, Place
from nb2prod.execute.cloning import clone
from nb2prod.execute.leftovers import PREFIX, discard, new_root, sweep
from nb2prod.execute.reach import copied_base, outside_paths
from nb2prod.notebook import Notebook

LARGE_FILE = 64 * 2**20
"""Bytes from which a file is linked where the file system cannot clone it."""

LARGEST_COPY = 2 * 2**30
"""Bytes that are copied in all; what comes later is linked."""

MOST_COPIES = 20_000
"""Files that are copied in all; what comes later is linked."""

MOST_ENTRIES = 200_000
"""Files in all, beyond which the folder is surely no notebook's own."""

_IGNORED = frozenset({"__pycache__", "node_modules", "mlruns", "site-packages", "lost+found"})
_OF_ENVIRONMENTS = ("pyvenv.cfg", "conda-meta")


@dataclass(frozen=True, slots=True)
class Workspace:
    """A working copy.

    Attributes:
        root: The folder that holds everything of this run.
        base: The user's folder that was copied.
        folder: The notebook's folder within the copy, where the kernel starts.
        copied: What was copied, relative to ``base``.
        linked: What was linked because of its size, with what told its state then.
    """

    root: Path
    base: Path
    folder: Path
    copied: frozenset[str]
    linked: dict[str, tuple[int, int]]

    @property
    def tree(self) -> Path:
        """The copy of ``base``."""
        return self.root / "tree"

    def original(self, path: Path) -> Path:
        """Return the user's file that a path in the copy stands for; other paths as they are."""
        return self.base / path.relative_to(self.tree) if path.is_relative_to(self.tree) else path

    def discard(self) -> None:
        """Remove the working copy."""
        discard(self.root)


def make_workspace(notebook: Notebook) -> Workspace:
    """Copy the notebook's folder, and what it reaches for beside it, into a temporary folder.

    Hidden folders, caches, environments and nb2prod's own output stay behind. Files that the file
    system can clone are cloned; the others are copied, or linked where they are large.

    Raises:
        EnvironmentFault: If there is no room, or too many files to be the folder of one notebook.
    """
    sweep()
    folder = Path(notebook.path).absolute().parent.resolve()
    outside = outside_paths(notebook)
    base = copied_base(folder, outside)
    root = new_root()
    try:
        sources = [folder, *(Path(os.path.normpath(folder / path)) for path in outside)]
        copier = _Copier(base, root / "tree", notebook.path)
        inside = root / "tree" / folder.relative_to(base)
        inside.mkdir(parents=True)
        for source in sources:
            copier.copy(source)
        return Workspace(root, base, inside, frozenset(copier.copied), copier.linked)
    except OSError as error:
        discard(root)
        raise no_room(error, notebook.path) from error
    except BaseException:
        discard(root)
        raise


class _Copier:
    """Copies folders below one base, the nearest files first, within bounds."""

    def __init__(self, base: Path, tree: Path, notebook: str) -> None:
        self.base = base
        self.tree = tree
        self.copied: set[str] = set()
        self.linked: dict[str, tuple[int, int]] = {}
        self._notebook = notebook
        self._bytes = 0

    def copy(self, source: Path) -> None:
        if not source.is_dir() or not source.is_relative_to(self.base):
            return
        for path in _files(source):
            name = path.relative_to(self.base).as_posix()
            if name not in self.copied and name not in self.linked:
                self._one(path, name)
            if len(self.copied) + len(self.linked) > MOST_ENTRIES:
                raise _too_many(source, self._notebook)

    def _one(self, path: Path, name: str) -> None:
        try:
            state = path.stat()
        except OSError:
            return  # a link into nowhere, or gone since it was listed
        target = self.tree / name
        target.parent.mkdir(parents=True, exist_ok=True)
        room = self._bytes + state.st_size <= LARGEST_COPY and len(self.copied) < MOST_COPIES
        small = state.st_size < LARGE_FILE and room
        try:
            done = clone(path, target, fall_back=small)
        except PermissionError:
            return  # the notebook gets the same refusal if it needs the file
        if done:
            self.copied.add(name)
            self._bytes += state.st_size
        else:
            target.symlink_to(path)
            self.linked[name] = (state.st_size, state.st_mtime_ns)


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder, level by level; links to folders are followed once."""
    waiting = deque([folder])
    seen: set[tuple[int, int]] = set()
    while waiting:
        current = waiting.popleft()
        try:
            state = current.stat()
            entries = sorted(os.scandir(current), key=lambda entry: entry.name)
        except OSError:
            continue
        if (state.st_dev, state.st_ino) in seen:
            continue
        seen.add((state.st_dev, state.st_ino))
        for entry in entries:
            if entry.is_dir():
                if not _is_ignored(Path(entry.path)):
                    waiting.append(Path(entry.path))
            elif entry.is_file():
                yield Path(entry.path)


def _is_ignored(folder: Path) -> bool:
    if folder.name == "services":
        return any(folder.glob("*/versions"))
    if folder.name.startswith((".", PREFIX)) or folder.name in _IGNORED:
        return True
    return any((folder / sign).exists() for sign in _OF_ENVIRONMENTS)


def no_room(error: OSError, notebook: str) -> EnvironmentFault:
    """Describe what the system refused in the folder of a run."""
    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    return EnvironmentFault(
        "There is no room for the working copy of the notebook's folder."
        if full
        else f"The working copy of the notebook's folder cannot be made: {error}.",
        place=Place(notebook),
        why="A run works on a copy, so that it cannot change your files.",
        hint=f"Make room in {tempfile.gettempdir()}, or set TMPDIR to a folder with more.",
    )


def _too_many(source: Path, notebook: str) -> EnvironmentFault:
    return EnvironmentFault(
        f"{source} holds more than {MOST_ENTRIES:,} files, too many for a working copy.",
        place=Place(notebook),
        why="A run works on a copy of the notebook's folder, so that it cannot change your files.",
        hint="Give the notebook a folder of its own, with only its data beside it.",
    )
