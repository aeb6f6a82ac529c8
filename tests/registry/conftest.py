"""A service with two hand-made versions and a database that was migrated once."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from nb2prod.registry import opening
from nb2prod.registry.address import DATABASE_NAME, URI_VARIABLE


@pytest.fixture(scope="session")
def migrated_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a new database of MLflow; migrating one takes seconds."""
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    path = tmp_path_factory.mktemp("database") / DATABASE_NAME
    opening._make_database(path)
    return path


NewService = Callable[..., Path]


@pytest.fixture
def new_service(
    built_service: Path, migrated_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> NewService:
    """Return a function that makes a service called birds, with v1 and v2 or only some of them."""
    monkeypatch.delenv(URI_VARIABLE, raising=False)

    def make(*versions: str) -> Path:
        service = tmp_path / "birds"
        shutil.copytree(built_service, service)
        for folder in (service / "versions").glob("v*"):
            if versions and folder.name not in versions:
                shutil.rmtree(folder)
        (service / "state").mkdir(exist_ok=True)
        shutil.copyfile(migrated_database, service / "state" / DATABASE_NAME)
        return service

    return make
