"""What the recorder in the kernel must know of the notebook beforehand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nb2prod.notebook import Notebook, Role, names_of, parse_cell, translate
from nb2prod.notebook.rewriting import rewritten


def recorder_settings(notebook: Notebook, folder: Path) -> dict[str, Any]:
    """Return the settings of a recorded run, as JSON values.

    Args:
        notebook: The notebook.
        folder: Where the recording goes.
    """
    cells = [
        {
            "number": cell.number,
            "source": cell.source,
            "code": translate(cell.source).code,
            "roles": [str(role) for role in cell.roles],
        }
        for cell in notebook.executed_cells
    ]
    return {
        "cells": cells,
        "raw_candidates": _raw_candidates(notebook),
        "evaluate_names": bound_by(notebook, Role.EVALUATE),
        "folder": str(folder),
    }


def bound_by(notebook: Notebook, role: Role) -> list[str]:
    """Return the names that the cells of a role bind, in order."""
    names: dict[str, None] = {}
    for cell in notebook.with_role(role):
        tree = parse_cell(cell.source).tree
        for statement in tree.body if tree is not None else ():
            made = rewritten(statement)
            left = made.left if made is not None else frozenset()
            names |= dict.fromkeys(sorted(names_of(statement).binds - left))
    return list(names)


def _raw_candidates(notebook: Notebook) -> list[str]:
    """Return the names bound by ``load`` cells that later compiled cells read."""
    bound = bound_by(notebook, Role.LOAD)
    last = max((cell.number for cell in notebook.with_role(Role.LOAD)), default=0)
    read: set[str] = set()
    for cell in notebook.executed_cells:
        if cell.number <= last or not cell.roles:
            continue
        tree = parse_cell(cell.source).tree
        for statement in tree.body if tree is not None else ():
            names = names_of(statement)
            read |= names.reads | names.mutates | names.calls_need
    return [name for name in bound if name in read]
