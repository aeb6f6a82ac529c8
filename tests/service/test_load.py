"""A real server under load: answers are whole and belong to their requests, also while it ends."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.service.conftest import free_port

Row = dict[str, Any]
Running = Callable[..., AbstractContextManager[str]]
_WORKERS = 16


@pytest.fixture(scope="module")
def golden(built_service: Path) -> list[Row]:
    text = (built_service / "versions" / "v2" / "golden.json").read_text()
    rows: list[Row] = json.loads(text)["rows"]
    return rows


def post(connection: http.client.HTTPConnection, record: object) -> tuple[int, Row]:
    connection.request("POST", "/predict", json.dumps(record))
    response = connection.getresponse()
    return response.status, json.loads(response.read())


def connect(url: str) -> http.client.HTTPConnection:
    address = urlsplit(url)
    assert address.hostname
    return http.client.HTTPConnection(address.hostname, address.port, timeout=30)


def test_answers_under_load_are_those_of_one_record_alone(
    client: httpx.Client, golden: list[Row]
) -> None:
    def ask(worker: int) -> list[tuple[Row, int, Row]]:
        with closing(connect(str(client.base_url))) as connection:
            rows = [golden[(worker * 7 + i) % len(golden)] for i in range(30)]
            # Every fifth is one that the model refuses: its neighbours in the batch must not notice.
            sent = [
                {**row["record"], "sex": "?"} if i % 5 == 0 else row["record"]
                for i, row in enumerate(rows)
            ]
            answers = [post(connection, record) for record in sent]
        return [(row, *answer) for row, answer in zip(rows, answers, strict=True)]

    with ThreadPoolExecutor(_WORKERS) as pool:
        found = [each for part in pool.map(ask, range(_WORKERS)) for each in part]
    assert [status for _, status, _ in found].count(422) == len(found) // 5
    for row, status, answer in found:
        if status != 422:
            assert (status, answer["prediction"]) == (200, row["prediction"])
            assert answer["probabilities"] == pytest.approx(row["probabilities"], rel=1e-9)
    sizes = [
        float(line.rpartition(" ")[2])
        for line in client.get("/metrics").text.splitlines()
        if line.startswith(('model_batch_records_bucket{le="1.0"}', "model_batch_records_count"))
    ]
    assert sizes[0] < sizes[1], "no batch held more than one record"


def test_too_many_at_a_time(built_service: Path, tmp_path: Path, running: Running) -> None:
    with running(built_service, tmp_path / "log", MAX_CONCURRENT_REQUESTS="1") as url:
        address = urlsplit(url)
        with socket.create_connection((address.hostname, address.port), timeout=30) as half:
            half.sendall(b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
            deadline = time.monotonic() + 20
            response = httpx.get(f"{url}/version")
            while response.status_code == 200 and time.monotonic() < deadline:
                response = httpx.get(f"{url}/version")
            assert response.status_code == 503
            assert response.headers["retry-after"] == "1"
            assert httpx.get(f"{url}/health/ready").status_code == 200


@pytest.fixture
def ending(built_service: Path, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Return a running service whose process the test may end, and its address."""
    port = free_port()
    command = ["-m", "uvicorn", "app.main:app", "--port", str(port), "--no-access-log"]
    log = (tmp_path / "log").open("w")
    with (
        log,
        subprocess.Popen(
            [sys.executable, *command],
            cwd=built_service,
            env={**os.environ, "DRAIN_SECONDS": "2"},
            stdout=log,
            stderr=log,
        ) as process,
    ):
        url = f"http://127.0.0.1:{port}"
        try:
            deadline = time.monotonic() + 180
            while not is_ready(url) and time.monotonic() < deadline:
                time.sleep(0.1)
            yield process, url
        finally:
            process.kill()


def is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def test_the_end_loses_no_request(
    ending: tuple[subprocess.Popen[bytes], str], golden: list[Row]
) -> None:
    process, url = ending
    away = threading.Event()

    def ask(worker: int) -> list[int]:
        """Ask until readiness says no, as a load balancer would."""
        statuses = []
        with closing(connect(url)) as connection:
            while not away.is_set():
                row = golden[worker % len(golden)]
                status, answer = post(connection, row["record"])
                statuses.append(status)
                assert answer["prediction"] == row["prediction"]
        return statuses

    with ThreadPoolExecutor(_WORKERS) as pool:
        workers = [pool.submit(ask, number) for number in range(_WORKERS)]
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        # Still answering, while its readiness already says no.
        deadline = time.monotonic() + 20
        while is_ready(url) and time.monotonic() < deadline:
            time.sleep(0.01)
        draining = httpx.get(f"{url}/health/ready")
        away.set()
        statuses = [status for worker in workers for status in worker.result()]
    assert draining.status_code == 503
    assert draining.headers["connection"] == "close"
    assert len(statuses) > _WORKERS
    assert set(statuses) == {200}
    # uvicorn raises the signal again once it has ended in order.
    assert process.wait(timeout=30) == -signal.SIGTERM
