"""MLflow's description of a version: its signature and how it is opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nb2prod.registry.record import VersionRecord
from nb2prod.runtime.schema import Column, Schema

MODEL_FOLDER = "model"
"""Name of the artifact: the version's folder with MLflow's ``MLmodel`` beside the manifest."""

LOADER = "nb2prod.registry.flavor"

_TYPES = {
    "boolean": "boolean",
    "datetime": "datetime",
    "integer": "long",
    "number": "double",
    "text": "string",
}


def write_description(record: VersionRecord, schema: Schema, run_id: str, folder: Path) -> None:
    """Write ``MLmodel`` into a copy of a version.

    The model is described by hand instead of by ``mlflow.sklearn``: what is logged is the very folder that was proved,
    which is opened by the only loader that checks digests first.
    """
    from mlflow.models import Model
    from mlflow.models.signature import ModelSignature

    flavour = {
        "loader_module": LOADER,
        "python_version": record.manifest.tool.python,
        "env": {"virtualenv": "requirements-serve.lock"},
    }
    model = Model(
        run_id=run_id,
        flavors={"python_function": flavour},
        signature=ModelSignature(_columns(schema.columns), _columns(schema.target)),
    )
    model.save(str(folder / "MLmodel"))


def _columns(columns: tuple[Column, ...]) -> Any:
    from mlflow.types import ColSpec, Schema

    return Schema(
        [ColSpec(_type(column), column.name, required=not column.nullable) for column in columns]
    )


def _type(column: Column) -> str:
    """Return MLflow's type of a column; a category has that of its values."""
    if column.kind in _TYPES:
        return _TYPES[column.kind]
    kinds = {type(value) for value in column.categories or ()}
    if kinds == {bool}:
        return "boolean"
    if kinds and kinds <= {int, float}:
        return "long" if kinds == {int} else "double"
    return "string" if kinds == {str} else "any"
