"""Open a version: check every digest first, then import its code and unpickle its pipeline.

This is the only place that unpickles.
"""

import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
from sklearn.exceptions import InconsistentVersionWarning

from . import packages
from .digests import digest_stream
from .faults import ArtifactError
from .manifest import PIPELINE_NAME, SCHEMA_NAME, Manifest
from .schema import Schema
from .verifying import changed, read_manifest, verify_version

__all__ = ["ArtifactError", "LoadedVersion", "load_version", "read_manifest", "verify_version"]


@dataclass(frozen=True, slots=True)
class LoadedVersion:
    """A verified version, ready to predict.

    Attributes:
        folder: Where it was loaded from.
        manifest: Its facts and digests.
        schema: What a raw record looks like.
        pipeline: The fitted scikit-learn ``Pipeline`` from a raw DataFrame to predictions.
    """

    folder: Path
    manifest: Manifest
    schema: Schema
    pipeline: Any


def load_version(folder: Path) -> LoadedVersion:
    """Verify a version, make its code importable under its own name, and load its pipeline.

    Versions may be loaded side by side, and one version more than once.

    Raises:
        ArtifactError: The version is incomplete, was changed, or needs other packages.
    """
    manifest = verify_version(folder)
    schema = _schema(folder, manifest)
    packages.register(manifest.package, folder, manifest.files)
    return LoadedVersion(folder, manifest, schema, _pipeline(folder, manifest))


def _schema(folder: Path, manifest: Manifest) -> Schema:
    if SCHEMA_NAME not in manifest.files:
        raise ArtifactError(f"{manifest.name} {manifest.version} has no {SCHEMA_NAME}")
    return Schema.from_mapping(json.loads((folder / SCHEMA_NAME).read_text(encoding="utf-8")))


def _pipeline(folder: Path, manifest: Manifest) -> Any:
    with (folder / PIPELINE_NAME).open("rb") as stream:
        # The same open file is checked and read: a file swapped in between is not seen.
        if digest_stream(stream) != manifest.files[PIPELINE_NAME]:
            raise changed(manifest, PIPELINE_NAME)
        stream.seek(0)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", InconsistentVersionWarning)
                return joblib.load(stream)
        except InconsistentVersionWarning as error:
            raise ArtifactError(
                f"the model was fitted with scikit-learn {error.original_sklearn_version}, "
                f"and {error.current_sklearn_version} is installed; its answers may differ",
                hint="install the version's requirements-serve.lock",
            ) from error
        except Exception as error:
            # Unpickling runs the constructors of any class: anything can be raised.
            raise ArtifactError(
                f"the pipeline of {manifest.name} {manifest.version} cannot be loaded: "
                f"{type(error).__name__}: {error}",
                hint="install the version's requirements-serve.lock",
            ) from error
