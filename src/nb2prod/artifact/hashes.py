"""Locks with the digests of their packages, as an index has them: what is installed is then what was meant."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from nb2prod.artifact.disk import explained_faults, write_atomically
from nb2prod.errors import EnvironmentFault

LOCKS = {
    "requirements-train.lock": "requirements-train.hashes.txt",
    "requirements-serve.lock": "requirements-serve.hashes.txt",
}
"""Name of each lock of a version, and of the same with digests in the version's reports."""

_SECONDS = 600.0
_SHOWN_LINES = 6


def uv_program() -> str | None:
    """Return where uv is: beside the Python that runs, or on the path."""
    beside = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return shutil.which("uv", path=beside)


def hashed_lock(service: Path, version: str, lock: str) -> Path:
    """Return where a version's lock with digests is, if there is one."""
    return service / "reports" / version / LOCKS[lock]


def write_hashed_locks(service: Path, version: str, python: str) -> tuple[Path, ...]:
    """Ask the index for the digests of everything that a version's locks name, and keep them in its reports.

    They are no part of the immutable version: an index may get further files of a release, for another platform say.

    Args:
        service: The service's folder.
        version: The version.
        python: Its minor release of Python.

    Raises:
        EnvironmentFault: There is no uv or no index, or the index has no digest of something.
    """
    texts = {
        hashed_lock(service, version, name): with_hashes(
            service / "versions" / version / name, python
        )
        for name in LOCKS
    }
    with explained_faults(service / "reports"):
        for path, text in texts.items():
            write_atomically(path, text.encode())
    return tuple(texts)


def with_hashes(lock: Path, python: str) -> str:
    """Return a lock's text with digests, and without the address of an index.

    Args:
        lock: The lock.
        python: The minor release of Python that it is for.

    Raises:
        EnvironmentFault: There is no uv or no index, or the index has no digest of something.
    """
    uv = uv_program()
    if uv is None:
        raise EnvironmentFault(
            "there is no uv here",
            why="it asks the index for the digests of packages without fetching them",
            hint="pip install uv",
        )
    with tempfile.TemporaryDirectory(prefix="nb2prod-") as folder:
        output = Path(folder) / "hashed.txt"
        _compile(uv, lock, python, output)
        text = output.read_text(encoding="utf-8")
    missing = _pins(lock.read_text(encoding="utf-8")) - _hashed_pins(text)
    if missing or "://" in text:
        raise EnvironmentFault(
            f"the index has no digest of {', '.join(sorted(missing)) or 'every package'}",
            why="pip refuses a file in which only some packages have digests",
            hint="use an index that has them, or the lock without digests",
        )
    return text


def _compile(uv: str, lock: Path, python: str, output: Path) -> None:
    plain = ("--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links")
    command = [uv, "pip", "compile", "--quiet", "--generate-hashes", "--no-deps", *plain]
    command += ["--python-version", python, "--output-file", str(output), str(lock)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failed(lock, str(error)) from error
    if done.returncode != 0 or not output.is_file():
        raise _failed(lock, "\n".join(done.stderr.strip().splitlines()[-_SHOWN_LINES:]))


def _failed(lock: Path, why: str) -> EnvironmentFault:
    return EnvironmentFault(
        f"the digests of what {lock.name} names cannot be had",
        why=why,
        hint="this needs a package index; the lock without digests stands as it is",
    )


def _pins(text: str) -> set[str]:
    return {line.strip() for line in text.splitlines() if "==" in line}


def _hashed_pins(text: str) -> set[str]:
    """Return the pins that at least one digest follows."""
    lines = text.splitlines()
    return {
        line.removesuffix("\\").strip()
        for line, after in zip(lines, [*lines[1:], ""], strict=True)
        if "==" in line and after.strip().startswith("--hash=sha256:")
    }
