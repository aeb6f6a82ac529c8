"""A version's ``manifest.json``: what the version is, what it came from, and its digests."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import PurePosixPath
from typing import Any

from .digests import PREFIX, canonical_json, digest_listing
from .faults import ArtifactError

MANIFEST_FORMAT = 1
"""Format of ``manifest.json``.

Raise it by one when a reader of the old format would misread the new one: a key that changes its
meaning or goes away. A new key that old readers may ignore needs no bump; give it a default here.
"""

MANIFEST_NAME = "manifest.json"
PIPELINE_NAME = "pipeline.joblib"
KERNEL_NAME = "code/kernel.py"
SCHEMA_NAME = "schema.json"

_DIGEST = re.compile(re.escape(PREFIX) + r"[0-9a-f]{64}")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_VERSION = re.compile(r"v[1-9][0-9]*")


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file that the notebook read, as it was.

    Attributes:
        path: Path relative to the notebook's folder.
        sha256: Digest of its bytes.
        bytes: Its size.
        dvc: What DVC knows of it: pointer, MD5, remote and version; None where DVC does not track it.
    """

    path: str
    sha256: str
    bytes: int
    dvc: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class NotebookFile:
    """The notebook that the version was built from, by its path within the service."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Tool:
    """What made the version: the release of nb2prod and the Python minor version."""

    nb2prod: str
    python: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionFacts:
    """What a version is and came from; nothing in it is a time, a user or an absolute path.

    Attributes:
        name: The service's name.
        version: ``v1``, ``v2``, ...
        run_key: Digest of all that went into training.
        task: ``classification`` or ``regression``.
        classes: Class labels in the order of the probabilities, or None.
        target: Columns that are predicted.
        metrics: What the evaluate cell computed.
        parameters: Resolved parameters of the notebook.
        seed: The one integer that seeded every generator.
        threads: BLAS and OpenMP threads of the training.
        hash_seed: ``PYTHONHASHSEED`` of the training.
        artifact_files: The model files, of which the artifact digest is taken.
        machine: System, processor and BLAS kernels of the training: bits are the same on such a machine only. Empty
            for a version of an older release.
        kernel: The proof of the row kernel with the ``digest`` of its file, or why it is ``off``; None where none was
            tried.
        data: The files that training read.
        tool: What made it.
        notebook: What it was made from.
        trained_from: The version whose code was trained again on other data; None where a notebook was built.
    """

    name: str
    version: str
    run_key: str
    task: str
    classes: tuple[object, ...] | None
    target: tuple[str, ...]
    metrics: Mapping[str, object]
    parameters: Mapping[str, object]
    seed: int
    threads: int
    hash_seed: int
    data: tuple[DataFile, ...]
    tool: Tool
    notebook: NotebookFile
    artifact_files: tuple[str, ...] = (PIPELINE_NAME,)
    machine: Mapping[str, str] = field(default_factory=dict)
    trained_from: str | None = None
    kernel: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest(VersionFacts):
    """The facts of one immutable version, and the digests that hold it to them.

    Attributes:
        artifact_digest: Digest of the model files that came out.
        package: Name under which ``code/`` is imported; it ends in the run key's first 16 digits.
        files: Digest of every file of the version but the manifest, by relative path.
    """

    artifact_digest: str
    package: str
    files: Mapping[str, str]

    def to_json(self) -> str:
        """Return the text of ``manifest.json``."""
        fields = asdict(self)
        return canonical_json({"format": MANIFEST_FORMAT, **fields})

    @classmethod
    def from_json(cls, text: str) -> "Manifest":
        """Read a manifest and check that it is consistent in itself.

        Raises:
            ArtifactError: The text is no manifest of this format.
        """
        raw = _object(text)
        if raw.pop("format", None) != MANIFEST_FORMAT:
            raise ArtifactError(
                f"{MANIFEST_NAME} is not of format {MANIFEST_FORMAT}",
                hint="use the release of nb2prod that wrote it, or build the version again",
            )
        try:
            manifest = cls(**_typed(raw))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ArtifactError(
                f"{MANIFEST_NAME} lacks an entry or has one of the wrong type: {error}",
                hint="build the version again",
            ) from error
        _check(manifest)
        return manifest


def package_name(name: str, run_key: str) -> str:
    """Return the import name of a version's code, which no other version shares."""
    return f"{name}_{run_key.removeprefix(PREFIX)[:16]}"


def artifact_digest(files: Mapping[str, str], artifact_files: tuple[str, ...]) -> str:
    """Return the digest of the model files among all files of a version."""
    return digest_listing({path: files[path] for path in artifact_files})


def _object(text: str) -> dict[str, Any]:
    try:
        raw = json.loads(text)
    except ValueError as error:
        raise ArtifactError(f"{MANIFEST_NAME} is not JSON: {error}") from error
    if not isinstance(raw, dict):
        raise ArtifactError(f"{MANIFEST_NAME} is not a JSON object")
    return raw


def _typed(raw: dict[str, Any]) -> dict[str, Any]:
    known = Manifest.__dataclass_fields__.keys()
    classes = raw["classes"]
    return {
        **{key: value for key, value in raw.items() if key in known},
        "classes": None if classes is None else tuple(classes),
        "target": tuple(raw["target"]),
        "files": dict(raw["files"]),
        "artifact_files": tuple(raw["artifact_files"]),
        "data": tuple(DataFile(**entry) for entry in raw["data"]),
        "tool": Tool(**raw["tool"]),
        "notebook": NotebookFile(**raw["notebook"]),
    }


def _check(manifest: Manifest) -> None:
    faults = {
        "name": _NAME.fullmatch(manifest.name) is None,
        "version": _VERSION.fullmatch(manifest.version) is None,
        "run_key": _DIGEST.fullmatch(manifest.run_key) is None,
        "package": manifest.package != package_name(manifest.name, manifest.run_key),
        "files": not all(_is_listed(path, made) for path, made in manifest.files.items()),
        "artifact_files": not set(manifest.artifact_files) <= manifest.files.keys()
        or PIPELINE_NAME not in manifest.artifact_files,
    }
    for key, is_wrong in faults.items():
        if is_wrong:
            raise ArtifactError(
                f"{MANIFEST_NAME} has an inconsistent {key!r}", hint="build the version again"
            )
    if artifact_digest(manifest.files, manifest.artifact_files) != manifest.artifact_digest:
        raise ArtifactError(
            f"{MANIFEST_NAME} has another artifact digest than its files give",
            hint="restore the version from version control, or build it again",
        )


def _is_listed(path: str, made: str) -> bool:
    pure = PurePosixPath(path)
    is_inside = not pure.is_absolute() and ".." not in pure.parts and "\\" not in path
    return is_inside and _DIGEST.fullmatch(made) is not None
