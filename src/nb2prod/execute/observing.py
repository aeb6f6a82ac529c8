"""See in the kernel which files a run opens, and keep it from writing into linked originals."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from nb2prod.execute.workspace import Workspace

READS_VARIABLE = "NB2PROD_FILES_READ"
"""Names the file that the kernel's hook writes the paths to, one a line."""

_HOOK = """\
def _nb2prod_observe(protected):
    import os
    import sys

    log = os.open(os.environ["NB2PROD_FILES_READ"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    writing = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_TRUNC
    seen = set()

    def hook(event, arguments):
        if event != "open":
            return
        path, _, flags = arguments
        if not isinstance(path, (str, bytes)):
            return
        if flags & writing:
            if protected and os.path.realpath(os.fsdecode(path)) in protected:
                message = "a run may read this file but not change it: it is linked, not copied"
                raise PermissionError(13, message, os.fsdecode(path))
        elif path not in seen:
            seen.add(path)
            os.write(log, os.fsencode(os.path.abspath(os.fsdecode(path))) + b"\\n")

    sys.addaudithook(hook)

"""


def observing_source(protected: Iterable[Path]) -> str:
    """Return the source of a cell that logs opened files and refuses to write to some.

    It leaves no name behind.

    Args:
        protected: The originals of linked files.
    """
    paths = sorted(str(path.resolve()) for path in protected)
    return f"{_HOOK}_nb2prod_observe(frozenset({paths!r}))\ndel _nb2prod_observe"


def files_read(workspace: Workspace, log: Path) -> tuple[Path, ...]:
    """Return the user's files that a run read, by the hook's log and by the times of access.

    The hook sees what Python opens; a copy that compiled code opened has a new time of access,
    where the file system keeps those.
    """
    lines = log.read_bytes().split(b"\n") if log.exists() else []
    paths = {Path(os.fsdecode(line)) for line in lines if line}
    for name in workspace.copied:
        copy = workspace.tree / name
        if copy.exists() and copy.stat().st_atime_ns > 0:
            paths.add(copy)
    originals = {workspace.original(path) for path in paths if _is_data(path, workspace.root)}
    return tuple(sorted(path for path in originals if path.is_file()))


def files_written(workspace: Workspace) -> tuple[str, ...]:
    """Return what a run left in the notebook's folder of the working copy, relative to it."""
    found = []
    for path in sorted(workspace.folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and "__pycache__" not in path.parts:
            name = path.relative_to(workspace.tree).as_posix()
            is_new = name not in workspace.copied
            if is_new or path.stat().st_mtime_ns != workspace.original(path).stat().st_mtime_ns:
                found.append(path.relative_to(workspace.folder).as_posix())
    return tuple(found)


def changed_originals(workspace: Workspace) -> tuple[str, ...]:
    """Return the linked files that are no longer what they were when the run began."""
    changed = []
    for name, before in workspace.linked.items():
        try:
            state = (workspace.base / name).stat()
        except OSError:
            changed.append(name)
            continue
        if (state.st_size, state.st_mtime_ns) != before:
            changed.append(name)
    return tuple(changed)


_INSTALLED = tuple(
    Path(prefix)
    for prefix in (
        *("/proc", "/sys", "/dev", "/run", "/etc", "/usr", "/lib", "/lib64"),
        sys.prefix,
        sys.base_prefix,
    )
)
_CODE = frozenset({".py", ".pyc", ".pth", ".so", ".dylib"})


def _is_data(path: Path, root: Path) -> bool:
    """Say whether a path is the user's: neither an installed file nor one of the run's own.

    Code outside the working copy is a package, also where it is installed for editing.
    """
    if path.is_relative_to(root):
        return path.is_relative_to(root / "tree") and "__pycache__" not in path.parts
    # Folders that begin with `nb2prod-` are temporary ones of its own, in which a build works.
    if path.suffix in _CODE or any(part.startswith((".", "nb2prod-")) for part in path.parts):
        return False
    return not any(path.is_relative_to(prefix) for prefix in _INSTALLED)
