"""Find the notebooks that a command was given."""

import os
from collections.abc import Iterable, Iterator

from nb2prod.errors import UsageError

_LEFT_OUT = frozenset({".ipynb_checkpoints", "node_modules", "__pycache__", "site-packages"})


def find_notebooks(paths: Iterable[str]) -> list[str]:
    """Return the notebooks that paths name, each once; folders are searched, in a fixed order.

    Raises:
        UsageError: If a folder holds no notebook.
    """
    found: dict[str, None] = {}
    for path in paths:
        if os.path.isdir(path):  # noqa: PTH112 - pathlib starts slowly
            inside = list(_in_folder(path))
        elif _is_pattern(path):
            inside = _matching(path)
        else:
            inside = [path]
        if not inside:
            raise UsageError(
                f"There are no notebooks in {path}.",
                why="A check that silently looks at nothing would always pass.",
                hint="Give a folder that holds .ipynb files, or a file.",
            )
        found.update(dict.fromkeys(inside))
    return list(found)


def _is_pattern(path: str) -> bool:
    """Say whether a path is a pattern, which some shells hand over as it was typed."""
    is_there = os.path.exists(path)  # noqa: PTH110 - pathlib starts slowly
    return any(sign in path for sign in "*?[") and not is_there


def _matching(pattern: str) -> list[str]:
    from glob import glob

    found: list[str] = []
    for path in sorted(glob(pattern, recursive=True)):  # noqa: PTH207 - patterns may be absolute
        is_folder = os.path.isdir(path)  # noqa: PTH112 - pathlib starts slowly
        found += _in_folder(path) if is_folder else [path]
    return [path for path in found if path.endswith(".ipynb")]


def _in_folder(folder: str) -> Iterator[str]:
    """Yield notebooks below a folder; hidden folders and copies that tools keep are left out."""
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if name not in _LEFT_OUT and not name.startswith(".")
        )
        for name in sorted(files):
            if name.endswith(".ipynb") and not name.startswith("."):
                yield os.path.join(parent, name)  # noqa: PTH118 - pathlib starts slowly
