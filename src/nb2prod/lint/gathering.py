"""Look at the machine before linting."""

import sys
from importlib.machinery import PathFinder
from pathlib import Path

from nb2prod.lint.environment import Environment
from nb2prod.notebook.imports import imported_modules
from nb2prod.notebook.model import Notebook


def gather(notebook: Notebook) -> Environment:
    """Look up what a notebook imports, in this interpreter and beside the notebook."""
    folder = str(Path(notebook.path).parent)
    missing = {name for name in imported_modules(notebook) if not _is_found(name, folder)}
    return Environment(frozenset(missing))


def _is_found(name: str, folder: str) -> bool:
    if name in sys.builtin_module_names or name in sys.modules:
        return True
    return PathFinder.find_spec(name, [folder, *sys.path]) is not None
