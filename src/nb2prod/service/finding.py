"""Find a service's folder by its path or by its name."""

from pathlib import Path

from nb2prod.errors import UsageError
from nb2prod.runtime.selection import version_names

DEFAULT_OUTPUT = Path("services")


def find_service(service: Path) -> Path:
    """Return the resolved folder of a service, given as a path or as a name under ``services/``.

    Raises:
        UsageError: There is none.
    """
    for folder in (service, DEFAULT_OUTPUT / service):
        if (folder / "app" / "main.py").is_file():
            return folder.resolve()
    found = sorted(path.parent.parent.name for path in DEFAULT_OUTPUT.glob("*/app/main.py"))
    hint = f"{DEFAULT_OUTPUT}/ has: {', '.join(found)}" if found else "nb2prod build NOTEBOOK"
    raise UsageError(f"there is no service at {service}", hint=hint)


def find_version(folder: Path, version: str | None) -> str:
    """Return the name of a version that a service has: the given one, else the newest.

    Raises:
        UsageError: It has no such version.
    """
    names = version_names(folder)
    if not names:
        raise UsageError(
            f"{folder.name} has no versions", hint="nb2prod build NOTEBOOK makes the first"
        )
    if version is not None and version not in names:
        raise UsageError(
            f"{folder.name} has no version {version}", hint=f"it has {', '.join(names)}"
        )
    return version or names[-1]
