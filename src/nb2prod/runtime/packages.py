"""Import a version's emitted code under the version's own name, and only what was verified.

Two versions of one model live in one process: each has its own package name. The modules are
compiled from source whose digest was checked; a cached ``.pyc``, which nobody checks, is neither
read nor written.
"""

import sys
import threading
from collections.abc import Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

from .digests import digest_bytes
from .faults import ArtifactError

CODE_FOLDER = "code"

_lock = threading.Lock()


class VerifiedLoader(SourceFileLoader):
    """Compile one source file after checking its digest."""

    def __init__(self, fullname: str, path: str, digest: str) -> None:
        super().__init__(fullname, path)
        self._digest = digest

    def get_data(self, path: str) -> bytes:
        """Return the source's bytes.

        Raises:
            ImportError: They are not those that the manifest lists.
        """
        data = super().get_data(path)
        if digest_bytes(data) != self._digest:
            raise ImportError(f"{self.name} was changed after its version was built")
        return data

    def path_stats(self, path: str) -> Mapping[str, object]:
        """Have no modification time, so that the import system leaves bytecode files alone."""
        raise OSError(path)


class VersionFinder(MetaPathFinder):
    """Find the modules of registered versions, by the files that their manifests list."""

    def __init__(self) -> None:
        self.packages: dict[str, tuple[Path, dict[str, str]]] = {}

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 (the import system's signature)
        target: ModuleType | None = None,  # noqa: ARG002 (the import system's signature)
    ) -> ModuleSpec | None:
        """Return the spec of a registered package or of one of its modules."""
        root, _, rest = fullname.partition(".")
        if root not in self.packages:
            return None
        folder, digests = self.packages[root]
        stem = "/".join([CODE_FOLDER, *rest.split(".")]) if rest else CODE_FOLDER
        for relative, is_package in ((f"{stem}/__init__.py", True), (f"{stem}.py", False)):
            if relative in digests:
                file = folder / relative
                return spec_from_file_location(
                    fullname,
                    file,
                    loader=VerifiedLoader(fullname, str(file), digests[relative]),
                    submodule_search_locations=[str(file.parent)] if is_package else None,
                )
        # Going on to the next finder would import a file that no manifest lists.
        raise ModuleNotFoundError(f"the version has no module {fullname!r}", name=fullname)


_finder = VersionFinder()


def register(package: str, folder: Path, files: Mapping[str, str]) -> None:
    """Make a version's ``code/`` importable as ``package``; doing it again changes nothing.

    Args:
        package: Import name, unique to the run key.
        folder: The version's folder, holding ``code/``.
        files: Digests by path relative to ``folder``; those below ``code/`` can be imported.

    Raises:
        ArtifactError: Other code is registered under this name.
    """
    digests = {path: made for path, made in files.items() if path.startswith(f"{CODE_FOLDER}/")}
    with _lock:
        known = _finder.packages.get(package)
        if known is not None and known[1] != digests:
            raise ArtifactError(
                f"two versions hold different code under the name {package}",
                hint="a version was edited by hand: restore it, or build it again",
            )
        # The folder may have moved since: a version is published by renaming its folder.
        _finder.packages[package] = (folder.resolve(), digests)
        if _finder not in sys.meta_path:
            sys.meta_path.insert(0, _finder)
