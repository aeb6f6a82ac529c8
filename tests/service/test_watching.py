"""A promotion under load changes the version, and no request notices but by the version in its answer."""

import json
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest

Running = Callable[..., AbstractContextManager[str]]
_WITHIN = 120.0


@pytest.fixture
def service(built_service: Path, tmp_path: Path) -> Path:
    copied = tmp_path / "birds"
    shutil.copytree(built_service, copied)
    (copied / "state").mkdir()
    deploy(copied, "v1")
    return copied


def deploy(service: Path, version: str) -> None:
    """Put a version into production as a promotion does: atomically."""
    path = service / "state" / "deployment.json"
    part = path.with_suffix(".part")
    part.write_text(json.dumps({"production": version}))
    part.replace(path)


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + _WITHIN
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)
    return condition()


def version_of(url: str) -> str:
    return str(httpx.get(f"{url}/version", timeout=20).json()["version"])


def test_a_promotion_fails_no_request(service: Path, tmp_path: Path, running: Running) -> None:
    rows = {
        version: json.loads((service / "versions" / version / "golden.json").read_text())["rows"][0]
        for version in ("v1", "v2")
    }
    done = threading.Event()

    def ask(url: str) -> list[tuple[int, dict[str, Any]]]:
        found = []
        with httpx.Client(base_url=url, timeout=30) as client:
            while not done.is_set():
                response = client.post("/predict", json=rows["v1"]["record"])
                found.append((response.status_code, response.json()))
        return found

    with (
        running(service, tmp_path / "log", WATCH_SECONDS="1") as url,
        ThreadPoolExecutor(4) as pool,
    ):
        assert version_of(url) == "v1"
        asked = [pool.submit(ask, url) for _ in range(4)]
        deploy(service, "v2")
        try:
            assert eventually(lambda: version_of(url) == "v2")
            assert httpx.get(f"{url}/openapi.json").json()["info"]["version"] == "v2"
        finally:
            done.set()
        answers = [answer for one in asked for answer in one.result()]
    assert {status for status, _ in answers} == {200}
    assert {answer["model"]["version"] for _, answer in answers} == {"v1", "v2"}
    for _, answer in answers:
        expected = rows[answer["model"]["version"]]["probabilities"]
        assert answer["probabilities"] == pytest.approx(expected, rel=1e-9)


def test_what_cannot_be_loaded_changes_nothing(
    service: Path, tmp_path: Path, running: Running
) -> None:
    (service / "versions" / "v2" / "code" / "functions.py").write_text("island_code = len\n")
    with running(service, tmp_path / "log", WATCH_SECONDS="1") as url:
        deploy(service, "v2")

        def has_failed() -> bool:
            return "model_switch_failures_total 1.0" in httpx.get(f"{url}/metrics").text

        assert eventually(has_failed)
        assert version_of(url) == "v1"
        assert httpx.get(f"{url}/health/ready").status_code == 200
        assert "v1 serves on" in (tmp_path / "log").read_text()
