"""``state/deployment.json``: what the registry's aliases say, where a service can read it without a registry."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from nb2prod.artifact.disk import explained_faults, write_atomically
from nb2prod.registry.server import ALIASES, Alias
from nb2prod.runtime.digests import canonical_json

DEPLOYMENT_NAME = "deployment.json"
DEPLOYMENT_FORMAT = 1
"""Format of the file; raise it when a key changes its meaning for ``runtime/selection.py``."""


def read_deployment(service: Path) -> Mapping[str, Any]:
    """Return the file's content; empty where there is none or it cannot be read, since it is derived."""
    try:
        content = json.loads((service / "state" / DEPLOYMENT_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def write_deployment(
    service: Path, aliases: Mapping[Alias, str], held_back: Collection[str]
) -> None:
    """Write what the service reads.

    Args:
        service: The service's folder.
        aliases: The version that each alias points at.
        held_back: Versions that did not pass their gates: they never serve by being the newest.

    Raises:
        EnvironmentFault: The file cannot be written.
    """
    pointed: dict[str, str | None] = {alias: aliases.get(alias) for alias in ALIASES}
    content = {
        "format": DEPLOYMENT_FORMAT,
        **pointed,
        "held_back": sorted(held_back, key=lambda version: int(version[1:])),
    }
    if read_deployment(service) == content:
        return
    path = service / "state" / DEPLOYMENT_NAME
    with explained_faults(path):
        write_atomically(path, canonical_json(content).encode())


def hold_back(service: Path, version: str) -> None:
    """Keep a version that is about to appear from serving only because it is the newest."""
    found = read_deployment(service)
    aliases: dict[Alias, str] = {alias: found[alias] for alias in ALIASES if found.get(alias)}
    write_deployment(service, aliases, {*found.get("held_back", ()), version})
