"""The commands of a service's registry, as people and scripts see them."""

import json
from pathlib import Path

import pytest

from nb2prod.__main__ import main
from tests.conftest import NewService


@pytest.fixture
def service(new_service: NewService, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("NB2PROD_USER", "Ada")
    folder = new_service()
    monkeypatch.chdir(folder.parent)
    return folder.name


def _json(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, object]]:
    capsys.readouterr()
    code = main([*arguments, "--format", "json"])
    content: dict[str, object] = json.loads(capsys.readouterr().out)
    return code, content


def test_the_way_into_production_and_back(service: str, capsys: pytest.CaptureFixture[str]) -> None:
    to = ("--to", "production", "--by", "Grace")
    assert main(["promote", service, "v1", *to]) == 1
    shown = capsys.readouterr().out
    assert f"refused: {service} v1 is not in production" in shown
    assert "because its gates were never judged" in shown
    assert main(["gate", service, "v1"]) == 0
    assert f"pass: {service} v1" in capsys.readouterr().out
    assert main(["promote", service, "v1", *to, "--reason", "the first"]) == 0
    assert f"promoted: {service} v1 is in production, where nothing was" in capsys.readouterr().out
    code, outcome = _json(capsys, "promote", service, "v1", *to)
    assert (code, outcome["status"]) == (0, "unchanged")
    code, outcome = _json(capsys, "rollback", service)
    assert (code, outcome["status"]) == (2, "failed")
    code, listed = _json(capsys, "versions", service)
    assert code == 0
    versions = listed["versions"]
    assert isinstance(versions, list)
    assert [one["aliases"] for one in versions] == [["production"], []]
    assert main(["versions", service]) == 0
    assert "v1    production" in capsys.readouterr().out
    assert main(["history", service]) == 0
    history = capsys.readouterr().out
    assert "production: nothing -> v1  by Grace  (the first)" in history
    assert main(["audit", "verify", service]) == 0
    assert f"whole: the audit log of {service}" in capsys.readouterr().out
    log = Path(service) / "state" / "audit.jsonl"
    log.write_bytes(log.read_bytes().replace(b"the first", b"The first"))
    code, audit = _json(capsys, "audit", "verify", service)
    assert (code, audit["status"]) == (1, "changed")
    assert main(["audit", "verify", service]) == 1
    assert "edited" in capsys.readouterr().out
    assert main(["promote", service, "v2", *to]) == 2
    assert "is not as it was written" in capsys.readouterr().err


def test_a_registry_that_is_off_is_said(service: str, capsys: pytest.CaptureFixture[str]) -> None:
    (Path(service) / "nb2prod.toml").write_text("[registry]\nenabled = false\n")
    assert main(["promote", service, "v1", "--to", "production", "--by", "Ada"]) == 2
    assert "birds has no registry" in capsys.readouterr().err
    assert main(["gate", service, "v1"]) == 0
    assert not (Path(service) / "state" / "audit.jsonl").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["promote", "birds", "v9", "--to", "staging", "--by", "Ada"], "birds has no version v9"),
        (["promote", "birds", "v1", "--to", "staging", "--by", " "], "--by must name somebody"),
        (["promote", "nothing", "v1", "--to", "staging", "--by", "Ada"], "there is no service"),
        (["rollback", "birds", "--to", "v9"], "birds has no version v9"),
        (["gate", "nothing"], "there is no service"),
        (["history", "nothing"], "there is no service"),
    ],
)
def test_what_is_not_there_is_told(
    arguments: list[str], said: str, service: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert said in capsys.readouterr().err
