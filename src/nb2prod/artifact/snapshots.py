"""Data files kept by digest in ``.nb2prod-data/``, for projects without DVC."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from nb2prod.artifact.disk import explained_faults, sync_folder, write_atomically
from nb2prod.errors import ArtifactFault, UsageError
from nb2prod.runtime.digests import PREFIX, canonical_json, digest_file

FOLDER_NAME = ".nb2prod-data"
INDEX_NAME = "index.json"
INDEX_FORMAT = 1
"""Format of the index; raise it when a reader of the old one would misread the new one."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A file as it was.

    Attributes:
        path: Its path from the folder that holds the store.
        sha256: Its digest.
        bytes: Its size.
    """

    path: str
    sha256: str
    bytes: int


class Snapshots:
    """A store of data files.

    Args:
        root: The folder that holds it; the paths of the files start there.

    Attributes:
        folder: ``.nb2prod-data/``.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.folder = self.root / FOLDER_NAME

    def add(self, file: Path) -> tuple[Snapshot, bool]:
        """Keep a file as it is now, and tell whether it was not kept already.

        Raises:
            UsageError: It is no file, or lies outside the root.
            EnvironmentFault: The disk refused.
        """
        path = self._relative(file)
        if not file.is_file():
            raise UsageError(f"{file} is no file", hint="give a data file, not a folder")
        with explained_faults(self.folder):
            self.folder.mkdir(exist_ok=True)
            found = Snapshot(path, *self._put(file))
            known = self.kept()
            if known and found == self._newest(known, path):
                return found, False
            content = [asdict(one) for one in (*(one for one in known if one != found), found)]
            text = canonical_json({"format": INDEX_FORMAT, "snapshots": content})
            write_atomically(self.folder / INDEX_NAME, text.encode())
        return found, True

    def kept(self) -> list[Snapshot]:
        """Return every snapshot, oldest first.

        Raises:
            ArtifactFault: The index cannot be read.
        """
        path = self.folder / INDEX_NAME
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            entries = (
                content["snapshots"] if content["format"] == INDEX_FORMAT else content["unknown"]
            )
            return [Snapshot(**entry) for entry in entries]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ArtifactFault(
                f"{path} cannot be read: {error}",
                why="it says which file each digest was",
                hint="restore it from a backup; the files below objects/ are named by their digests",
            ) from error

    def restore(self, file: Path, digest: str | None = None) -> Snapshot:
        """Put a snapshot back where the file was; it is checked first.

        Args:
            file: The file.
            digest: The beginning of a digest; the newest snapshot of the file where nothing is said.

        Raises:
            UsageError: There is no such snapshot.
            ArtifactFault: The kept file is not what it was.
        """
        path = self._relative(file)
        wanted = (digest or "").removeprefix(PREFIX)
        matching = [
            one
            for one in self.kept()
            if one.path == path and one.sha256.removeprefix(PREFIX).startswith(wanted)
        ]
        if not matching:
            raise UsageError(
                f"no snapshot of {path}" + (f" begins with {digest}" if digest else ""),
                hint="nb2prod data list shows what is kept",
            )
        found = matching[-1]
        kept = self._object(found.sha256)
        if not kept.is_file() or digest_file(kept) != found.sha256:
            raise ArtifactFault(
                f"the snapshot {found.sha256} of {path} is missing or was changed",
                hint="restore .nb2prod-data/ from a backup",
            )
        with explained_faults(file):
            file.parent.mkdir(parents=True, exist_ok=True)
            _copy(kept, file)
        return found

    def _put(self, file: Path) -> tuple[str, int]:
        """Copy a file into the store under its digest, and return digest and size of what was copied."""
        objects = self.folder / "objects"
        objects.mkdir(exist_ok=True)
        handle, name = tempfile.mkstemp(dir=objects, prefix=".part-")
        os.close(handle)
        part = Path(name)
        try:
            shutil.copyfile(file, part)
            # Of the copy: the original may be written to meanwhile.
            digest, size = digest_file(part), part.stat().st_size
            target = self._object(digest)
            target.parent.mkdir(exist_ok=True)
            part.chmod(0o444)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        sync_folder(target.parent)
        return digest, size

    def _object(self, digest: str) -> Path:
        plain = digest.removeprefix(PREFIX)
        return self.folder / "objects" / plain[:2] / plain[2:]

    def _newest(self, known: Sequence[Snapshot], path: str) -> Snapshot | None:
        return next((one for one in reversed(known) if one.path == path), None)

    def _relative(self, file: Path) -> str:
        try:
            return file.resolve().relative_to(self.root).as_posix()
        except ValueError as error:
            raise UsageError(
                f"{file} lies outside {self.root}",
                why="a snapshot is known by its path from the folder of the store",
                hint="go to the folder that holds the project, or name it with --root",
            ) from error


def _copy(source: Path, target: Path) -> None:
    part = target.with_name(f".{target.name}.part")
    try:
        shutil.copyfile(source, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
