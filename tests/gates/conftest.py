from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from nb2prod.config import Gates
from nb2prod.gates.gate import Question
from nb2prod.gates.version import VersionAtHand

Ask = Callable[..., Question]


@pytest.fixture(scope="session")
def versions(tmp_path_factory: pytest.TempPathFactory, make_version: Callable[..., Path]) -> Path:
    """Return a folder of versions: good, another good one, a bad one, a small one. Do not change them."""
    service = tmp_path_factory.mktemp("judged") / "birds"
    make_version(service, "v1", rows=900, scale=1000.0)
    make_version(service, "v2", rows=900, scale=990.0)
    make_version(service, "v3", rows=900, scale=1e7)
    make_version(service, "v4", scale=700.0)
    make_version(service, "v5", rows=900, held_out=4, scale=600.0)
    return service / "versions"


@pytest.fixture(scope="session")
def ask(versions: Path) -> Ask:
    """Return a function that makes a question of the names of two versions and settings."""

    def make(candidate: str, other: str | None = None, /, **settings: Any) -> Question:
        compared = None if other is None else VersionAtHand(versions / other)
        return Question(
            VersionAtHand(versions / candidate),
            compared,
            Gates.model_validate(settings),
            date(2026, 1, 1),
        )

    return make
