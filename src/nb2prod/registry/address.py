"""Where a service's registry is: SQLite in its own folder, or the server that the environment names."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

URI_VARIABLE = "MLFLOW_TRACKING_URI"
DATABASE_NAME = "mlflow.db"


@dataclass(frozen=True, slots=True)
class Address:
    """A registry's address.

    Attributes:
        uri: MLflow's tracking URI.
        database: The SQLite file within the service, or None for a server.
        artifacts: URI of the folder for artifacts, or None where the server decides.
    """

    uri: str
    database: Path | None = None
    artifacts: str | None = None


def address_of(service: Path) -> Address:
    """Return where the versions of a service are registered."""
    uri = os.environ.get(URI_VARIABLE)
    if uri:
        return Address(uri)
    state = service.resolve() / "state"
    database = state / DATABASE_NAME
    return Address(f"sqlite:///{database}", database, (state / "artifacts").as_uri())
