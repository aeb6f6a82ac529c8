import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType

import httpx
import pytest

_STARTS_WITHIN = 180.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _running(folder: Path, log: Path, **environment: str) -> Iterator[str]:
    """Start a service's own application as an operator would, and give its address."""
    port = free_port()
    command = ["-m", "uvicorn", "app.main:app", "--port", str(port), "--no-access-log"]
    with (
        log.open("w") as stream,
        subprocess.Popen(
            [sys.executable, *command],
            cwd=folder,
            env={**os.environ, **environment},
            stdout=stream,
            stderr=stream,
        ) as process,
    ):
        url = f"http://127.0.0.1:{port}"
        try:
            _wait_until_live(url, process, log)
            yield url
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait_until_live(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"{url}/health/live", timeout=5)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"the service did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def running() -> Callable[..., AbstractContextManager[str]]:
    """Return a context that runs a service and gives its address."""
    return _running


@pytest.fixture(scope="session")
def app_module(built_service: Path) -> Callable[[str], ModuleType]:
    """Return a function that imports a module of the built service's ``app`` package."""

    def load(name: str) -> ModuleType:
        with pytest.MonkeyPatch.context() as patch:
            patch.syspath_prepend(str(built_service))
            return import_module(f"app.{name}")

    return load


@pytest.fixture(scope="module")
def service_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log") / "service.log"


@pytest.fixture(scope="module")
def client(built_service: Path, service_log: Path) -> Iterator[httpx.Client]:
    """Return a client of one service process that the whole module shares."""
    environment = {"MAX_BODY_BYTES": "200000", "MAX_RECORDS": "100"}
    with (
        _running(built_service, service_log, **environment) as url,
        httpx.Client(base_url=url, timeout=30) as client,
    ):
        yield client
