"""The comparison of answers, against a real service and against one that is wrong."""

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from nb2prod.errors import ExecutionFailed
from nb2prod.prove.over_http import ask_service, compare_answers, running_service

Answer = dict[str, Any]
ROWS = [
    {
        "record": {"mass": float(n)},
        "prediction": "ab"[n % 2],
        "probabilities": {"a": 0.25, "b": 0.75},
    }
    for n in range(6)
]
TARGETS = [{**row, "prediction": {"x": 1.0, "y": 2.0}, "probabilities": None} for row in ROWS]


class _Stub(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    single: Callable[[Answer], tuple[int, Answer]]
    batch: Callable[[list[Answer]], tuple[int, Answer]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        kind = type(self)
        status, answer = (
            kind.batch(body["records"]) if self.path.endswith("batch") else kind.single(body)
        )
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Keep the tests' output clean."""


Connect = Callable[..., http.client.HTTPConnection]


@pytest.fixture
def connect() -> Iterator[Connect]:
    servers: list[HTTPServer] = []
    connections: list[http.client.HTTPConnection] = []

    def start(single: Any, batch: Any) -> http.client.HTTPConnection:
        members = {"single": staticmethod(single), "batch": staticmethod(batch)}
        server = HTTPServer(("127.0.0.1", 0), type("Stub", (_Stub,), members))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        connections.append(http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10))
        return connections[-1]

    yield start
    for connection in connections:
        connection.close()
    for server in servers:
        server.shutdown()
        server.server_close()


def right(record: Answer) -> tuple[int, Answer]:
    row = ROWS[int(record["mass"])]
    return 200, {"prediction": row["prediction"], "probabilities": row["probabilities"]}


def right_batch(records: list[Answer]) -> tuple[int, Answer]:
    answers = [right(record)[1] for record in records]
    keys = {"predictions": "prediction", "probabilities": "probabilities"}
    return 200, {many: [each[one] for each in answers] for many, one in keys.items()}


def test_right_answers_are_equal(connect: Connect) -> None:
    found = compare_answers(connect(right, right_batch), ROWS)
    assert (found.rows, found.mismatches) == (6, 0)


def _wrong_label(record: Answer) -> tuple[int, Answer]:
    return 200, {**right(record)[1], "prediction": "c" if record["mass"] == 2 else "a"}


def _wrong_probability(record: Answer) -> tuple[int, Answer]:
    probabilities = {"a": 0.25 * (1 + (record["mass"] == 2) * 1e-6), "b": 0.75}
    return 200, {**right(record)[1], "probabilities": probabilities}


def _without_probabilities(record: Answer) -> tuple[int, Answer]:
    return 200, {**right(record)[1], "probabilities": None}


def _refusing(record: Answer) -> tuple[int, Answer]:
    return (422, {"errors": ["no"]}) if record["mass"] == 2 else right(record)


@pytest.mark.parametrize(
    ("single", "mismatches", "words"),
    [
        (_wrong_label, 4, "'a' instead of 'b'"),
        (_wrong_probability, 1, "probability of 'a'"),
        (_without_probabilities, 6, "None instead of 0.25"),
        (_refusing, 1, "422"),
    ],
    ids=["label", "probability", "no probabilities", "refused"],
)
def test_a_wrong_single_answer_is_found(
    single: object, mismatches: int, words: str, connect: Connect
) -> None:
    found = compare_answers(connect(single, right_batch), ROWS)
    assert (found.rows, found.mismatches) == (6, mismatches)
    assert found.first is not None
    assert words in found.first


def _swapped(records: list[Answer]) -> tuple[int, Answer]:
    status, answer = right_batch(records)
    return status, {name: values[::-1] for name, values in answer.items()}


def _short(records: list[Answer]) -> tuple[int, Answer]:
    return right_batch(records[1:])


def _broken(_: list[Answer]) -> tuple[int, Answer]:
    return 500, {"detail": "it fell over"}


@pytest.mark.parametrize(
    ("batch", "words"),
    [(_swapped, "instead of"), (_short, "/predict/batch"), (_broken, "fell over")],
    ids=["other order", "too few", "broken"],
)
def test_a_wrong_batch_is_found_once_a_row(batch: object, words: str, connect: Connect) -> None:
    found = compare_answers(connect(right, batch), ROWS)
    assert (found.rows, found.mismatches) == (6, 6)
    assert words in (found.first or "")


def test_several_targets_are_compared_within_the_tolerance(connect: Connect) -> None:
    def near(_: Answer) -> tuple[int, Answer]:
        return 200, {"prediction": {"x": 1.0, "y": 2.0 * (1 + 1e-12)}, "probabilities": None}

    def far(records: list[Answer]) -> tuple[int, Answer]:
        return 200, {"predictions": [{"x": 1.0, "y": 2.1} for _ in records], "probabilities": None}

    def all_near(records: list[Answer]) -> tuple[int, Answer]:
        return 200, {"predictions": [near(r)[1]["prediction"] for r in records]}

    assert compare_answers(connect(near, all_near), TARGETS).mismatches == 0
    assert compare_answers(connect(near, far), TARGETS).mismatches == 6


def test_a_service_that_goes_away_differs_in_every_row(connect: Connect) -> None:
    connection = connect(right, right_batch)
    gone = http.client.HTTPConnection("127.0.0.1", 9, timeout=1)
    assert compare_answers(connection, ROWS).mismatches == 0
    assert compare_answers(gone, ROWS).mismatches == 6


def test_a_real_service_gives_its_golden_answers(built_service: Path, tmp_path: Path) -> None:
    golden = json.loads((built_service / "versions" / "v2" / "golden.json").read_text())
    found = ask_service(built_service, "v2", golden, tmp_path / "log")
    assert (found.rows, found.mismatches) == (len(golden["rows"]), 0)


def test_a_service_that_cannot_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "main.py").write_text("raise RuntimeError('no such disk')")
    with (
        pytest.raises(ExecutionFailed, match="did not start") as raised,
        running_service(tmp_path, "v1", tmp_path / "log"),
    ):
        pytest.fail("it started")
    assert "no such disk" in str(raised.value.why)
