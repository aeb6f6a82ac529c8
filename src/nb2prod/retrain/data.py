"""Which files a retraining reads: those that were given, and the service's own for the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from nb2prod.artifact.dvc import find_pointer
from nb2prod.artifact.manifest import describe_file
from nb2prod.errors import EnvironmentFault, UsageError
from nb2prod.runtime.manifest import DataFile


def resolve_data(
    service: Path, known: Sequence[DataFile], given: Sequence[str]
) -> Mapping[str, Path]:
    """Return where each data file is now, by its path from the notebook.

    Args:
        service: The service's folder.
        known: The files that the version was trained on.
        given: ``NAME=FILE`` or ``FILE``; a name is the file's path, its file name, or that without its ending.

    Raises:
        UsageError: A name is none of the version's files, or one file was given for two.
        EnvironmentFault: A file is missing.
    """
    paths = [entry.path for entry in known]
    found = {path: service / "notebook" / path for path in paths}
    named: set[str] = set()
    for text in given:
        path, file = _assigned(text, paths)
        if path in named:
            raise UsageError(f"--data names {path} twice", hint="give each data file one new file")
        named.add(path)
        found[path] = file
    for path, file in found.items():
        if not file.is_file():
            raise _missing(path, file)
    return found


def describe_data(files: Mapping[str, Path]) -> tuple[DataFile, ...]:
    """Return path, digest and size of each file."""
    return tuple(describe_file(path, file) for path, file in files.items())


def _assigned(text: str, paths: Sequence[str]) -> tuple[str, Path]:
    name, separator, rest = text.partition("=")
    # A file's own name may hold an equals sign.
    if separator and not Path(text).is_file():
        return _path_named(name, paths), Path(rest)
    file = Path(text)
    same_name = [path for path in paths if PurePosixPath(path).name == file.name]
    if len(same_name) == 1:
        return same_name[0], file
    if len(paths) == 1:
        return paths[0], file
    raise UsageError(
        f"which data file does {text} replace?",
        why=f"the version was trained on {_listed(paths)}",
        hint=f"say it by name: --data NAME={text}",
    )


def _path_named(name: str, paths: Sequence[str]) -> str:
    matching = [
        path for path in paths if name in {path, PurePosixPath(path).name, PurePosixPath(path).stem}
    ]
    if len(matching) == 1:
        return matching[0]
    raise UsageError(
        f"the version was trained on no file called {name!r}"
        if not matching
        else f"{name!r} may be {_listed(matching)}",
        hint=f"its files are {_listed(paths)}",
    )


def _listed(paths: Sequence[str]) -> str:
    return ", ".join(paths) if paths else "no file"


def _missing(path: str, file: Path) -> EnvironmentFault:
    pointer = find_pointer(file)
    return EnvironmentFault(
        f"{file} is missing",
        why=f"the version is trained on {path}",
        hint=f"dvc pull {pointer}"
        if pointer is not None
        else f"put it there, or say where it is: --data {path}=FILE",
    )
