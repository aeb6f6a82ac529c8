"""What DVC knows of a data file: read from its pointers and its configuration, without DVC.

https://dvc.org/doc/user-guide/project-structure/dvc-files and .../configuration describe both.
"""

from __future__ import annotations

import configparser
import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

SUFFIX = ".dvc"
_FOLDER_DIGEST = ".dir"
_CREDENTIALS = re.compile(r"//[^/@\s]+@")
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Tracked:
    """A file that DVC tracks.

    Attributes:
        pointer: The ``.dvc`` file, of the file itself or of a folder above it.
        md5: DVC's digest of the file, or None where only that of a folder is known here.
        remote: Name of the remote that holds it by default, or None.
        url: Where that is, without credentials, or None for a folder of this machine.
        version: The remote's own version of the file, where the remote keeps versions.
        is_current: Whether the file is the one that DVC means; None where that is not known.
    """

    pointer: Path
    md5: str | None
    remote: str | None
    url: str | None
    version: str | None
    is_current: bool | None

    def as_json(self) -> dict[str, Any]:
        """Return what a manifest holds: nothing of this machine."""
        return {
            "pointer": self.pointer.name,
            "md5": self.md5,
            "remote": self.remote,
            "url": self.url,
            "version": self.version,
            "is_current": self.is_current,
        }


def find_pointer(path: Path) -> Path | None:
    """Return the pointer that tracks a file, which need not be there; None where none does."""
    for one in (path, *path.absolute().parents):
        pointer = one.with_name(f"{one.name}{SUFFIX}") if one.name else one
        if pointer.is_file():
            return pointer
        if (one / ".dvc").is_dir() or (one / ".git").exists():
            return None
    return None


def tracked(path: Path) -> Tracked | None:
    """Return what DVC knows of a file; None where it does not track it, or its pointer cannot be understood."""
    pointer = find_pointer(path)
    out = None if pointer is None else _output(pointer)
    if pointer is None or out is None:
        return None
    root = _root_of(pointer)
    remote, url = (None, None) if root is None else _remote_of(root, out.get("remote"))
    md5, is_legacy = _own_digest(path, pointer, out, root), "hash" not in out
    return Tracked(
        pointer=pointer,
        md5=md5,
        remote=remote,
        url=url,
        version=_version_of(out, remote),
        is_current=None if md5 is None or not path.is_file() else md5 in _digests(path, is_legacy),
    )


def carry_pointer(source: Path, target: Path) -> None:
    """Put the pointer of a file beside a copy of it, and take away one that means another file.

    Args:
        source: The file.
        target: Its copy.
    """
    own = target.with_name(f"{target.name}{SUFFIX}")
    found = tracked(source)
    if found is not None and found.is_current and found.pointer.name == f"{source.name}{SUFFIX}":
        if source.name == target.name and found.pointer != own:
            shutil.copyfile(found.pointer, own)
            _ignore(target)
        return
    stale = tracked(target) if own.is_file() else None
    if stale is not None and stale.is_current is False:
        own.unlink()


def _ignore(file: Path) -> None:
    """Keep a file out of git, as ``dvc add`` does: its pointer is what git holds."""
    path, line = file.with_name(".gitignore"), f"/{file.name}"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    if line not in lines:
        path.write_text("\n".join([*lines, line]) + "\n", encoding="utf-8")


def _output(pointer: Path) -> Mapping[str, Any] | None:
    try:
        content = yaml.safe_load(pointer.read_text(encoding="utf-8"))
        out = content["outs"][0]
        return out if isinstance(out.get("md5"), str) else None
    except (OSError, yaml.YAMLError, KeyError, IndexError, TypeError, AttributeError):
        return None


def _root_of(pointer: Path) -> Path | None:
    return next((f for f in pointer.absolute().parents if (f / ".dvc").is_dir()), None)


def _remote_of(root: Path, named: object) -> tuple[str | None, str | None]:
    """Return name and address of the remote that a pointer names, else of the default one."""
    parser = configparser.ConfigParser(interpolation=None)
    for name in ("config", "config.local"):
        try:
            parser.read(root / ".dvc" / name, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError):
            return None, None
    remote = named if isinstance(named, str) else parser.get("core", "remote", fallback=None)
    if remote is None:
        return None, None
    url = next(
        (
            parser.get(section, "url", fallback=None)
            for section in parser.sections()
            # DVC quotes the whole section name: ['remote "storage"'].
            if section.strip("'") == f'remote "{remote}"'
        ),
        None,
    )
    is_elsewhere = url is not None and "://" in url and not url.startswith("file:")
    return remote, _CREDENTIALS.sub("//", url) if url is not None and is_elsewhere else None


def _own_digest(path: Path, pointer: Path, out: Mapping[str, Any], root: Path | None) -> str | None:
    """Return DVC's digest of the file; within a tracked folder from the listing in the cache, if that is here."""
    digest = str(out["md5"])
    if not digest.endswith(_FOLDER_DIGEST):
        return digest
    if root is None:
        return None
    folder = pointer.with_name(str(out.get("path", pointer.stem)))
    listing = root / ".dvc" / "cache" / "files" / "md5" / digest[:2] / digest[2:]
    try:
        relative = path.absolute().relative_to(folder.absolute()).as_posix()
        entries = json.loads(listing.read_text(encoding="utf-8"))
        return next(str(one["md5"]) for one in entries if one["relpath"] == relative)
    except (OSError, ValueError, KeyError, TypeError, StopIteration):
        return None


def _version_of(out: Mapping[str, Any], remote: str | None) -> str | None:
    cloud = out.get("cloud")
    entry = cloud.get(remote) if isinstance(cloud, Mapping) else out
    version = entry.get("version_id") if isinstance(entry, Mapping) else None
    return None if version is None else str(version)


def _digests(path: Path, is_legacy: bool) -> set[str]:  # noqa: FBT001 - one reader, one caller
    """Return the file's MD5; before DVC 3 line ends of texts were made alike first."""
    plain, unix = hashlib.md5(usedforsecurity=False), hashlib.md5(usedforsecurity=False)
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            plain.update(chunk)
            if is_legacy:
                unix.update(chunk.replace(b"\r\n", b"\n"))
    return {plain.hexdigest(), unix.hexdigest()} if is_legacy else {plain.hexdigest()}
