"""Which imported packages the project's requirements name."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_LEVELS = 4


def undeclared_modules(folder: Path, modules: Iterable[str]) -> frozenset[str]:
    """Return the modules whose package no requirements file names; none where there is no such file.

    Args:
        folder: The notebook's folder; files there count, and in the folders above it up to the
            repository's.
        modules: Top-level modules that are installed, the standard library's left out.
    """
    declared = {_plain(name) for name in _declared(folder)}
    wanted = [
        name
        for name in modules
        if not (folder / name).exists() and not (folder / f"{name}.py").exists()
    ]
    if not declared or not wanted:
        return frozenset()
    from importlib.metadata import packages_distributions

    homes = packages_distributions()
    return frozenset(
        name
        for name in wanted
        if name in homes and declared.isdisjoint(_plain(home) for home in homes[name])
    )


def _declared(folder: Path) -> Iterator[str]:
    place = folder.absolute()
    for parent in [place, *place.parents][:_LEVELS]:
        for path in sorted(parent.glob("requirements*.txt")):
            yield from _of_requirements(path.read_text("utf-8", "replace"))
        project = parent / "pyproject.toml"
        if project.is_file():
            yield from _of_project(project.read_text("utf-8", "replace"))
        if (parent / ".git").exists():
            return


def _of_requirements(text: str) -> Iterator[str]:
    for line in text.splitlines():
        match = _NAME.match(line.strip())
        if match:
            yield match.group()


def _of_project(text: str) -> Iterator[str]:
    import tomllib

    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    project = document.get("project", {})
    groups = [project.get("dependencies", []), *project.get("optional-dependencies", {}).values()]
    groups += document.get("dependency-groups", {}).values()
    poetry = document.get("tool", {}).get("poetry", {})
    groups.append(list(poetry.get("dependencies", {})))
    for group in groups:
        for entry in group if isinstance(group, list) else ():
            match = _NAME.match(entry) if isinstance(entry, str) else None
            if match:
                yield match.group()


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
