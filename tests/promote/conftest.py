from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from nb2prod.artifact.evidence import keep_gates
from nb2prod.config import Governance
from nb2prod.promote.outcome import Outcome
from nb2prod.promote.promoting import promote
from nb2prod.registry.service_registry import opened_registry
from tests.conftest import NewService

TODAY = date(2026, 1, 1)


def gates_of(version: str, verdict: str = "pass", champion: str | None = None) -> dict[str, Any]:
    """Return the content of a `gates.json`, as judging would leave it."""
    result = {"gate": "metric:auc", "verdict": verdict, "message": "0.6 is too low", "waived": None}
    return {"version": version, "verdict": verdict, "champion": champion, "gates": [result]}


def judged(service: Path, version: str, verdict: str = "pass", champion: str | None = None) -> None:
    """Keep and note the gates of a version."""
    with opened_registry(service) as registry:
        kept = keep_gates(service, version, gates_of(version, verdict, champion))
        facts = {"gates": kept.digest, "verdict": verdict}
        registry.note("gate", version, by="builder", reason="", facts=facts)


Promote = Callable[..., Outcome]


@pytest.fixture
def service(new_service: NewService, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a service whose v1 and v2 passed their gates and were built by `builder`."""
    monkeypatch.setenv("NB2PROD_USER", "builder")
    folder = new_service()
    for version in ("v1", "v2"):
        keep_gates(folder, version, gates_of(version))
    with opened_registry(folder):
        return folder


def move(
    service: Path,
    version: str,
    alias: Any = "production",
    by: str = "Ada",
    today: date = TODAY,
    **governance: Any,
) -> Outcome:
    """Promote a version."""
    rules = Governance.model_validate(governance)
    with opened_registry(service) as registry:
        return promote(registry, version, alias, rules, by=by, reason="why not", today=today)
