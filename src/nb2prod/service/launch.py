"""Start a service's own application in place of this process."""

import importlib.util
import json
import os
import shlex
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from nb2prod.errors import ArtifactFault, EnvironmentFault
from nb2prod.runtime.faults import ArtifactError
from nb2prod.runtime.manifest import SCHEMA_NAME, Manifest
from nb2prod.runtime.schema import Schema
from nb2prod.runtime.selection import choose_version, version_names
from nb2prod.runtime.verifying import verify_version
from nb2prod.service.finding import find_service, find_version

_SERVER_MODULES = ("fastapi", "prometheus_client", "uvicorn")


@dataclass(frozen=True, slots=True)
class Launch:
    """What starting a service takes.

    Attributes:
        folder: The service's folder.
        command: Arguments of the new process.
        environment: Its environment.
        welcome: What to tell the user before it takes over the terminal.
    """

    folder: Path
    command: tuple[str, ...]
    environment: dict[str, str]
    welcome: str


def launch(
    service: Path, *, host: str, port: int, version: str | None, say: Callable[[str], object]
) -> NoReturn:
    """Become the service's server; its signals and exit status are then this process's.

    Raises:
        UsageError: There is no such service or version.
        EnvironmentFault: The port is taken, or the server is not installed.
        ArtifactFault: The version is incomplete or was changed after it was built.
    """
    plan = prepare(service, host=host, port=port, version=version)
    say(plan.welcome)
    sys.stdout.flush()
    os.chdir(plan.folder)
    os.execve(sys.executable, plan.command, plan.environment)  # noqa: S606 (no shell wanted)


def prepare(service: Path, *, host: str, port: int, version: str | None) -> Launch:
    """Check all that can be checked before starting, and say what to start.

    Raises:
        UsageError: There is no such service or version.
        EnvironmentFault: The port is taken, or the server is not installed.
        ArtifactFault: The version is incomplete or was changed after it was built.
    """
    folder = find_service(service)
    chosen = _version_folder(folder, version)
    _check_server()
    _check_port(host, port)
    command = (sys.executable, "-m", "uvicorn", "app.main:app")
    options = ("--host", host, "--port", str(port), "--no-access-log")
    return Launch(
        folder=folder,
        command=(*command, *options),
        environment={**os.environ, "MODEL_VERSION": chosen.name, "PYTHONUNBUFFERED": "1"},
        welcome=_welcome(*_verified(chosen), host, port),
    )


def _version_folder(folder: Path, version: str | None) -> Path:
    if version is not None or not version_names(folder):
        find_version(folder, version)
    try:
        return choose_version(folder, version)
    except ArtifactError as error:
        raise ArtifactFault(error.what, hint=error.hint) from error


def _check_server() -> None:
    absent = [name for name in _SERVER_MODULES if importlib.util.find_spec(name) is None]
    if absent:
        raise EnvironmentFault(
            f"{' and '.join(absent)} cannot be imported, so nothing can be served from here",
            hint="pip install 'nb2prod[serve]'",
        )


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As the server will: a port whose last connections are only winding down is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise EnvironmentFault(
                f"cannot listen on {host} port {port}: {error.strerror}",
                hint=f"choose another port: --port {port + 1 if port < 65535 else 8000}",
            ) from error


def _verified(version: Path) -> tuple[Manifest, Schema]:
    """Check a version before the server does, whose log is a worse place to find out."""
    try:
        manifest = verify_version(version)
        content = json.loads((version / SCHEMA_NAME).read_text(encoding="utf-8"))
        return manifest, Schema.from_mapping(content)
    except ArtifactError as error:
        raise ArtifactFault(
            error.what, why="only a verified version is served", hint=error.hint
        ) from error
    except (OSError, ValueError) as error:
        raise ArtifactFault(f"{SCHEMA_NAME} of {version.name} cannot be read: {error}") from error


def _welcome(manifest: Manifest, schema: Schema, host: str, port: int) -> str:
    reached = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 (compared only)
    url = f"http://{f'[{reached}]' if ':' in reached else reached}:{port}"
    body = shlex.quote(json.dumps(schema.example(), ensure_ascii=False))
    return "\n".join(
        (
            f"{manifest.name} {manifest.version} answers on {url} (Ctrl-C stops it)",
            f"try it out: {url}/docs",
            "or paste into another terminal:",
            f"  curl -s {url}/predict -H 'Content-Type: application/json' -d {body}",
        )
    )
