"""Which version of a service answers."""

import json
import re
from pathlib import Path

from .faults import ArtifactError

_VERSION_FOLDER = re.compile(r"v([1-9][0-9]*)")
_DEPLOYMENT = Path("state", "deployment.json")


def version_names(service: Path) -> tuple[str, ...]:
    """Return the versions that a service has, oldest first."""
    folder = service / "versions"
    names = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    matches = [match for match in map(_VERSION_FOLDER.fullmatch, names) if match]
    return tuple(match[0] for match in sorted(matches, key=lambda match: int(match[1])))


def choose_version(service: Path, wanted: str | None = None) -> Path:
    """Return the folder of the version that answers.

    Args:
        service: The service's folder.
        wanted: A version that was asked for; else the one in production, else the newest.

    Raises:
        ArtifactError: There is no such version.
    """
    names = version_names(service)
    if not names:
        raise ArtifactError(
            f"{service.name} has no versions", hint="build the notebook, or mount versions/"
        )
    name = wanted or _production(service) or names[-1]
    if name not in names:
        raise ArtifactError(
            f"{service.name} has no version {name}", hint=f"it has {', '.join(names)}"
        )
    return service / "versions" / name


def _production(service: Path) -> str | None:
    """Read the version in production from ``state/deployment.json``, where that exists."""
    try:
        content = json.loads((service / _DEPLOYMENT).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise ArtifactError(
            f"{_DEPLOYMENT} cannot be read: {error}", hint="restore it, or set MODEL_VERSION"
        ) from error
    name = content.get("production") if isinstance(content, dict) else None
    if name is None or isinstance(name, str):
        return name
    raise ArtifactError(f"{_DEPLOYMENT} names no version as production")
