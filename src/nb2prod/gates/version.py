"""A version as gates look at it: its files are read when a gate first asks for them."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any

from nb2prod.artifact.reference import Reference, read_reference
from nb2prod.artifact.rows import HeldOut, read_rows
from nb2prod.runtime.loading import LoadedVersion, load_version
from nb2prod.runtime.manifest import SCHEMA_NAME, Manifest
from nb2prod.runtime.schema import Schema
from nb2prod.runtime.verifying import verify_version

LEAKS_NAME = "leaks.json"


class VersionAtHand:
    """One version.

    Args:
        folder: Its folder; everything in it is checked against its manifest.

    Attributes:
        folder: Its folder.
        manifest: Its facts and digests.

    Raises:
        ArtifactError: It is incomplete or was changed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest: Manifest = verify_version(folder)

    @property
    def name(self) -> str:
        """``v1``, ``v2`` and so on."""
        return self.manifest.version

    @cached_property
    def schema(self) -> Schema:
        """What a raw record looks like."""
        return Schema.from_mapping(self._json(SCHEMA_NAME))

    @cached_property
    def parity(self) -> dict[str, Any]:
        """What the proof left."""
        found: dict[str, Any] = self._json("parity.json")
        return found

    @cached_property
    def leaks(self) -> dict[str, Any] | None:
        """What saw held-out rows, or None for a version that was built before that was looked for."""
        if LEAKS_NAME not in self.manifest.files:
            return None
        found: dict[str, Any] = self._json(LEAKS_NAME)
        return found

    @cached_property
    def loaded(self) -> LoadedVersion:
        """The version with its pipeline.

        Raises:
            ArtifactError: It needs other packages than are here.
        """
        return load_version(self.folder)

    @cached_property
    def held_out(self) -> HeldOut | None:
        """The rows that it was not trained on, or None where it keeps none."""
        return read_rows(self.folder)

    @cached_property
    def reference(self) -> Reference | None:
        """The distributions of its training data, or None where it keeps none."""
        return read_reference(self.folder)

    @property
    def size(self) -> int:
        """Bytes of the model files."""
        return sum((self.folder / name).stat().st_size for name in self.manifest.artifact_files)

    def _json(self, name: str) -> Any:
        return json.loads((self.folder / name).read_text(encoding="utf-8"))
