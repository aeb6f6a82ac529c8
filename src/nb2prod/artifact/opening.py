"""Open a version for Python: ``nb2prod.load``."""

from pathlib import Path

from nb2prod.errors import ArtifactFault
from nb2prod.runtime.faults import ArtifactError
from nb2prod.runtime.loading import LoadedVersion, load_version
from nb2prod.runtime.manifest import MANIFEST_NAME
from nb2prod.runtime.selection import choose_version


def load(path: str | Path) -> LoadedVersion:
    """Verify and load a version.

    Args:
        path: A version's folder, or a service's: then the version in production, else the newest.

    Returns:
        The version with its manifest, its schema and the fitted pipeline.

    Raises:
        ArtifactFault: There is no version there, or it was changed after it was built.
    """
    folder = Path(path)
    try:
        is_version = (folder / MANIFEST_NAME).is_file()
        return load_version(folder if is_version else choose_version(folder))
    except ArtifactError as error:
        raise ArtifactFault(
            error.what,
            why="an artifact runs code when it is opened, so only a verified one is",
            hint=error.hint,
        ) from error
