"""Which modules a notebook imports."""

import ast

from nb2prod.notebook.guards import catches_name_errors
from nb2prod.notebook.model import Notebook
from nb2prod.notebook.parsing import parse_cell

_TOLERANT = frozenset({"ImportError", "ModuleNotFoundError"})


def imported_modules(notebook: Notebook) -> frozenset[str]:
    """Return the top-level modules that a clean run of a notebook surely imports.

    An import within a function, or one that a handler for its failure surrounds, is none.
    """
    found: set[str] = set()
    for cell in notebook.executed_cells:
        tree = parse_cell(cell.source).tree
        for statement in tree.body if tree else ():
            found.update(name for name, _ in imports_of(statement))
    return frozenset(found)


def imports_of(statement: ast.stmt) -> list[tuple[str, ast.stmt]]:
    """Return the top-level modules that a statement imports, each with its import statement."""
    if isinstance(statement, ast.Import):
        return [(alias.name.partition(".")[0], statement) for alias in statement.names]
    if isinstance(statement, ast.ImportFrom):
        return [(statement.module.partition(".")[0], statement)] if statement.module else []
    if isinstance(statement, ast.Try) and any(_catches(one) for one in statement.handlers):
        return []
    if isinstance(statement, ast.With | ast.Try):
        return [found for inner in statement.body for found in imports_of(inner)]
    return []


def _catches(handler: ast.ExceptHandler) -> bool:
    names = [node.id for node in ast.walk(handler) if isinstance(node, ast.Name)]
    return catches_name_errors(handler) or not _TOLERANT.isdisjoint(names)
