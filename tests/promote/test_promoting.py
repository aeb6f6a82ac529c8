"""What may go into production, and who may put it there."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from nb2prod.artifact.evidence import gates_path
from nb2prod.errors import ArtifactFault
from nb2prod.promote.auditing import verify_audit
from nb2prod.registry.audit import AuditLog
from nb2prod.registry.service_registry import opened_registry
from nb2prod.runtime.selection import choose_version
from tests.promote.conftest import gates_of, judged, move


def test_a_version_that_passed_goes_into_production(service: Path) -> None:
    outcome = move(service, "v1")
    assert (outcome.status, outcome.before, outcome.exit_code) == ("promoted", None, 0)
    assert choose_version(service).name == "v1"
    entry = AuditLog(service).entries()[-1]
    assert (entry.action, entry.by, entry.reason) == ("promote", "Ada", "why not")
    assert (entry.facts["before"], entry.facts["after"]) == (None, "v1")
    again = move(service, "v1")
    assert (again.status, again.entry) == ("unchanged", None)


@pytest.mark.parametrize(
    ("verdict", "alias", "status"),
    [
        ("fail", "production", "refused"),
        ("fail", "staging", "refused"),
        ("inconclusive", "production", "refused"),
        ("inconclusive", "staging", "promoted"),
    ],
)
def test_gates_decide(verdict: str, alias: str, status: str, service: Path) -> None:
    judged(service, "v2", verdict)
    outcome = move(service, "v2", alias)
    assert outcome.status == status
    if status == "refused":
        assert "metric:auc (0.6 is too low)" in outcome.reasons[0]
        assert outcome.exit_code == 1


def test_a_version_that_failed_does_not_serve_by_being_the_newest(service: Path) -> None:
    assert choose_version(service).name == "v2"
    judged(service, "v2", "fail")
    assert choose_version(service).name == "v1"


def test_gates_that_were_never_judged_refuse(service: Path) -> None:
    gates_path(service, "v2").unlink()
    assert move(service, "v2").reasons == ("its gates were never judged",)


def test_gates_that_were_edited_refuse(service: Path) -> None:
    judged(service, "v2", "fail")
    path = gates_path(service, "v2")
    path.write_text(json.dumps(gates_of("v2", "pass")))
    outcome = move(service, "v2")
    assert outcome.status == "refused"
    assert "not the one that the audit log names" in outcome.reasons[0]


def test_gates_that_cannot_be_read_stop_no_other_version(service: Path) -> None:
    gates_path(service, "v2").write_text("{")
    assert move(service, "v1").status == "promoted"
    with pytest.raises(ArtifactFault, match=r"gates\.json cannot be read"):
        move(service, "v2")


def test_gates_against_a_former_champion_refuse(service: Path) -> None:
    move(service, "v1")
    outcome = move(service, "v2")
    assert outcome.status == "refused"
    assert outcome.reasons == ("its gates compared it with nothing, and v1 is in production now",)
    judged(service, "v2", champion="v1")
    assert move(service, "v2").status == "promoted"


def test_a_waiver_that_ended_refuses(service: Path) -> None:
    content = gates_of("v2", "fail")
    waiver = {"by": "Ada", "reason": "soon", "until": "2026-01-31"}
    content["gates"][0]["waived"] = waiver
    from nb2prod.artifact.evidence import keep_gates

    with opened_registry(service) as registry:
        kept = keep_gates(service, "v2", {**content, "verdict": "pass"})
        registry.note("gate", "v2", by="builder", reason="", facts={"gates": kept.digest})
    assert "ended on 2026-01-31" in move(service, "v2", today=date(2026, 2, 1)).reasons[0]
    assert move(service, "v2").status == "promoted"


def test_only_owners_promote(service: Path) -> None:
    owners = {"deployment": ["Ada"]}
    outcome = move(service, "v1", by="Eve", owners=owners)
    assert outcome.reasons == ("Eve is not among the owners of deployment: Ada",)
    assert move(service, "v1", by="Ada", owners=owners).status == "promoted"


def test_the_builder_does_not_approve_alone(service: Path) -> None:
    first = move(service, "v1", by="builder", approvals=1)
    assert (first.status, first.exit_code) == ("approved", 1)
    assert "0 of 1 approvals" in first.reasons[0]
    assert move(service, "v1", by="Ada", approvals=1).status == "promoted"


def test_two_approvals_are_two_people(service: Path) -> None:
    for by in ("Ada", "Ada", "builder"):
        assert move(service, "v1", by=by, approvals=2).status == "approved"
    assert move(service, "v1", "staging", by="Ada", approvals=2).status == "promoted"
    assert move(service, "v1", by="Bob", approvals=2).status == "promoted"


def test_promotions_at_once_happen_one_after_the_other(service: Path) -> None:
    command = [sys.executable, "-m", "nb2prod", "promote", str(service), "v1"]
    options = ["--to", "production", "--format", "json", "--by"]
    started = [
        subprocess.Popen([*command, *options, by], stdout=subprocess.PIPE, text=True)
        for by in ("Ada", "Bob")
    ]
    said = [json.loads(each.communicate(timeout=300)[0])["status"] for each in started]
    assert sorted(said) == ["promoted", "unchanged"]
    audit = verify_audit(service)
    assert audit.is_whole
    assert [entry.action for entry in audit.entries].count("promote") == 1
