from collections.abc import Iterator
from pathlib import Path

import pytest
from app.main import create_app
from app.settings import Settings
from fastapi.testclient import TestClient
from runtime.selection import version_names

SERVICE = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session", params=version_names(SERVICE))
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def client(version: str) -> Iterator[TestClient]:
    app = create_app(Settings(folder=SERVICE, version=version))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client
