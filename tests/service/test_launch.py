import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from nb2prod.errors import ArtifactFault, EnvironmentFault, UsageError
from nb2prod.service import launch
from nb2prod.service.launch import prepare


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


def test_what_is_started(built_service: Path, port: int) -> None:
    plan = prepare(built_service, host="127.0.0.1", port=port, version=None)
    assert plan.folder == built_service.resolve()
    assert plan.command[1:4] == ("-m", "uvicorn", "app.main:app")
    assert plan.environment["MODEL_VERSION"] == "v2"


def test_the_command_becomes_the_server(built_service: Path, port: int) -> None:
    command = [sys.executable, "-m", "nb2prod", "serve", str(built_service), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert b"birds v2 answers on" in process.stdout.readline()
        started = b"Uvicorn running on"
        assert any(started in line for line in iter(process.stderr.readline, b""))
        answer = httpx.get(f"http://127.0.0.1:{port}/health/ready")
        process.terminate()
        process.communicate(timeout=30)
    assert answer.json()["model"]["version"] == "v2"


def test_the_welcome_has_a_request_to_paste(built_service: Path, port: int) -> None:
    welcome = prepare(built_service, host="0.0.0.0", port=port, version="v1").welcome
    assert f"birds v1 answers on http://127.0.0.1:{port}" in welcome
    body = welcome.rpartition(" -d ")[2].strip("'")
    assert json.loads(body).keys() == {"island", "mass", "eggs", "seen", "tagged", "ring", "sex"}


def test_a_service_is_found_by_name(
    built_service: Path, port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "services").symlink_to(built_service.parent)
    monkeypatch.chdir(tmp_path)
    assert prepare(Path("birds"), host="127.0.0.1", port=port, version=None).folder.name == "birds"


@pytest.mark.parametrize(
    ("name", "version", "said"),
    [("elsewhere", None, "there is no service at"), ("birds", "v9", "birds has no version v9")],
)
def test_what_is_not_there(
    built_service: Path, port: int, name: str, version: str | None, said: str
) -> None:
    service = built_service.with_name(name)
    with pytest.raises(UsageError, match=said) as refusal:
        prepare(service, host="127.0.0.1", port=port, version=version)
    assert refusal.value.hint


def test_a_changed_version_is_not_started(built_service: Path, tmp_path: Path, port: int) -> None:
    service = tmp_path / "birds"
    shutil.copytree(built_service, service)
    (service / "versions" / "v2" / "pipeline.joblib").write_bytes(b"")
    with pytest.raises(ArtifactFault, match=r"pipeline\.joblib of birds v2 was changed"):
        prepare(service, host="127.0.0.1", port=port, version=None)
    assert prepare(service, host="127.0.0.1", port=port, version="v1").folder == service


def test_a_port_that_is_taken(built_service: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port: int = taken.getsockname()[1]
        with pytest.raises(EnvironmentFault, match=f"port {port}"):
            prepare(built_service, host="127.0.0.1", port=port, version=None)


def test_a_server_that_is_not_installed(
    built_service: Path, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launch, "_SERVER_MODULES", ("fastapi", "no_such_server"))
    with pytest.raises(EnvironmentFault, match="no_such_server cannot be imported"):
        prepare(built_service, host="127.0.0.1", port=port, version=None)
