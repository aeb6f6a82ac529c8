"""Which files were generated, and with which digest: what differs is the user's."""

import json
from collections.abc import Mapping
from pathlib import Path

from nb2prod.artifact.disk import write_atomically
from nb2prod.errors import ArtifactFault
from nb2prod.runtime.digests import canonical_json

RECORD_NAME = ".nb2prod-files.json"
RECORD_FORMAT = 1
"""Format of the record; raise it when a path or digest in it changes its meaning.

A reader that does not know the format stops, since it could overwrite what the user wrote.
"""


def read_record(service: Path) -> dict[str, str]:
    """Return the digest of each generated file as it was last written; empty for a new service.

    Raises:
        ArtifactFault: The record cannot be understood.
    """
    path = service / RECORD_NAME
    if not path.exists():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] == RECORD_FORMAT:
            return {str(name): str(made) for name, made in content["files"].items()}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _unknown(path) from error
    raise _unknown(path)


def write_record(service: Path, files: Mapping[str, str]) -> None:
    """Write the record."""
    text = canonical_json({"format": RECORD_FORMAT, "files": dict(files)})
    write_atomically(service / RECORD_NAME, text.encode())


def _unknown(path: Path) -> ArtifactFault:
    return ArtifactFault(
        f"{path} cannot be understood",
        why="without it, files that you changed cannot be told from generated ones",
        hint="restore it from version control, or use the release of nb2prod that wrote it",
    )
