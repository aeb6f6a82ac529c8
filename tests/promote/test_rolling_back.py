from pathlib import Path
from typing import Any

import pytest

from nb2prod.config import Governance
from nb2prod.errors import UsageError
from nb2prod.promote.outcome import Outcome
from nb2prod.promote.rolling_back import rollback, served_before
from nb2prod.registry.entry import Entry
from nb2prod.registry.service_registry import opened_registry
from nb2prod.runtime.selection import choose_version
from tests.promote.conftest import judged, move


def _back(service: Path, to: str | None = None, by: str = "Ada", **governance: Any) -> Outcome:
    with opened_registry(service) as registry:
        rules = Governance.model_validate(governance)
        return rollback(registry, to, rules, by=by, reason="it is slow")


@pytest.fixture
def promoted(service: Path) -> Path:
    move(service, "v1")
    judged(service, "v2", champion="v1")
    move(service, "v2")
    return service


def test_the_version_before_comes_back(promoted: Path) -> None:
    outcome = _back(promoted)
    assert (outcome.status, outcome.version, outcome.before) == ("rolled_back", "v1", "v2")
    assert choose_version(promoted).name == "v1"
    with pytest.raises(UsageError, match="no version to go back to"):
        _back(promoted)
    assert _back(promoted, "v1").status == "unchanged"


def test_a_rollback_asks_for_no_gates(promoted: Path) -> None:
    judged(promoted, "v1", "fail")
    assert _back(promoted, "v1").status == "rolled_back"


def test_only_where_the_service_was_before(service: Path) -> None:
    move(service, "v1")
    with pytest.raises(UsageError, match="v2 was never in production"):
        _back(service, "v2")


def test_only_owners_roll_back(promoted: Path) -> None:
    outcome = _back(promoted, by="Eve", owners={"deployment": ["Ada"]}, approvals=3)
    assert outcome.status == "refused"
    assert _back(promoted, owners={"deployment": ["Ada"]}, approvals=3).status == "rolled_back"


@pytest.mark.parametrize(
    ("moves", "path"),
    [
        ("", ""),
        ("+1 +2 +3", "1 2 3"),
        ("+1 +2 -1", "1"),
        ("+1 +2 +3 -2", "1 2"),
        ("+1 +2 +3 -1 +3", "1 3"),
        ("+1 +2 -1 +2", "1 2"),
    ],
)
def test_a_rollback_takes_back_what_it_goes_back_over(moves: str, path: str) -> None:
    entries = [
        Entry(
            number,
            "",
            "promote" if text[0] == "+" else "rollback",
            "Ada",
            text[1],
            facts={"alias": "production", "after": text[1]},
        )
        for number, text in enumerate(moves.split(), 1)
    ]
    assert served_before(entries) == path.split()
