"""Records of runs as a sweep would leave them."""

from typing import Any

from nb2prod.track.record import RunRecord


def record(number: int = 0, **fields: Any) -> RunRecord:
    """Return a run of a notebook called plants."""
    known: dict[str, Any] = {
        "id": f"20260101-00000{number}-abcd",
        "notebook": "plants.ipynb",
        "code": "sha256:" + "0" * 64,
        "parameters": {"depth": number, "kind": "tree"},
        "injected": {"depth": number},
        "seed": 42,
        "threads": 1,
        "started": "2026-01-01T00:00:00+00:00",
        "seconds": 1.0,
        "status": "finished",
        "metrics": {"accuracy": number / 10},
    }
    return RunRecord(**{**known, **fields})
