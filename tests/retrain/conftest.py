import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from nb2prod.registry.address import URI_VARIABLE
from nb2prod.retrain.options import RetrainOptions
from nb2prod.retrain.recipe import retrain
from nb2prod.retrain.result import RetrainResult
from tests.build.conftest import FirstBuild, first_build
from tests.retrain.saved import FirstService, save_steps, use_saved_steps

__all__ = ["first_build", "first_service"]


def more_rows(service: Path, path: Path, count: int = 20) -> Path:
    """Write the service's table with some rows twice."""
    table = pd.read_csv(service / "notebook" / "data" / "plants.csv")
    pd.concat([table, table.head(count)]).to_csv(path, index=False)
    return path


@pytest.fixture(scope="session")
def first_service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> FirstService:
    """Retrain the small notebook's service once for real, for all processes of this test run. Do not change it."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "retraining"
    folder.mkdir(exist_ok=True)
    found = FirstService(folder / "services" / "plants", folder / "saved", folder / "built")
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            built: FirstBuild = request.getfixturevalue("first_build")
            shutil.copytree(built.output / "plants", found.folder)
            shutil.copytree(built.saved, found.built)
            _retrain_once(found, folder)
            (folder / "done").touch()
    return found


def _retrain_once(found: FirstService, folder: Path) -> None:
    shutil.copytree(found.folder, folder / "retrained" / "plants")
    found.saved.mkdir()
    new = more_rows(found.folder, folder / "new.csv")
    with pytest.MonkeyPatch.context() as patch:
        save_steps(patch, found.saved)
        retrain(folder / "retrained" / "plants", RetrainOptions(data=(str(new),)))


@pytest.fixture
def retrained(first_service: FirstService) -> Path:
    """Return the service after its one real retraining. Do not change it."""
    return first_service.saved.parent / "retrained" / "plants"


@pytest.fixture
def service(
    first_service: FirstService,
    migrated_database: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Path]:
    """Return a service with v1 whose registry is new; its retrainings are quick."""
    monkeypatch.delenv(URI_VARIABLE, raising=False)
    monkeypatch.setenv("NB2PROD_USER", "robot")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    use_saved_steps(monkeypatch, first_service.saved)
    folder = tmp_path / "services" / "plants"
    shutil.copytree(first_service.folder, folder)
    (folder / "state").mkdir(exist_ok=True)
    shutil.copyfile(migrated_database, folder / "state" / "mlflow.db")
    configure(folder)
    yield folder
    assert list(temporary.iterdir()) == []


def configure(service: Path, text: str = "") -> None:
    """Give a service other settings; the registry is on."""
    (service / "nb2prod.toml").write_text(f'name = "plants"\n{text}')


Retrain = Callable[..., RetrainResult]


@pytest.fixture
def quick(service: Path, tmp_path: Path) -> Retrain:
    """Return a retraining on the table with so many more rows."""

    def run(count: int = 20, **options: object) -> RetrainResult:
        new = more_rows(service, tmp_path / "new.csv", count)
        if "data" not in options:
            options["data"] = (str(new),)
        return retrain(service, RetrainOptions(**options))  # type: ignore[arg-type]  # by name

    # The table that further rows are added to must not grow with each retraining.
    original = (service / "notebook" / "data" / "plants.csv").read_bytes()

    def from_original(count: int = 20, **options: object) -> RetrainResult:
        (service / "notebook" / "data" / "plants.csv").write_bytes(original)
        return run(count, **options)

    return from_original
