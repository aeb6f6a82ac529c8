"""Make one version of the registered model, with the number that it has on disk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from nb2prod.errors import ArtifactFault
from nb2prod.registry.logging_run import log_run
from nb2prod.registry.opening import explained_registry
from nb2prod.registry.people import current_user
from nb2prod.registry.record import Origin, VersionRecord
from nb2prod.registry.server import GONE_TAG, RUN_KEY_TAG, Registered, Server
from nb2prod.registry.signature import MODEL_FOLDER


def create_version(
    server: Server, record: VersionRecord, origin: Origin, files: Mapping[str, Path]
) -> Registered:
    """Register a version: its run first, the version last, so that none is half there.

    Raises:
        ArtifactFault: Somebody else registered this number meanwhile.
    """
    manifest = record.manifest
    tags = {
        RUN_KEY_TAG: manifest.run_key,
        "nb2prod.artifact_digest": manifest.artifact_digest,
        "nb2prod.tool": manifest.tool.nb2prod,
        "nb2prod.built_by": current_user(),
    }
    if origin.commit is not None:
        tags["mlflow.source.git.commit"] = origin.commit
        tags["nb2prod.dirty"] = str(origin.is_dirty).lower()
    run_id = log_run(server, record, tags, files)
    with explained_registry(server.address):
        made = server.client.create_model_version(
            server.name, f"runs:/{run_id}/{MODEL_FOLDER}", run_id=run_id, tags=tags
        )
        if int(made.version) == record.number:
            return Registered(manifest.version, manifest.run_key, run_id, tags)
        server.client.delete_model_version(server.name, str(made.version))
    raise _taken(server, record)


def skip_number(server: Server, number: int) -> None:
    """Use up the number of a version whose folder is gone; a number is never given twice.

    Raises:
        ArtifactFault: The registry gave another number.
    """
    with explained_registry(server.address):
        made = server.client.create_model_version(
            server.name, "nb2prod:gone", tags={GONE_TAG: "true"}
        )
    if int(made.version) != number:
        raise ArtifactFault(
            f"the registry gave {server.name} the number {made.version} instead of {number}",
            why="a version must have one number everywhere",
            hint="another machine registers versions of this service; try again",
        )


def check_same(record: VersionRecord, found: Registered, server: Server) -> None:
    """Check that a registered version is the one on disk.

    Raises:
        ArtifactFault: It is another one.
    """
    if found.run_key != record.manifest.run_key:
        raise _taken(server, record)


def _taken(server: Server, record: VersionRecord) -> ArtifactFault:
    version = record.manifest.version
    return ArtifactFault(
        f"the registry has another {server.name} {version} than this folder",
        why="two versions of one number could not be told apart in production",
        hint=f"take versions/{version} from whoever registered it, and build again: "
        "yours gets the next number",
    )
