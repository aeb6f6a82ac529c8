"""The contract over HTTP, against a real server process."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

Row = dict[str, Any]


@pytest.fixture(scope="module")
def golden(built_service: Path) -> list[Row]:
    text = (built_service / "versions" / "v2" / "golden.json").read_text()
    rows: list[Row] = json.loads(text)["rows"]
    return rows


@pytest.fixture(scope="module")
def record(golden: list[Row]) -> Row:
    found: Row = golden[1]["record"]
    return found


def as_problem(response: httpx.Response, status: int) -> Row:
    """Check what holds for every error, and return its body."""
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert len(response.content) <= 4096
    assert "Traceback" not in response.text
    problem: Row = response.json()
    assert problem["status"] == status
    assert problem["request_id"] == response.headers["x-request-id"]
    return problem


def test_one_record(client: httpx.Client, golden: list[Row]) -> None:
    for row in golden[:10]:
        response = client.post("/predict", json=row["record"])
        answer = response.json()
        assert response.status_code == 200
        assert answer.keys() == {"prediction", "probabilities", "model", "request_id", "warnings"}
        assert answer["prediction"] == row["prediction"]
        assert answer["probabilities"] == pytest.approx(row["probabilities"], rel=1e-9)
        assert answer["warnings"] == []
        assert answer["model"].keys() == {"name", "version", "artifact_digest"}


def test_answers_of_concurrent_requests_are_not_mixed(
    client: httpx.Client, golden: list[Row]
) -> None:
    rows = golden * 3
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda row: client.post("/predict", json=row["record"]), rows))
    for answer, row in zip(answers, rows, strict=True):
        assert answer.json()["probabilities"] == pytest.approx(row["probabilities"], rel=1e-9)


def test_a_batch_in_order(client: httpx.Client, golden: list[Row]) -> None:
    rows = golden[::-1]
    response = client.post("/predict/batch", json={"records": [row["record"] for row in rows]})
    answer = response.json()
    assert answer["predictions"] == [row["prediction"] for row in rows]
    for found, row in zip(answer["probabilities"], rows, strict=True):
        assert found == pytest.approx(row["probabilities"], rel=1e-9)
    assert answer["warnings"] == []
    assert answer["request_id"] == response.headers["x-request-id"]


def test_an_empty_batch(client: httpx.Client) -> None:
    answer = client.post("/predict/batch", json={"records": []}).json()
    assert answer["predictions"] == []


def test_a_null_where_training_saw_nulls(client: httpx.Client, record: Row) -> None:
    response = client.post("/predict", json={**record, "mass": None, "seen": None})
    assert response.status_code == 200
    assert response.json()["warnings"] == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"mass": "39"}, "must be a number, not text"),
        ({"mass": True}, "must be a number, not a boolean"),
        ({"eggs": 1.5}, "must be a whole number"),
        ({"eggs": None}, "must not be null"),
        ({"ring": 2**63}, "must lie within"),
        ({"tagged": 1}, "must be true or false"),
        ({"seen": "yesterday"}, "must be a date or time in ISO 8601"),
        ({"island": {"a": 1}}, "must be text, not an object"),
        ({"mass": -1}, "must be above 0"),
        ({"sex": "?"}, "the model has no answer to it"),
    ],
    ids=str,
)
def test_a_faulty_field(client: httpx.Client, record: Row, change: Row, reason: str) -> None:
    problem = as_problem(client.post("/predict", json={**record, **change}), 422)
    (error,) = problem["errors"]
    assert error["field"] == next(iter(change))
    assert reason in error["reason"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5000])
@pytest.mark.parametrize("field", ["mass", "eggs"])
def test_what_is_no_number_in_json(
    client: httpx.Client, record: Row, number: str, field: str
) -> None:
    body = json.dumps({**record, field: 0}).replace(f'"{field}": 0', f'"{field}": {number}')
    problem = as_problem(client.post("/predict", content=body), 422)
    assert [error["field"] for error in problem["errors"]] == [field]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "is not valid JSON at line 1 column 1"),
        (b"{", "is not valid JSON"),
        (b'{"a": 1} x', "is not valid JSON"),
        (b"\xff\xfe", "is not valid UTF-8"),
        (b"[" * 100_000, "is nested too deeply"),
        (b"null", "must be a JSON object"),
        (b"[1]", "must be a JSON object"),
        (b'{"eggs": 1, "eggs": 2}', "is there more than once"),
    ],
    ids=["empty", "cut", "extra", "not UTF-8", "deep", "null", "list", "twice"],
)
def test_a_body_that_is_no_record(client: httpx.Client, body: bytes, reason: str) -> None:
    problem = as_problem(client.post("/predict", content=body), 422)
    assert reason in problem["errors"][0]["reason"]


def test_each_field_has_one_reason(client: httpx.Client) -> None:
    problem = as_problem(client.post("/predict", json={"mass": "x", "mas": 1}), 422)
    fields = [error["field"] for error in problem["errors"]]
    assert fields == ["island", "mass", "eggs", "seen", "tagged", "ring", "sex", "mas"]


@pytest.mark.parametrize("name", ["x" * 50_000, "\ud800", "<script>"], ids=["long", "half", "tag"])
def test_odd_field_names(client: httpx.Client, record: Row, name: str) -> None:
    body = json.dumps({**record, name: 1}).encode("ascii")
    as_problem(client.post("/predict", content=body), 422)


def test_many_errors_stay_small(client: httpx.Client, record: Row) -> None:
    fields = {f"secret {i}": "leak" for i in range(2000)}
    response = client.post("/predict", json={**record, **fields})
    problem = as_problem(response, 422)
    assert problem["omitted_errors"] == 2000 - len(problem["errors"])
    assert "leak" not in response.text


@pytest.mark.parametrize(
    ("change", "field"),
    [({"island": "Atlantis"}, "island"), ({"mass": 1e6}, "mass"), ({"eggs": 40}, "eggs")],
)
def test_what_training_never_saw_is_answered_with_a_warning(
    client: httpx.Client, record: Row, change: Row, field: str
) -> None:
    answer = client.post("/predict", json={**record, **change}).json()
    assert answer["prediction"]
    assert [warning["field"] for warning in answer["warnings"]] == [field]


def test_warnings_of_a_batch_name_the_record(client: httpx.Client, record: Row) -> None:
    records = [record, {**record, "island": "Atlantis"}]
    answer = client.post("/predict/batch", json={"records": records}).json()
    assert [(w["record"], w["field"]) for w in answer["warnings"]] == [(1, "island")]


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"records": "x"}, "records"),
        ({"record": []}, ""),
        ([], ""),
        ({"records": [], "more": 1}, ""),
        ({"records": [{}, 5]}, "records[0].island"),
    ],
)
def test_a_faulty_batch(client: httpx.Client, content: object, field: str) -> None:
    problem = as_problem(client.post("/predict/batch", json=content), 422)
    assert problem["errors"][0]["field"] == field


def test_one_faulty_record_in_a_batch_is_named(client: httpx.Client, golden: list[Row]) -> None:
    records = [row["record"] for row in golden]
    records[7] = {**records[7], "eggs": "2"}
    problem = as_problem(client.post("/predict/batch", json={"records": records}), 422)
    assert [error["field"] for error in problem["errors"]] == ["records[7].eggs"]


def test_too_many_records(client: httpx.Client) -> None:
    as_problem(client.post("/predict/batch", json={"records": [1] * 101}), 413)


@pytest.mark.parametrize("is_declared", [True, False], ids=["declared", "in chunks"])
def test_a_body_that_is_too_large(client: httpx.Client, is_declared: bool) -> None:
    body = b"x" * 300_000
    content = body if is_declared else (body[i : i + 1000] for i in range(0, len(body), 1000))
    as_problem(client.post("/predict", content=content), 413)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/predict", 405),
        ("POST", "/version", 405),
        ("GET", "/../versions/v1/pipeline.joblib", 404),
    ],
)
def test_unknown_routes(client: httpx.Client, method: str, path: str, status: int) -> None:
    as_problem(client.request(method, path), status)


def test_a_declared_form_is_not_json(client: httpx.Client, record: Row) -> None:
    response = client.post("/predict", data={"a": "b"})
    assert "Content-Type: application/json" in as_problem(response, 415)["detail"]


def test_health_and_version(client: httpx.Client) -> None:
    assert client.get("/health/live").json() == {"status": "live"}
    assert client.get("/health/ready").json()["model"]["version"] == "v2"
    version = client.get("/version").json()
    assert (version["name"], version["version"], version["task"]) == (
        "birds",
        "v2",
        "classification",
    )
    assert version["classes"] == ["Adelie", "Gentoo"]
    assert version["available"] == ["v1", "v2"]


def test_schema_and_documents(client: httpx.Client, built_service: Path) -> None:
    schema = json.loads((built_service / "versions" / "v2" / "schema.json").read_text())
    assert client.get("/schema").json() == schema
    assert "swagger" in client.get("/docs").text
    document = client.get("/openapi.json").json()
    assert document["info"] == {"title": "birds", "version": "v2"}
    body = document["paths"]["/predict"]["post"]["requestBody"]["content"]["application/json"]
    assert client.post("/predict", json=body["example"]).status_code == 200
    record = document["components"]["schemas"]["Record"]
    assert record["properties"]["mass"]["type"] == ["number", "null"]
    assert record["required"] == [column["name"] for column in schema["columns"]]


@pytest.mark.parametrize(
    ("sent", "is_kept"), [("trace-1.a_B", True), ("x" * 65, False), ("a b\\n", False)]
)
def test_request_ids(client: httpx.Client, sent: str, is_kept: bool) -> None:
    received = client.get("/health/live", headers={"X-Request-ID": sent}).headers["x-request-id"]
    assert received == sent if is_kept else re.fullmatch(r"[0-9a-f]{32}", received)


def test_metrics_count(client: httpx.Client, record: Row) -> None:
    def count(line: str) -> float:
        lines = client.get("/metrics").text.splitlines()
        return sum(float(one.rpartition(" ")[2]) for one in lines if one.startswith(line))

    series = {
        'model_requests_total{path="/predict",status="200"}': 1,
        'model_requests_total{path="other",status="404"}': 1,
        'model_predictions_total{version="v2"}': 1,
        'model_input_warnings_total{field="island"}': 1,
        "model_records_rejected_total": 1,
    }
    before = {line: count(line) for line in series}
    client.post("/predict", json={**record, "island": "Atlantis"})
    client.post("/predict", json={})
    client.get("/some/scanner/path")
    assert {line: count(line) - before[line] for line in series} == series
    assert count("model_ready") == 1


def test_logs_are_json_and_hold_the_request_id(
    client: httpx.Client, service_log: Path, record: Row
) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    headers = {"X-Request-ID": "find-me", "traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    client.post("/predict", json=record, headers=headers)
    deadline = time.monotonic() + 20
    while "find-me" not in service_log.read_text() and time.monotonic() < deadline:
        time.sleep(0.05)  # Lines are written in bunches.
    lines = [json.loads(line) for line in service_log.read_text().splitlines()]
    (line,) = [line for line in lines if line.get("request_id") == "find-me"]
    assert (line["method"], line["path"], line["status"]) == ("POST", "/predict", 200)
    assert line["trace_id"] == trace
    assert not any(str(value) == record["island"] for value in line.values())
