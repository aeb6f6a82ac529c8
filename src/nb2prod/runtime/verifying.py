"""Check a version's files against its manifest, without opening the model.

This needs the standard library only, so that a build, a server's start-up check or a script can verify a version in no
time.
"""

from pathlib import Path

from .digests import digest_file
from .faults import ArtifactError
from .manifest import MANIFEST_NAME, Manifest


def read_manifest(folder: Path) -> Manifest:
    """Read a version's manifest without checking the files that it lists.

    Raises:
        ArtifactError: There is none, or it cannot be understood.
    """
    path = folder / MANIFEST_NAME
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ArtifactError(
            f"{folder.name} has no {MANIFEST_NAME}",
            hint="it is no version, or one that was not completely copied",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ArtifactError(f"{MANIFEST_NAME} of {folder.name} cannot be read: {error}") from error
    return Manifest.from_json(text)


def verify_version(folder: Path) -> Manifest:
    """Check every file of a version against its manifest.

    Raises:
        ArtifactError: A file is missing or is not the one that was built.
    """
    manifest = read_manifest(folder)
    for path, expected in manifest.files.items():
        try:
            found = digest_file(folder / path)
        except OSError as error:
            raise ArtifactError(
                f"{path} of {manifest.name} {manifest.version} is missing or unreadable",
                hint="restore the version from version control, or build it again",
            ) from error
        if found != expected:
            raise changed(manifest, path)
    return manifest


def changed(manifest: Manifest, path: str) -> ArtifactError:
    """Return the fault of a file that is not the one that was built."""
    return ArtifactError(
        f"{path} of {manifest.name} {manifest.version} was changed after the version was built",
        hint="restore the version from version control, or build it again",
    )
