"""Ask the packaged service itself, over HTTP on this machine."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from nb2prod.errors import ExecutionFailed
from nb2prod.prove.answered import Row, compare_answer, differs
from nb2prod.prove.equality import RELATIVE_TOLERANCE, Comparison
from nb2prod.train.process import last_lines, tethered

_START_SECONDS = 90.0
_BATCH = 500


def ask_service(service: Path, version: str, golden: Mapping[str, Any], log: Path) -> Comparison:
    """Ask the service for every golden row, singly and in batches.

    Args:
        service: The service's folder.
        version: The version that is to answer.
        golden: Records with the notebook's answers.
        log: File of what the server prints.

    Raises:
        ExecutionFailed: If the service does not become ready.
    """
    with running_service(service, version, log) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            return compare_answers(connection, golden["rows"], golden["tolerance"])
        finally:
            connection.close()


@contextlib.contextmanager
def running_service(service: Path, version: str, log: Path) -> Iterator[int]:
    """Run a service's own server on a free port of the loopback address, and end it afterwards.

    Yields:
        The port.

    Raises:
        ExecutionFailed: If the service does not become ready.
    """
    port = _free_port()
    command = [sys.executable, "-m", "uvicorn", "app.main:app", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--no-access-log", "--log-level", "warning"]
    environment = {**os.environ, "MODEL_VERSION": version, "PYTHONDONTWRITEBYTECODE": "1"}
    with tethered(command, folder=service, environment=environment, log=log) as process:
        _wait_until_ready(process, port, log)
        yield port


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if _is_ready(port):
            return
        time.sleep(0.1)
    raise ExecutionFailed(
        "the generated service did not start",
        why=last_lines(log),
        hint="if a package is missing, install the version's requirements-serve.lock",
    )


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def compare_answers(
    connection: http.client.HTTPConnection,
    rows: Sequence[Row],
    tolerance: float = RELATIVE_TOLERANCE,
) -> Comparison:
    """Post each record by itself and all in batches; a row differs where one of its answers does.

    Args:
        connection: To the service.
        rows: Golden rows.
        tolerance: Largest relative difference of two numbers that count as equal.
    """
    single = [_ask_one(connection, row, tolerance) for row in rows]
    batch: list[Comparison] = []
    for start in range(0, len(rows), _BATCH):
        batch += _ask_many(connection, rows[start : start + _BATCH], tolerance)
    found = Comparison(0, 0)
    for number, (one, other) in enumerate(zip(single, batch, strict=True)):
        worse = one if one.mismatches else other
        largest = max(one.largest, other.largest)
        found = found.joined(Comparison(1, worse.mismatches, largest, worse.first, number))
    return found


def _ask_one(connection: http.client.HTTPConnection, row: Row, tolerance: float) -> Comparison:
    status, answer = _post(connection, "/predict", row["record"])
    if status != http.HTTPStatus.OK:
        return differs(f"/predict answered {status}: {_reason(answer)}")
    return compare_answer(answer.get("prediction"), answer.get("probabilities"), row, tolerance)


def _ask_many(
    connection: http.client.HTTPConnection, rows: Sequence[Row], tolerance: float
) -> list[Comparison]:
    status, answer = _post(connection, "/predict/batch", {"records": [r["record"] for r in rows]})
    given = answer.get("predictions") or []
    if status != http.HTTPStatus.OK or len(given) != len(rows):
        text = f"/predict/batch answered {status}: {_reason(answer)}"
        return [differs(text) for _ in rows]
    probabilities = answer.get("probabilities") or [None] * len(rows)
    asked = zip(given, probabilities, rows, strict=True)
    return [compare_answer(prediction, part, row, tolerance) for prediction, part, row in asked]


def _reason(answer: Mapping[str, Any]) -> str:
    return json.dumps(answer.get("errors") or answer.get("detail") or answer)[:300]


def _post(
    connection: http.client.HTTPConnection, path: str, body: Mapping[str, Any]
) -> tuple[int, dict[str, Any]]:
    text = json.dumps(body, allow_nan=False).encode()
    try:
        connection.request("POST", path, body=text, headers={"Content-Type": "application/json"})
        response = connection.getresponse()
        status, data = response.status, response.read()
    except (OSError, http.client.HTTPException) as error:
        connection.close()  # The next request opens it again.
        return 0, {"detail": f"no answer: {error!r}"}
    try:
        answer = json.loads(data)
    except ValueError:
        answer = {"detail": data[:200].decode(errors="replace")}
    return status, answer if isinstance(answer, dict) else {"detail": answer}
