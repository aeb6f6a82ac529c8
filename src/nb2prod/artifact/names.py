"""Names of services: safe as a folder and as a package's stem, and in the way of no import."""

import keyword
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

from nb2prod.errors import UsageError

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_LONGEST = 40
_SERVICE_FOLDERS = frozenset({"app", "code", "runtime", "tests", "train", "versions"})


def service_name(notebook: Path, given: str | None = None) -> str:
    """Return the service's name, given or made from the notebook's file name.

    Raises:
        UsageError: The name is no identifier in lower case, leaves the output folder, or would
            hide a package.
    """
    name = _from_stem(notebook.stem) if given is None else given
    if len(name) > _LONGEST or _NAME.fullmatch(name) is None:
        raise UsageError(
            f"{name!r} cannot be a service's name",
            why="the name becomes a folder, a Python package and a container name",
            hint=f"--name takes at most {_LONGEST} lower-case letters, digits and underscores, "
            f"beginning with a letter: --name {_from_stem(name) or 'my_model'}",
        )
    hidden = _hidden_by(name)
    if hidden:
        raise UsageError(
            f"a service cannot be called {name!r}: that is {hidden}",
            why="in the service's folder the import of one would find the other",
            hint=f"choose another name: --name {name}_model",
        )
    return name


def _from_stem(stem: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "_", stem.lower()).strip("_")
    return re.sub(r"^[0-9_]+", "", words)[:_LONGEST].rstrip("_")


def _hidden_by(name: str) -> str | None:
    if keyword.iskeyword(name):
        return "a word of the Python language"
    if name in sys.stdlib_module_names:
        return "a module of the standard library"
    if name in _SERVICE_FOLDERS:
        return "a part of every service"
    if name in packages_distributions():
        return "an installed package"
    return None
