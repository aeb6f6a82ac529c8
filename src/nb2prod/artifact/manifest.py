"""Seal a version: list every file with its digest, and write the manifest."""

from dataclasses import fields
from pathlib import Path

from nb2prod.artifact.dvc import tracked
from nb2prod.runtime.digests import digest_file, digest_tree
from nb2prod.runtime.manifest import (
    MANIFEST_NAME,
    DataFile,
    Manifest,
    NotebookFile,
    Tool,
    VersionFacts,
    artifact_digest,
    package_name,
)

__all__ = [
    "DataFile",
    "Manifest",
    "NotebookFile",
    "Tool",
    "VersionFacts",
    "describe_file",
    "package_name",
    "seal",
]


def describe_file(path: str, file: Path) -> DataFile:
    """Describe a data file as it is now.

    Args:
        path: Its path from the notebook.
        file: Where it is.
    """
    found = tracked(file)
    dvc = None if found is None else found.as_json()
    return DataFile(path, digest_file(file), file.stat().st_size, dvc)


def seal(folder: Path, facts: VersionFacts) -> Manifest:
    """Write ``manifest.json`` over all that a staged version's folder holds.

    Nothing in the folder may change afterwards. Bytecode caches are removed first: they are no
    part of a version.

    Raises:
        ValueError: A metric or parameter is NaN or infinite.
    """
    for cache in sorted(folder.rglob("__pycache__")):
        for file in cache.iterdir():
            file.unlink()
        cache.rmdir()
    paths = [
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path != folder / MANIFEST_NAME
    ]
    files = digest_tree(folder, paths)
    known = {field.name: getattr(facts, field.name) for field in fields(VersionFacts)}
    manifest = Manifest(
        **known,
        artifact_digest=artifact_digest(files, facts.artifact_files),
        package=package_name(facts.name, facts.run_key),
        files=files,
    )
    (folder / MANIFEST_NAME).write_text(manifest.to_json(), encoding="utf-8")
    return manifest
