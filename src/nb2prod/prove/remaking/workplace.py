"""A copy of what a version is trained from, so that the service itself is never written to."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from nb2prod.artifact.disk import copy_tree
from nb2prod.artifact.manifest import DataFile, Manifest
from nb2prod.errors import EnvironmentFault
from nb2prod.runtime.digests import digest_file

DATA_FOLDER = "notebook"


@dataclass(frozen=True, slots=True)
class Workplace:
    """A small service that holds one version and its data.

    Attributes:
        service: Its folder.
        number: ``v1``, ``v2`` and so on.
        data: The data files as they are here.
    """

    service: Path
    number: str
    data: tuple[DataFile, ...]

    @property
    def version(self) -> Path:
        """The version's folder."""
        return self.service / "versions" / self.number

    @property
    def config(self) -> Path:
        """The version's resolved settings."""
        return self.service / "configs" / f"{self.number}.yaml"


def set_up(service: Path, manifest: Manifest, folder: Path) -> Workplace:
    """Copy script, runtime, settings, version and data.

    Args:
        service: The service; it is only read.
        manifest: The version.
        folder: Where the copy is made.

    Raises:
        EnvironmentFault: Something is missing.
    """
    number = manifest.version
    for name in ("train.py", "runtime/__init__.py", f"configs/{number}.yaml"):
        if not (service / name).is_file():
            raise EnvironmentFault(
                f"{service.name} has no {name}",
                why="the version is trained again by its service's own script and settings",
                hint=f"restore it from version control: git checkout -- {name}",
            )
    (folder / "configs").mkdir(parents=True)
    shutil.copyfile(service / "train.py", folder / "train.py")
    shutil.copyfile(service / f"configs/{number}.yaml", folder / f"configs/{number}.yaml")
    (folder / "runtime").mkdir()
    for path in sorted((service / "runtime").glob("*.py")):
        shutil.copyfile(path, folder / "runtime" / path.name)
    copy_tree(service / "versions" / number, folder / "versions" / number)
    (folder / DATA_FOLDER).mkdir()
    data = tuple(_copied(service, folder, entry) for entry in manifest.data)
    return Workplace(folder, number, data)


def _copied(service: Path, folder: Path, entry: DataFile) -> DataFile:
    source, target = service / DATA_FOLDER / entry.path, folder / DATA_FOLDER / entry.path
    if not source.is_file():
        is_tracked = source.with_name(source.name + ".dvc").is_file()
        raise EnvironmentFault(
            f"{source} is missing",
            why="the version is trained again from the very data that it was trained on",
            hint="dvc pull"
            if is_tracked
            else "restore it, or fetch it from where the data is kept",
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    return DataFile(entry.path, digest_file(target), target.stat().st_size)
