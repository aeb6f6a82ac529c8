"""Requirement locks: every distribution that some imports lead to, at the installed version."""

import ast
import re
import sys
from collections import deque
from collections.abc import Collection, Iterable, Mapping
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from importlib.util import find_spec

from packaging.requirements import Requirement

from nb2prod.errors import EnvironmentFault

SERVING_MODULES = (
    "fastapi",
    "joblib",
    "numpy",
    "pandas",
    "prometheus_client",
    "sklearn",
    "threadpoolctl",
    "uvicorn",
)
"""What the generated service imports by itself, whatever the notebook used."""

FASTER_MODULES = ("httptools", "uvloop")
"""What the server uses without being asked where it is installed: it answers the same, in less time."""

SILENT_MODULES = ("bottleneck", "numexpr", "pyarrow")
"""What pandas uses without being asked where it is installed, with other results in the last bits
or other string storage. A lock without them would be another environment."""


def imported_modules(source: str) -> frozenset[str]:
    """Return the top-level modules that Python source imports absolutely, wherever it does."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.partition(".")[0])
    return frozenset(found)


def lock_for(modules: Iterable[str], *, local: Collection[str] = ()) -> str:
    """Return the text of a lock: one ``name==version`` a line, sorted.

    It holds the distributions that the modules belong to and all that these require here, with
    environment markers evaluated and extras followed. It names no index and holds no hashes, so
    that it can be installed from wherever packages come from.

    Args:
        modules: Top-level names of imported modules; those of the standard library are left out.
        local: Names that are no installed packages but files beside the code.

    Raises:
        EnvironmentFault: A module belongs to no installed distribution.
    """
    providers = packages_distributions()
    wanted = set(modules) - set(local) - sys.stdlib_module_names
    silent = {name for name in SILENT_MODULES if name in providers}
    roots = [name for module in wanted | silent for name in _providers(module, providers)]
    versions = _closure(roots)
    return "".join(f"{name}=={version}\n" for name, version in sorted(versions.items()))


def serve_lock(modules: Iterable[str]) -> str:
    """Return the lock of the service: what the serving code imports, and the server itself."""
    faster = {name for name in FASTER_MODULES if find_spec(name) is not None}
    return lock_for({*modules, *SERVING_MODULES, *faster})


def _providers(module: str, providers: Mapping[str, list[str]]) -> list[str]:
    if module not in providers:
        raise EnvironmentFault(
            f"the module {module!r} belongs to no installed package",
            why="the service could not be installed anywhere else",
            hint=f"install the package that has it with pip, or move {module}.py into a cell",
        )
    return providers[module]


def _closure(roots: Iterable[str]) -> dict[str, str]:
    versions: dict[str, str] = {}
    done: set[tuple[str, str]] = set()
    waiting = deque((name, "") for name in roots)
    while waiting:
        name, extra = waiting.popleft()
        if (normalised(name), extra) in done:
            continue
        done.add((normalised(name), extra))
        try:
            found = distribution(name)
        except PackageNotFoundError as error:
            raise EnvironmentFault(
                f"the package {name} is required but not installed",
                why="a lock of an incomplete environment cannot be installed",
                hint=f"pip install {name}",
            ) from error
        versions[normalised(name)] = found.version
        for text in found.requires or ():
            waiting.extend(_followed(Requirement(text), extra))
    return versions


def _followed(requirement: Requirement, extra: str) -> list[tuple[str, str]]:
    """Return what a requirement adds here: the distribution itself, and each of its extras."""
    if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
        return []
    return [(requirement.name, ""), *((requirement.name, extra) for extra in requirement.extras)]


def normalised(name: str) -> str:
    """Return a distribution's name in the one form that the packaging standard gives it."""
    return re.sub(r"[-_.]+", "-", name).lower()
