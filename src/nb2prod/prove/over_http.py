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
from nb2prod.prove.equality import Comparison, compare, difference

_START_SECONDS = 90.0
_BATCH = 500


@contextlib.contextmanager
def running_service(service: Path, version: str) -> Iterator[int]:
    """Run a service's own server on a free port of the loopback address, and stop it afterwards.

    Yields:
        The port.

    Raises:
        ExecutionFailed: If the service does not become ready.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "app.main:app", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--no-access-log", "--log-level", "warning"]
    environment = {**os.environ, "MODEL_VERSION": version, "PYTHONDONTWRITEBYTECODE": "1"}
    with (service / "server.log").open("w+b") as log:
        process = subprocess.Popen(  # noqa: S603 (our own interpreter and the service just made)
            command, cwd=service, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _wait_until_ready(process, port, service / "server.log")
            yield port
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    (service / "server.log").unlink(missing_ok=True)


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health/ready")
            if connection.getresponse().status == 200:
                connection.close()
                return
        time.sleep(0.1)
    raise ExecutionFailed(
        "the generated service did not start",
        why="\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:]),
        hint="is the `serve` extra installed? pip install 'nb2prod[serve]'",
    )


def compare_over_http(
    port: int,
    records: Sequence[Mapping[str, Any]],
    predictions: Sequence[Any],
    probabilities: Sequence[Mapping[str, float]] | None,
) -> Comparison:
    """Post each record by itself, then all in batches, and compare every answer with the notebook's.

    Args:
        port: Where the service listens.
        records: Raw records.
        predictions: The notebook's predictions, JSON values.
        probabilities: The notebook's probabilities by class, or None.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    found = Comparison(0, 0)
    try:
        for position, record in enumerate(records):
            status, answer = _post(connection, "/predict", record)
            expected = None if probabilities is None else probabilities[position]
            found = found.joined(_compare_answer(status, answer, predictions[position], expected, position))
        for start in range(0, len(records), _BATCH):
            part = list(records[start : start + _BATCH])
            status, answer = _post(connection, "/predict/batch", {"records": part})
            given = [p.get("prediction") if isinstance(p, dict) else p for p in answer.get("predictions", [])]
            expected_part = list(predictions[start : start + _BATCH])
            if status != 200 or len(given) != len(part):
                text = f"/predict/batch answered {status} with {len(given)} of {len(part)} predictions"
                found = found.joined(Comparison(0, len(part), first=text, row=start))
                continue
            batch = compare(given, expected_part)
            found = found.joined(Comparison(0, batch.mismatches, batch.largest, batch.first, batch.row))
    finally:
        connection.close()
    return found


def _compare_answer(
    status: int,
    answer: Mapping[str, Any],
    prediction: Any,
    probabilities: Mapping[str, float] | None,
    row: int,
) -> Comparison:
    if status != 200:
        detail = answer.get("errors") or answer.get("detail") or answer
        return Comparison(1, 1, first=f"answer {status}: {json.dumps(detail)[:300]}", row=row)
    found = compare([answer.get("prediction")], [prediction])
    if found.mismatches:
        return Comparison(1, 1, first=found.first, row=row)
    if probabilities is None:
        return found
    given = answer.get("probabilities") or {}
    largest = found.largest
    for label, value in probabilities.items():
        apart = difference(given.get(label), value)
        if apart > 1e-9:
            text = f"probability of {label!r}: {given.get(label)!r} instead of {value!r}"
            return Comparison(1, 1, first=text, row=row)
        largest = max(largest, apart)
    return Comparison(1, 0, largest)


def _post(
    connection: http.client.HTTPConnection, path: str, body: Mapping[str, Any]
) -> tuple[int, dict[str, Any]]:
    text = json.dumps(body, allow_nan=False).encode()
    connection.request("POST", path, body=text, headers={"Content-Type": "application/json"})
    response = connection.getresponse()
    data = response.read()
    try:
        answer = json.loads(data)
    except ValueError:
        answer = {"detail": data[:200].decode(errors="replace")}
    return response.status, answer if isinstance(answer, dict) else {"detail": answer}
