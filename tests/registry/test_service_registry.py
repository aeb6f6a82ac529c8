"""The registry in step with the versions and the log, whatever ended a command in between."""

import errno
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nb2prod.__main__ import main
from nb2prod.errors import ArtifactFault, EnvironmentFault
from nb2prod.registry.address import URI_VARIABLE
from nb2prod.registry.audit import AuditLog
from nb2prod.registry.record import Origin
from nb2prod.registry.server import Server
from nb2prod.registry.service_registry import Built, Registry, opened_registry
from nb2prod.runtime.selection import choose_version
from tests.conftest import NewService


def _promote(service: Path, version: str, by: str = "Ada") -> None:
    with opened_registry(service) as registry:
        registry.move("production", version, action="promote", by=by, reason="better", gates=None)


def _aliases(service: Path) -> dict[Any, str]:
    with opened_registry(service) as registry:
        return dict(registry.server.aliases())


def test_versions_are_registered_once_with_their_own_numbers(new_service: NewService) -> None:
    service = new_service()
    for _ in range(2):
        with opened_registry(service) as registry:
            assert sorted(registry.server.versions()) == ["v1", "v2"]
    actions = [(entry.action, entry.version) for entry in AuditLog(service).entries()]
    assert actions == [("register", "v1"), ("register", "v2")]


def test_a_run_has_metrics_parameters_data_and_the_version(new_service: NewService) -> None:
    service = new_service("v1")
    built = Built("v1", Origin("abc", is_dirty=True), {"seen.json": service / "nb2prod.toml"})
    with opened_registry(service, built) as registry:
        found = registry.server.versions()["v1"]
        run = registry.server.client.get_run(found.run_id)
        names = {one.path for one in registry.server.client.list_artifacts(found.run_id, "model")}
        kept = {one.path for one in registry.server.client.list_artifacts(found.run_id)}
    assert run.data.metrics == {"accuracy": 0.75}
    assert run.data.params["seed"] == "42"
    assert run.info.status == "FINISHED"
    assert run.data.tags["mlflow.source.git.commit"] == "abc"
    assert run.data.tags["nb2prod.dirty"] == "true"
    assert {"model/manifest.json", "model/MLmodel", "model/pipeline.joblib"} <= names
    assert kept == {"model", "seen.json"}


@pytest.mark.filterwarnings("ignore")  # MLflow warns about its own type hints when it is imported
def test_mlflow_opens_what_was_registered(
    new_service: NewService, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.conftest import raw_frame

    service = new_service("v1")
    with opened_registry(service) as registry:
        uri = registry.server.address.uri
    import mlflow

    monkeypatch.setenv(URI_VARIABLE, uri)
    monkeypatch.setattr(mlflow.tracking._tracking_service.utils, "_tracking_uri", uri)
    model = mlflow.pyfunc.load_model("models:/birds/1")
    rows = raw_frame().drop(columns=["species"]).dropna().head(5)
    answers = model.predict(rows.astype({"seen": "datetime64[ns]"}))
    assert set(answers) <= {"Adelie", "Gentoo"}
    assert len(answers) == len(rows)


def test_a_number_that_is_gone_is_used_up(new_service: NewService) -> None:
    service = new_service("v2")
    with opened_registry(service) as registry:
        found = registry.server.versions()
    assert sorted(found) == ["v1", "v2"]
    assert [found["v1"].is_gone, found["v2"].is_gone] == [True, False]


def test_an_alias_moves_and_the_service_reads_it(new_service: NewService) -> None:
    service = new_service()
    assert choose_version(service).name == "v2"
    _promote(service, "v1")
    assert _aliases(service) == {"production": "v1"}
    assert choose_version(service).name == "v1"
    content = json.loads((service / "state" / "deployment.json").read_text())
    assert content == {"format": 1, "production": "v1", "staging": None, "held_back": []}


WRITES: dict[str, Callable[[pytest.MonkeyPatch, BaseException], None]] = {}


def _write(name: str, target: str, attribute: str) -> None:
    def inject(patch: pytest.MonkeyPatch, error: BaseException) -> None:
        def fail(*_: Any, **__: Any) -> None:
            raise error

        patch.setattr(f"{target}.{attribute}", fail)

    WRITES[name] = inject


for _name, _target, _attribute in (
    ("log", "nb2prod.registry.audit", "_write_at"),
    ("alias", "nb2prod.registry.server.Server", "point"),
    ("head", "nb2prod.registry.server.Server", "set_head"),
    ("deployment", "nb2prod.registry.deployment", "write_atomically"),
):
    _write(_name, _target, _attribute)


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), EnvironmentFault("the disk is full")], ids=["ended", "full"]
)
def test_a_promotion_that_is_ended_is_finished_or_never_was(
    write: str, error: BaseException, new_service: NewService, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = new_service()
    _promote(service, "v1")
    with opened_registry(service) as registry, monkeypatch.context() as patch:
        WRITES[write](patch, error)
        with pytest.raises(type(error)):
            registry.move("production", "v2", action="promote", by="Ada", reason="", gates=None)
    expected = "v1" if write == "log" else "v2"
    assert _aliases(service) == {"production": expected}
    assert choose_version(service).name == expected
    entries, faults = AuditLog(service).checked(Server("birds", _address(service)).head())
    assert faults == []
    assert [entry.version for entry in entries if entry.alias][-1] == expected


def _address(service: Path) -> Any:
    from nb2prod.registry.address import address_of

    return address_of(service)


@pytest.mark.parametrize(
    "place",
    [
        "nb2prod.registry.registering.log_run",
        "nb2prod.registry.logging_run._log_numbers",
        "nb2prod.registry.logging_run._log_data",
        "nb2prod.registry.logging_run._log_files",
        "nb2prod.registry.service_registry.create_version",
        "nb2prod.registry.audit._write_at",
        "nb2prod.registry.server.Server.set_head",
    ],
    ids=lambda place: place.rpartition(".")[2],
)
def test_a_registration_that_is_ended_is_done_again(
    place: str, new_service: NewService, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = new_service()

    def fail(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(place, fail)
        with pytest.raises(KeyboardInterrupt), opened_registry(service):
            pass
    with opened_registry(service) as registry:
        assert sorted(registry.server.versions()) == ["v1", "v2"]
        experiment = registry.server.client.get_experiment_by_name("birds").experiment_id
        runs = registry.server.client.search_runs([experiment])
    assert [run.info.status for run in runs] == ["FINISHED"] * len(runs)
    versions = [entry.version for entry in AuditLog(service).entries()]
    assert versions == ["v1", "v2"]


def test_a_full_disk_while_registering_is_told_and_made_good(
    new_service: NewService, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = new_service("v1")

    def fail(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("nb2prod.registry.logging_run.copy_tree", fail)
        with pytest.raises(EnvironmentFault, match="the disk is full"), opened_registry(service):
            pass
    _promote(service, "v1")
    assert _aliases(service) == {"production": "v1"}


def test_a_lost_database_is_made_again_from_versions_and_log(
    new_service: NewService, migrated_database: Path
) -> None:
    service = new_service()
    _promote(service, "v2")
    _promote(service, "v1")
    shutil.copyfile(migrated_database, service / "state" / "mlflow.db")
    assert _aliases(service) == {"production": "v1"}


def test_a_changed_version_is_not_promoted(new_service: NewService) -> None:
    service = new_service()
    _promote(service, "v1")
    model = service / "versions" / "v2" / "pipeline.joblib"
    model.chmod(0o644)
    content = bytearray(model.read_bytes())
    content[100] ^= 1
    model.write_bytes(content)
    with opened_registry(service) as registry, pytest.raises(ArtifactFault, match="was changed"):
        registry.move("production", "v2", action="promote", by="Ada", reason="", gates=None)
    assert _aliases(service) == {"production": "v1"}


def test_a_damaged_version_is_left_out_and_stops_no_other(new_service: NewService) -> None:
    service = new_service()
    (service / "versions" / "v1" / "manifest.json").unlink()
    _promote(service, "v2")
    assert _aliases(service) == {"production": "v2"}
    with opened_registry(service) as registry, pytest.raises(ArtifactFault, match="no manifest"):
        registry.move("production", "v1", action="promote", by="Ada", reason="", gates=None)


def test_a_changed_log_stops_every_command(new_service: NewService) -> None:
    service = new_service()
    _promote(service, "v1")
    log = AuditLog(service).path
    log.write_bytes(log.read_bytes().replace(b"better", b"bettor"))
    with pytest.raises(ArtifactFault, match="is not as it was written"), opened_registry(service):
        pass


def test_a_log_whose_end_is_lost_stops_every_command(new_service: NewService) -> None:
    service = new_service()
    _promote(service, "v1")
    log = AuditLog(service).path
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:-1]))
    with pytest.raises(ArtifactFault, match="the log ends early"), opened_registry(service):
        pass


def test_another_version_of_the_same_number_is_told(
    new_service: NewService, make_version: Callable[..., Path]
) -> None:
    service = new_service("v1")
    with opened_registry(service):
        pass
    shutil.rmtree(service / "versions" / "v1")
    make_version(service, "v1", scale=3.0)
    with (
        pytest.raises(ArtifactFault, match="the registry has another birds v1"),
        opened_registry(service, Built("v1")),
    ):
        pass


def test_a_registry_that_is_away_is_told_soon(
    new_service: NewService, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = new_service()
    monkeypatch.setenv(URI_VARIABLE, "http://user:secret@127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with (
        pytest.raises(EnvironmentFault, match="does not answer") as caught,
        opened_registry(service),
    ):
        pass
    assert "secret" not in caught.value.what


def test_a_damaged_database_is_told(new_service: NewService) -> None:
    service = new_service()
    (service / "state" / "mlflow.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(EnvironmentFault, match="does not answer"), opened_registry(service):
        pass


def test_the_registry_is_held_by_one_command(new_service: NewService) -> None:
    service = new_service("v1")
    with opened_registry(service) as registry:
        assert isinstance(registry, Registry)
        assert (service / "state" / ".registry.lock").is_file()


def test_a_half_migrated_database_is_told_with_the_way_out(new_service: NewService) -> None:
    service = new_service()
    with sqlite3.connect(service / "state" / "mlflow.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '451aebb31d03'")
    with (
        pytest.raises(EnvironmentFault, match="does not answer") as caught,
        opened_registry(service),
    ):
        pass
    assert caught.value.hint is not None
    assert "mlflow db upgrade" in caught.value.hint
    assert main(["versions", str(service)]) == 0
