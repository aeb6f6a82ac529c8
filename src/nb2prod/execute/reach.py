"""What a notebook reaches for outside of its own folder: ``../data`` and the like."""

import ast
from pathlib import Path, PurePosixPath

from nb2prod.notebook import Notebook, parse_cell


def outside_paths(notebook: Notebook) -> tuple[PurePosixPath, ...]:
    """Return the relative paths in the notebook's texts that begin with ``..``, shortest first.

    A text such as ``../data/x.csv`` stands for its folder ``../data``: the file's name may be one
    of several that the notebook puts together.
    """
    found: set[PurePosixPath] = set()
    for cell in notebook.executed_cells:
        tree = parse_cell(cell.source).tree
        for node in ast.walk(tree) if tree is not None else ():
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= _of_text(node.value)
            elif _is_parent_of_cwd(node):
                found.add(PurePosixPath(".."))
    return tuple(sorted(found, key=lambda path: (len(path.parts), path)))


def _is_parent_of_cwd(node: ast.AST) -> bool:
    """Say whether the node is ``Path.cwd().parent``, also with ``resolve()`` and the like in it."""
    if not (isinstance(node, ast.Attribute) and node.attr in {"parent", "parents"}):
        return False
    inner = ast.walk(node.value)
    return any(isinstance(each, ast.Attribute) and each.attr == "cwd" for each in inner)


def _of_text(text: str) -> set[PurePosixPath]:
    first = text.replace("\\", "/").split("/")
    if first[0] != ".." or "\n" in text or "\0" in text:
        return set()
    path = PurePosixPath(*first)
    levels = next(at for at, part in enumerate((*path.parts, "")) if part != "..")
    inner = path.parts[levels:-1] if PurePosixPath(path.name).suffix else path.parts[levels:]
    # The first folder below suffices: what is in it is copied whole.
    return {PurePosixPath(*path.parts[:levels], *inner[:1])}


def copied_base(folder: Path, outside: tuple[PurePosixPath, ...]) -> Path:
    """Return the folder that the working copy begins at, so that every ``..`` stays inside it."""
    levels = max((path.parts.count("..") for path in outside), default=0)
    return folder.parents[min(levels, len(folder.parents)) - 1] if levels else folder
