"""Know a build that was done before, without running anything and without importing pandas."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from nb2prod.artifact.disk import write_atomically
from nb2prod.artifact.lock import SILENT_MODULES
from nb2prod.artifact.run_key import runtime_digest
from nb2prod.artifact.store import Store
from nb2prod.build.order import Order
from nb2prod.build.result import BuildResult
from nb2prod.prove.counts import counts
from nb2prod.runtime.digests import canonical_json, digest_file, digest_text
from nb2prod.runtime.faults import ArtifactError
from nb2prod.runtime.manifest import Manifest
from nb2prod.runtime.verifying import verify_version
from nb2prod.service.templates import template_files, template_root
from nb2prod.version import __version__

RECORD_FORMAT = 2
"""Format of the digest that a build starts from; raise it when something else goes into it."""

_RECORD = Path("state") / "builds.json"


def input_key(order: Order) -> str:
    """Return the digest of what a build starts from, but for the data files and the installed packages."""
    cells = [
        [cell.number, cell.source, sorted(cell.tags)] for cell in order.notebook.executed_cells
    ]
    templates = template_files(template_root() / "version")
    beside = sorted(order.folder.glob("*.py"))
    content = {
        "format": RECORD_FORMAT,
        "cells": cells,
        "parameters": dict(order.parameters),
        "seed": order.config.seed,
        "threads": order.config.threads,
        "target": list(order.config.target),
        "prove": order.config.prove,
        "domain": [order.config.domain, order.config.fallback],
        "tool": __version__,
        "python": sys.version,
        "runtime": runtime_digest(),
        "templates": [digest_file(path) for path in templates.values()],
        "modules": [[path.name, digest_file(path)] for path in beside],
    }
    return digest_text(canonical_json(content))


def find_unchanged(order: Order) -> BuildResult | None:
    """Return the outcome of a build that would make an existing version again, or None.

    The version's own digests, the data files that it was trained on and the installed packages are checked.
    """
    name = _read(order.service).get(input_key(order))
    if name is None:
        return None
    folder = Store(order.service).path(name)
    try:
        manifest = verify_version(folder)
    except ArtifactError:
        return None
    if not has_application(order.service) or not _are_same_data(order, manifest):
        return None
    lock = (folder / "requirements-train.lock").read_text(encoding="utf-8")
    return unchanged(order, manifest, parity_of(folder)) if is_installed(lock) else None


def unchanged(order: Order, manifest: Manifest, parity: Mapping[str, Any]) -> BuildResult:
    """Return the outcome of a build that has nothing to do."""
    return BuildResult(
        "unchanged",
        service=order.service,
        version=manifest.version,
        run_key=manifest.run_key,
        artifact_digest=manifest.artifact_digest,
        metrics=manifest.metrics,  # type: ignore[arg-type]  # written by this very tool
        parity=parity,
    )


def parity_of(version_folder: Path) -> dict[str, Any]:
    """Return the counts of the proof that a version was published with."""
    try:
        text = (version_folder / "parity.json").read_text(encoding="utf-8")
        return counts(json.loads(text))
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def remember(order: Order, version_name: str) -> None:
    """Note which version a build came to.

    Without the note the next build runs the notebook to find out, so a disk that is full by now is no fault.
    """
    path = order.service / _RECORD
    known = {**_read(order.service), input_key(order): version_name}
    with contextlib.suppress(OSError):
        write_atomically(path, canonical_json(known).encode())


def _read(service: Path) -> dict[str, str]:
    try:
        found = json.loads((service / _RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {key: name for key, name in found.items() if isinstance(name, str)}


def has_application(service: Path) -> bool:
    """Tell whether the generated files are there; a build puts back what somebody deleted."""
    return (service / "app" / "main.py").is_file() and (service / "train.py").is_file()


def _are_same_data(order: Order, manifest: Manifest) -> bool:
    for entry in manifest.data:
        path = order.folder / entry.path
        try:
            if path.stat().st_size != entry.bytes or digest_file(path) != entry.sha256:
                return False
        except OSError:
            return False
    return True


def is_installed(lock: str) -> bool:
    """Tell whether the environment is still the one of the lock."""
    pins = dict(line.split("==", 1) for line in lock.splitlines() if "==" in line)
    if any(find_spec(name) is not None and name not in pins for name in SILENT_MODULES):
        return False
    try:
        return all(version(name) == pinned.strip() for name, pinned in pins.items())
    except PackageNotFoundError:
        return False
