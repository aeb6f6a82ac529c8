"""Open MLflow: quiet, without telemetry, impatient, and with a database that is whole or not there."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nb2prod.artifact.disk import explained_faults, sync_folder
from nb2prod.errors import EnvironmentFault
from nb2prod.registry.address import URI_VARIABLE, Address

_SETTINGS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    # MLflow's own defaults let a command wait for minutes before it says that a server is away.
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
}

_CREDENTIALS = re.compile(r"//[^/@\s]+@")


def open_client(address: Address) -> Any:
    """Return a client of the registry, whose database is made where there is none.

    Importing MLflow takes seconds, so it is imported here and not with this module.

    Raises:
        EnvironmentFault: The registry cannot be reached, or is of another MLflow.
    """
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    with explained_registry(address):
        from mlflow import MlflowClient

        for name in ("mlflow", "alembic"):
            logging.getLogger(name).setLevel(logging.WARNING)
        # It logs the traceback of what it raises as well, which is explained here.
        logging.getLogger("mlflow.store.db.utils").setLevel(logging.CRITICAL)
        if address.database is not None and not address.database.exists():
            _make_database(address.database)
        client = MlflowClient(tracking_uri=address.uri, registry_uri=address.uri)
        # The first request opens the database, and finds out that a server is away.
        client.search_experiments(max_results=1)
        return client


@contextlib.contextmanager
def explained_registry(address: Address) -> Iterator[None]:
    """Turn what MLflow raises into a fault that the user can mend.

    Raises:
        EnvironmentFault: The block raised an error of MLflow, of its database or of the disk.
    """
    try:
        yield
    except EnvironmentFault:
        raise
    except Exception as error:
        # MLflow passes on what its database driver and its HTTP library raise: too many kinds to name.
        raise EnvironmentFault(
            f"the registry at {_public(address)} does not answer: {_first_line(error)}",
            why="a version that is not registered cannot be promoted; versions on disk are as they were",
            hint=_hint(address, str(error)),
        ) from error


def _make_database(path: Path) -> None:
    """Migrate a new database aside and move it into place: MLflow cannot go on with a half-migrated one."""
    from mlflow import MlflowClient

    with explained_faults(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".mlflow-") as folder:
            made = Path(folder) / path.name
            MlflowClient(tracking_uri=f"sqlite:///{made}").search_experiments(max_results=1)
            made.replace(path)
        sync_folder(path.parent)


def _public(address: Address) -> str:
    return _without_password(address.uri)


def _without_password(text: str) -> str:
    return _CREDENTIALS.sub("//", text)


def _first_line(error: Exception) -> str:
    text = str(error).strip().split("\n", 1)[0]
    return f"{type(error).__name__}: {_without_password(text)}"[:300]


def _hint(address: Address, text: str) -> str:
    if "out-of-date database schema" in text:
        return f"make a copy of it, then: mlflow db upgrade {_public(address)}"
    if address.database is not None:
        return (
            f"if {address.database} is damaged, move it away: the next promotion makes it again "
            "from versions/ and the audit log"
        )
    return f"see that the server runs, or unset {URI_VARIABLE} to use the service's own database"
