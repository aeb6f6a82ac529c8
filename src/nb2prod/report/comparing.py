"""Compare two versions of a service: ``nb2prod.compare``."""

from __future__ import annotations

from pathlib import Path

from nb2prod.errors import UsageError
from nb2prod.notebook.spelling import nearest
from nb2prod.report.comparison import Comparison, compare_snapshots
from nb2prod.report.reading import read_snapshot
from nb2prod.runtime.selection import version_names

_USUAL = "services"


def compare(service: str | Path, before: str, after: str) -> Comparison:
    """Say what changed between two versions of a service.

    Both are checked against their digests first.

    Args:
        service: The service's folder.
        before: A version, ``v1``.
        after: Another, ``v2``.

    Raises:
        UsageError: There is no such service or version.
        ArtifactFault: A version is incomplete, was changed, or is of another format.
    """
    folder = Path(service)
    names = version_names(folder)
    if not names:
        raise _no_service(folder)
    paths = [_version(folder, wanted, names) for wanted in (before, after)]
    return compare_snapshots(*(read_snapshot(path) for path in paths))


def _version(folder: Path, wanted: str, names: tuple[str, ...]) -> Path:
    if wanted in names:
        return folder / "versions" / wanted
    near = f"v{wanted}" if f"v{wanted}" in names else nearest(wanted, names)
    meant = f"Did you mean {near}? " if near else ""
    raise UsageError(
        f"{folder} has no version {wanted!r}",
        hint=f"{meant}It has {_listed(names)}.",
    )


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names if len(names) <= 8 else [names[0], "…", *names[-6:]])


def _no_service(folder: Path) -> UsageError:
    what = f"there is no service in {folder}"
    if folder.is_dir():
        what = f"{folder} holds no versions of a service"
    known = _services(folder.parent) + (_services(Path(_USUAL)) if len(folder.parts) == 1 else [])
    near = nearest(folder.name, [one.name for one in known])
    meant = next((one for one in known if one.name in {folder.name, near}), None)
    if meant is not None:
        hint = f"Did you mean {meant}?"
    elif known:
        hint = f"Services are in {', '.join(str(one) for one in known[:6])}."
    else:
        hint = "Give the folder that `nb2prod build` wrote, such as services/my_notebook."
    return UsageError(what, hint=hint)


def _services(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [one for one in sorted(folder.iterdir()) if one.is_dir() and version_names(one)]
