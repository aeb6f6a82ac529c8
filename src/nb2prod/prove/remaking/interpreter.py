"""The Python that a version is made again with: a fresh environment from its lock, or the one that runs here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nb2prod.artifact.hashes import uv_program
from nb2prod.artifact.lock import SILENT_MODULES, normalised
from nb2prod.errors import EnvironmentFault

_INSTALL_SECONDS = 1800.0
_SHOWN_LINES = 6
_INSTALLERS = frozenset({"pip", "setuptools", "wheel"})
"""What ``python -m venv`` brings by itself; no lock names them, and no model depends on them."""

_LIST = """
import json, platform, sys
from importlib.metadata import distributions
found = {d.metadata["Name"]: d.version for d in distributions()}
print(json.dumps({"python": platform.python_version(), "packages": found}))
"""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python with its packages.

    Attributes:
        program: Its executable.
        is_fresh: Whether it was made for this purpose, from the lock.
        python: Its release, such as 3.11.7.
        packages: Installed versions by normalised name.
    """

    program: Path
    is_fresh: bool
    python: str
    packages: Mapping[str, str]

    @property
    def minor(self) -> str:
        """The release without its last part: ``3.11``."""
        return ".".join(self.python.split(".")[:2])


def running_interpreter() -> Interpreter:
    """Return the environment that this process runs in."""
    return _described(Path(sys.executable), is_fresh=False)


def fresh_interpreter(folder: Path, lock: Path, minor: str) -> Interpreter:
    """Make an environment of a lock's packages, by uv where it can be had and else by pip.

    Args:
        folder: Where it is made.
        lock: The requirements.
        minor: The Python that the version was trained with: ``3.11``.

    Raises:
        EnvironmentFault: There is no such Python, or the packages cannot be had.
    """
    python = _python(minor)
    tried: list[str] = []
    for name, commands in _ways(python, folder, lock):
        said = next((text for command in commands if (text := _failure(command))), None)
        if said is None:
            return _described(folder / "bin" / "python", is_fresh=True)
        tried.append(f"{name}: {said}")
        shutil.rmtree(folder, ignore_errors=True)
    raise EnvironmentFault(
        f"the packages of {lock.name} cannot be installed into a fresh environment",
        why="\n".join(tried),
        hint="--here makes the version again in the environment that nb2prod runs in, and says what differs in it",
    )


def _python(minor: str) -> str:
    if minor == f"{sys.version_info.major}.{sys.version_info.minor}":
        return sys.executable
    found = shutil.which(f"python{minor}")
    if found is None:
        raise EnvironmentFault(
            f"the version was trained with Python {minor}, and there is no python{minor} here",
            why="a model that was pickled by one minor release of Python may differ in another",
            hint=f"install Python {minor}, or give --here to use {sys.version.split()[0]}",
        )
    return found


def _ways(
    python: str, folder: Path, lock: Path
) -> list[tuple[str, tuple[Sequence[str], Sequence[str]]]]:
    own = str(folder / "bin" / "python")
    by_pip = (
        [python, "-m", "venv", str(folder)],
        [own, "-m", "pip", "install", "--quiet", "--no-input", "-r", str(lock)],
    )
    uv = uv_program()
    if uv is None:
        return [("pip", by_pip)]
    by_uv = (
        [uv, "venv", "--quiet", "--no-project", "--python", python, str(folder)],
        [uv, "pip", "install", "--quiet", "--python", own, "-r", str(lock)],
    )
    return [("uv", by_uv), ("pip", by_pip)]


def _failure(command: Sequence[str]) -> str | None:
    """Run a command; return the end of what it printed where it failed."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            timeout=_INSTALL_SECONDS,
            env=environment,
        )
    except subprocess.TimeoutExpired:
        return f"it did not end within {_INSTALL_SECONDS:.0f} seconds"
    except OSError as error:
        return str(error)
    if done.returncode == 0:
        return None
    lines = (done.stderr or done.stdout).strip().splitlines()
    return "\n".join(lines[-_SHOWN_LINES:]) or f"exit code {done.returncode}"


def _described(program: Path, *, is_fresh: bool) -> Interpreter:
    text = subprocess.run(
        [str(program), "-I", "-c", _LIST], capture_output=True, text=True, check=True
    ).stdout
    found = json.loads(text)
    packages = {normalised(name): version for name, version in found["packages"].items() if name}
    return Interpreter(program, is_fresh, found["python"], packages)


def package_differences(lock: str, interpreter: Interpreter) -> list[str]:
    """Say which installed packages are not those of a lock.

    Of an environment that was not made from the lock only what training uses is compared: what the lock names, and
    what pandas uses without being asked.

    Args:
        lock: Text of the lock.
        interpreter: What is installed.
    """
    pinned = dict(line.split("==", 1) for line in lock.splitlines() if "==" in line)
    found = interpreter.packages
    said = [
        f"{name} is not installed; the lock has {version}"
        if name not in found
        else f"{name} {found[name]} is installed; the lock has {version}"
        for name, version in pinned.items()
        if found.get(name) != version
    ]
    others = found.keys() - pinned.keys() - _INSTALLERS
    extra = others if interpreter.is_fresh else others & set(SILENT_MODULES)
    return said + [
        f"{name} {found[name]} is installed, which the lock does not name" for name in sorted(extra)
    ]
