"""Every version answers its golden rows as the notebook did, and faulty requests with reasons."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

Row = dict[str, Any]
SERVICE = Path(__file__).resolve().parents[1]


def same(found: object, expected: object, tolerance: float) -> bool:
    """Labels and texts are equal; numbers lie within the version's relative tolerance."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return found.keys() == expected.keys() and all(
            same(found[k], expected[k], tolerance) for k in found
        )
    if isinstance(expected, list) and isinstance(found, list):
        return len(found) == len(expected) and all(
            same(one, other, tolerance) for one, other in zip(found, expected, strict=True)
        )
    if isinstance(expected, float) and isinstance(found, int | float):
        return math.isclose(found, expected, rel_tol=tolerance, abs_tol=1e-12)
    return found == expected


@pytest.fixture
def content(version: str) -> dict[str, Any]:
    path = SERVICE / "versions" / version / "golden.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@pytest.fixture
def golden(content: dict[str, Any]) -> list[Row]:
    rows: list[Row] = content["rows"]
    assert rows
    return rows


@pytest.fixture
def tolerance(content: dict[str, Any]) -> float:
    """Return how far numbers may be apart, relatively: sums are ordered differently for many rows."""
    return float(content["tolerance"])


def faulty(record: Row) -> Iterator[tuple[str, Row]]:
    name = next(iter(record))
    yield name, {key: value for key, value in record.items() if key != name}
    yield name, {**record, name: [1]}
    yield "no such column", {**record, "no such column": 1}


def test_the_version_that_was_asked_for_serves(client: TestClient, version: str) -> None:
    assert client.get("/health/live").status_code == 200
    assert client.get("/health/ready").json()["model"]["version"] == version
    assert client.get("/version").json()["version"] == version


def test_one_record_at_a_time(client: TestClient, golden: list[Row], tolerance: float) -> None:
    for row in golden:
        answer = client.post("/predict", json=row["record"]).json()
        assert same(answer["prediction"], row["prediction"], tolerance), row["record"]
        assert same(answer["probabilities"], row["probabilities"], tolerance), row["record"]


@pytest.mark.parametrize("step", [1, -1], ids=["in order", "reversed"])
def test_all_records_at_once(
    client: TestClient, golden: list[Row], tolerance: float, step: int
) -> None:
    rows = golden[::step]
    answer = client.post("/predict/batch", json={"records": [row["record"] for row in rows]}).json()
    assert same(answer["predictions"], [row["prediction"] for row in rows], tolerance)
    if answer["probabilities"] is not None:
        assert same(answer["probabilities"], [row["probabilities"] for row in rows], tolerance)


def test_a_faulty_record_is_told_by_field(client: TestClient, golden: list[Row]) -> None:
    for field, record in faulty(golden[0]["record"]):
        response = client.post("/predict", json=record)
        assert response.status_code == 422
        assert response.headers["content-type"] == "application/problem+json"
        assert [error["field"] for error in response.json()["errors"]] == [field]


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '{"a": NaN}', '{"a": 1, "a": 2}'])
def test_what_is_no_record_is_told(client: TestClient, body: str) -> None:
    response = client.post("/predict", content=body)
    assert response.status_code == 422
    assert response.json()["errors"]


def test_the_documents_are_there(client: TestClient) -> None:
    assert client.get("/openapi.json").json()["paths"]["/predict"]["post"]["requestBody"]
    assert client.get("/docs").status_code == 200
    assert client.get("/schema").json()["columns"]
    assert "model_requests_total" in client.get("/metrics").text
