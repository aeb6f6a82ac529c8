"""Know a build that was done before, without running anything."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from nb2prod.artifact.disk import write_atomically
from nb2prod.artifact.run_key import runtime_digest
from nb2prod.artifact.store import Store
from nb2prod.build.order import Order
from nb2prod.runtime.digests import canonical_json, digest_file, digest_text
from nb2prod.runtime.faults import ArtifactError
from nb2prod.runtime.loading import verify_version
from nb2prod.runtime.manifest import Manifest
from nb2prod.service.templates import template_root
from nb2prod.version import __version__

_FORMAT = 1
_RECORD = Path("state") / "builds.json"


def input_key(order: Order) -> str:
    """Return the digest of what a build starts from, but for the data files and the installed packages."""
    cells = [
        [cell.number, cell.source, sorted(cell.tags)] for cell in order.notebook.executed_cells
    ]
    templates = sorted(p for p in (template_root() / "version").glob("*.py"))
    content = {
        "format": _FORMAT,
        "cells": cells,
        "parameters": dict(order.parameters),
        "seed": order.config.seed,
        "threads": order.config.threads,
        "target": list(order.config.target),
        "prove": order.config.prove,
        "tool": __version__,
        "runtime": runtime_digest(),
        "templates": [digest_file(path) for path in templates],
    }
    return digest_text(canonical_json(content))


def find_unchanged(order: Order) -> Manifest | None:
    """Return the version that this build would make again, or None.

    The version's own digests, the data files that it was trained on and the installed packages are checked.
    """
    version_name = _read(order.service).get(input_key(order))
    if version_name is None:
        return None
    folder = Store(order.service).path(version_name)
    try:
        manifest = verify_version(folder)
    except ArtifactError:
        return None
    notebook = Path(order.notebook.path).resolve().parent
    for entry in manifest.data:
        path = notebook / entry.path
        if not path.is_file() or digest_file(path) != entry.sha256:
            return None
    lock = (folder / "requirements-train.lock").read_text(encoding="utf-8")
    return manifest if _is_installed(lock) else None


def remember(order: Order, version_name: str) -> None:
    """Note which version a build came to."""
    path = order.service / _RECORD
    known = {**_read(order.service), input_key(order): version_name}
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, canonical_json(known).encode())


def _read(service: Path) -> dict[str, str]:
    try:
        found = json.loads((service / _RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _is_installed(lock: str) -> bool:
    for line in lock.splitlines():
        name, found, wanted = line.partition("==")
        if not found:
            continue
        try:
            if version(name) != wanted.strip():
                return False
        except PackageNotFoundError:
            return False
    return True
