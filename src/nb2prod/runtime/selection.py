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
        wanted: A version that was asked for; else the one in production, else the newest that is not held back
            because it did not pass its gates.

    Raises:
        ArtifactError: There is no such version.
    """
    names = version_names(service)
    if not names:
        raise ArtifactError(
            f"{service.name} has no versions", hint="build the notebook, or mount versions/"
        )
    name = wanted or _deployed(service, names)
    if name not in names:
        raise ArtifactError(
            f"{service.name} has no version {name}", hint=f"it has {', '.join(names)}"
        )
    return service / "versions" / name


def _deployed(service: Path, names: tuple[str, ...]) -> str:
    """Return what ``state/deployment.json`` has in production, else the newest that it does not hold back."""
    try:
        content = json.loads((service / _DEPLOYMENT).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return names[-1]
    except (OSError, ValueError) as error:
        raise ArtifactError(
            f"{_DEPLOYMENT} cannot be read: {error}", hint="restore it, or set MODEL_VERSION"
        ) from error
    name, held_back = _entries(content)
    free = [each for each in names if each not in held_back]
    if name is None and not free:
        raise ArtifactError(
            f"no version of {service.name} passed its gates",
            hint="set MODEL_VERSION to serve one all the same",
        )
    return name or free[-1]


def _entries(content: object) -> tuple[str | None, list[object]]:
    if isinstance(content, dict):
        name, held_back = content.get("production"), content.get("held_back", [])
        if (name is None or isinstance(name, str)) and isinstance(held_back, list):
            return name, held_back
    raise ArtifactError(f"{_DEPLOYMENT} names no version as production")
