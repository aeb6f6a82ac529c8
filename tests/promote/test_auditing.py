from pathlib import Path

from nb2prod.promote.auditing import verify_audit
from nb2prod.promote.listing import list_versions
from nb2prod.registry.audit import AuditLog
from nb2prod.registry.service_registry import opened_registry
from tests.promote.conftest import judged, move


def test_a_log_that_nobody_touched_is_whole(service: Path) -> None:
    move(service, "v1")
    audit = verify_audit(service)
    assert (audit.is_whole, audit.notes, len(audit.entries)) == (True, (), 3)


def test_a_lost_end_is_found_with_the_registry_only(service: Path) -> None:
    move(service, "v1")
    path = AuditLog(service).path
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))
    assert [fault.kind for fault in verify_audit(service).faults] == ["lost"]
    assert verify_audit(service, offline=True).is_whole


def test_an_unfinished_action_is_no_fault(service: Path) -> None:
    facts = {"alias": "production", "before": None, "after": "v1"}
    AuditLog(service).append("promote", by="Ada", version="v1", facts=facts)
    audit = verify_audit(service)
    assert audit.is_whole
    assert audit.notes == ("the last action was not finished; the next command finishes it",)


def test_an_alias_that_was_moved_past_the_log_is_told(service: Path) -> None:
    move(service, "v1")
    with opened_registry(service) as registry:
        registry.server.point("production", "v2")
    (note,) = verify_audit(service).notes
    assert "`production` is at v2 in the registry, and the log last put it at v1" in note


def test_a_database_that_is_gone_is_told_and_not_made(service: Path) -> None:
    database = service / "state" / "mlflow.db"
    database.unlink()
    audit = verify_audit(service)
    assert audit.is_whole
    assert "is gone" in audit.notes[0]
    assert not database.exists()


def test_versions_are_listed_with_what_is_known_of_them(service: Path) -> None:
    move(service, "v1")
    judged(service, "v2", "inconclusive")
    (service / "versions" / "v3").mkdir()
    found = [(one.version, one.aliases, one.gates) for one in list_versions(service)]
    assert found == [
        ("v1", ("production",), "pass"),
        ("v2", (), "inconclusive"),
        ("v3", (), None),
    ]
    assert "has no manifest" in (list_versions(service)[2].fault or "")
