"""Open a registered version through MLflow: ``mlflow.pyfunc.load_model("models:/penguins@production")``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from nb2prod.runtime.loading import LoadedVersion, load_version


class VersionModel:
    """A version that answers tables.

    Args:
        version: The verified version.
    """

    def __init__(self, version: LoadedVersion) -> None:
        self._version = version

    def predict(self, table: pd.DataFrame) -> Any:
        """Return the pipeline's predictions for raw rows."""
        names = [column.name for column in self._version.schema.columns]
        return self._version.pipeline.predict(table[names])


def _load_pyfunc(path: str) -> VersionModel:
    """Open the folder that MLflow hands over; the name is MLflow's."""
    return VersionModel(load_version(Path(path)))
