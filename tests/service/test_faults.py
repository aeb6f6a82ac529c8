"""What a service does when it cannot serve, or is not given what it waits for."""

import json
import shutil
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

import httpx
import pytest

Running = Callable[..., AbstractContextManager[str]]


@pytest.fixture
def service(built_service: Path, tmp_path: Path) -> Path:
    copied = tmp_path / "birds"
    shutil.copytree(built_service, copied)
    return copied


def test_a_corrupt_version_is_not_served(service: Path, tmp_path: Path, running: Running) -> None:
    (service / "versions" / "v2" / "code" / "functions.py").write_text("island_code = len\n")
    log = tmp_path / "log"
    with running(service, log) as url:
        assert httpx.get(f"{url}/health/live").status_code == 200
        for response in (httpx.get(f"{url}/health/ready"), httpx.post(f"{url}/predict", json={})):
            assert response.status_code == 503
            assert response.headers["content-type"] == "application/problem+json"
            assert str(service) not in response.text
        assert "model_ready 0.0" in httpx.get(f"{url}/metrics").text
        assert httpx.get(f"{url}/openapi.json").status_code == 200
    assert "code/functions.py of birds v2 was changed" in log.read_text()


def test_the_version_in_production_serves(service: Path, tmp_path: Path, running: Running) -> None:
    (service / "state").mkdir()
    (service / "state" / "deployment.json").write_text(json.dumps({"production": "v1"}))
    with running(service, tmp_path / "log") as url:
        assert httpx.get(f"{url}/version").json()["version"] == "v1"


def test_a_body_that_does_not_come(service: Path, tmp_path: Path, running: Running) -> None:
    environment = {"READ_TIMEOUT_SECONDS": "1", "MODEL_VERSION": "v1"}
    with running(service, tmp_path / "log", **environment) as url:
        assert httpx.get(f"{url}/version").json()["version"] == "v1"
        address = urlsplit(url)
        with socket.create_connection((address.hostname, address.port), timeout=30) as half:
            half.sendall(b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
            answer = half.makefile("rb").readline()
        assert answer.startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize(
    ("name", "value"), [("MAX_BODY_BYTES", "many"), ("MAX_RECORDS", "0"), ("LOG_LEVEL", "loud")]
)
def test_a_setting_that_is_none(
    app_module: Callable[[str], ModuleType], name: str, value: str
) -> None:
    with pytest.raises(SystemExit, match=f"^{name} must be "):
        app_module("settings").read_settings({name: value})


def test_settings(app_module: Callable[[str], ModuleType]) -> None:
    settings = app_module("settings").read_settings(
        {"MAX_BODY_BYTES": "5", "LOG_LEVEL": "debug", "MODEL_VERSION": ""}
    )
    assert (settings.max_body_bytes, settings.log_level, settings.version) == (5, "DEBUG", None)
