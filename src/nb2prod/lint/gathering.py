"""Look at the machine before linting."""

import sys
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

from nb2prod.lint.context import Context
from nb2prod.lint.declared import undeclared_modules
from nb2prod.lint.environment import Environment
from nb2prod.lint.files import file_names
from nb2prod.lint.kept import untracked
from nb2prod.lint.stars import star_names
from nb2prod.notebook.imports import imported_modules
from nb2prod.notebook.model import Notebook


def gather(notebook: Notebook) -> Environment:
    """Look up what a notebook imports and reads, in this interpreter and beside the notebook."""
    folder = Path(notebook.path).parent
    specs = {name: _spec(name, str(folder)) for name in imported_modules(notebook)}
    context = Context(notebook)
    names = list(file_names(context))
    written = {one.text for one in names if not one.is_read}
    read = sorted({one.text for one in names if one.is_read and _is_plain(one.text)} - written)
    there = [name for name in read if (folder / name).exists()]
    return Environment(
        missing_modules=frozenset(name for name, spec in specs.items() if not spec),
        undeclared_modules=undeclared_modules(
            folder, [name for name, spec in specs.items() if isinstance(spec, ModuleSpec)]
        ),
        missing_files=frozenset(read) - frozenset(there),
        untracked_files=untracked(folder, there),
        stars=star_names(context.session, str(folder)),
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
    )


def _spec(name: str, folder: str) -> ModuleSpec | bool:
    """Return where a module is found, or whether it is there at all."""
    if name in sys.builtin_module_names or name in sys.stdlib_module_names:
        return name in sys.builtin_module_names or PathFinder.find_spec(name) is not None
    found = PathFinder.find_spec(name, [folder, *sys.path])
    return found if found is not None else name in sys.modules


def _is_plain(name: str) -> bool:
    """Say whether a name is one relative file, not a pattern or a template."""
    is_relative = not Path(name).is_absolute() and not name.startswith("~") and "://" not in name
    return bool(name) and is_relative and not set(name) & set("*?{}%\n\\")
