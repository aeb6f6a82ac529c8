"""What a build leaves in the registry, and what its gates mean for it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nb2prod.errors import EnvironmentFault
from nb2prod.registry.audit import AuditLog
from nb2prod.registry.service_registry import opened_registry
from nb2prod.runtime.faults import ArtifactError
from nb2prod.runtime.selection import choose_version
from tests.build.conftest import QuickBuild

Configure = Callable[[str], None]


@pytest.fixture
def service(
    quick_build: QuickBuild,
    migrated_database: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """Return the service's folder, where a new database is ready and nothing else."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    state = tmp_path / "services" / "plants" / "state"
    state.mkdir(parents=True)
    shutil.copyfile(migrated_database, state / "mlflow.db")
    (tmp_path / "project" / "pyproject.toml").unlink()
    return state.parent


def test_a_build_is_registered_once(
    quick_build: QuickBuild, service: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert quick_build().status == "built"
    with opened_registry(service) as registry:
        found = registry.server.versions()["v1"]
        run = registry.server.client.get_run(found.run_id)
        kept = {one.path for one in registry.server.client.list_artifacts(found.run_id)}
    assert kept >= {"executed.ipynb", "gates.json", "report.html", "MODEL_CARD.md", "model"}
    assert set(run.data.metrics) == {"accuracy"}
    assert [one.dataset.name for one in run.inputs.dataset_inputs] == ["data/plants.csv"]
    assert [entry.action for entry in AuditLog(service).entries()] == ["register"]

    def fail(*_: Any, **__: Any) -> None:
        raise AssertionError("an unchanged build needs no registry")

    monkeypatch.setattr("nb2prod.registry.opening.open_client", fail)
    monkeypatch.setattr("nb2prod.registry.server.open_client", fail)
    assert quick_build().status == "unchanged"


def _ask_for(service: Path, least: float) -> None:
    settings = f"[gates.metrics.accuracy]\nmin = {least}\n"
    (service.parents[1] / "project" / "nb2prod.toml").write_text(settings)


def test_a_candidate_that_fails_its_gates_is_kept_and_does_not_serve(
    quick_build: QuickBuild, service: Path
) -> None:
    quick_build()
    _ask_for(service, 1.5)
    result = quick_build(seed=2)
    assert (result.status, result.version, result.exit_code) == ("gate_failed", "v2", 1)
    assert {gate["gate"]: gate["verdict"] for gate in result.gates} == {
        "parity": "pass",
        "metric:accuracy": "fail",
    }
    assert choose_version(service).name == "v1"
    entry = AuditLog(service).entries()[-1]
    assert (entry.version, entry.facts["verdict"]) == ("v2", "fail")
    again = quick_build(seed=2)
    assert (again.status, again.exit_code) == ("gate_failed", 1)


def test_other_gates_are_asked_without_another_version(
    quick_build: QuickBuild, service: Path
) -> None:
    _ask_for(service, 1.5)
    assert quick_build().status == "gate_failed"
    with pytest.raises(ArtifactError, match="no version of plants passed its gates"):
        choose_version(service)
    _ask_for(service, 0.1)
    result = quick_build()
    assert (result.status, result.version) == ("unchanged", "v1")
    assert choose_version(service).name == "v1"
    assert [entry.action for entry in AuditLog(service).entries()] == ["register", "gate"]


@pytest.mark.parametrize(
    "place",
    [
        "nb2prod.registry.opening.open_client",
        "nb2prod.registry.registering.log_run",
        "nb2prod.registry.service_registry.create_version",
        "nb2prod.registry.audit._write_at",
        "nb2prod.build.registering.remember",
    ],
    ids=lambda place: place.rpartition(".")[2],
)
def test_a_build_whose_registration_fails_is_taken_up_by_the_next(
    place: str, quick_build: QuickBuild, service: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise EnvironmentFault("the registry is away")

    with monkeypatch.context() as patch:
        patch.setattr(place, fail)
        if place.endswith("open_client"):
            patch.setattr("nb2prod.registry.server.open_client", fail)
        with pytest.raises(EnvironmentFault, match="is away"):
            quick_build()
    assert [path.name for path in (service / "versions").glob("v*")] == ["v1"]
    assert quick_build().status == "unchanged"
    with opened_registry(service) as registry:
        assert sorted(registry.server.versions()) == ["v1"]
    assert [entry.action for entry in AuditLog(service).entries()] == ["register"]


def test_without_a_registry_a_build_leaves_none(quick_build: QuickBuild, service: Path) -> None:
    settings = "[registry]\nenabled = false\n"
    (service.parents[1] / "project" / "nb2prod.toml").write_text(settings)
    assert quick_build().status == "built"
    assert not (service / "state" / "audit.jsonl").exists()
    assert json.loads((service / "reports" / "v1" / "gates.json").read_text())["verdict"] == "pass"
