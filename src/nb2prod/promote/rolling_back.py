"""Point ``production`` back at a version that was there before."""

from __future__ import annotations

from collections.abc import Sequence

from nb2prod.config import Governance
from nb2prod.errors import UsageError
from nb2prod.promote.governance import not_an_owner
from nb2prod.promote.outcome import Outcome
from nb2prod.registry.entry import Entry
from nb2prod.registry.service_registry import Registry


def rollback(
    registry: Registry, to: str | None, governance: Governance, *, by: str, reason: str
) -> Outcome:
    """Go back to the version before the one in production, or to a given earlier one.

    Gates and approvals are not asked again: the version served before, and a fault does not wait for them. Its files
    are checked against their digests.

    Args:
        registry: The service's registry, held by its lock.
        to: A version that was in production, or None for the one before.
        governance: Who may move aliases.
        by: Who asks for it.
        reason: Why.

    Raises:
        UsageError: There is nothing to go back to.
        ArtifactFault: The version or the audit log was changed.
    """
    name = registry.server.name
    current = registry.server.aliases().get("production")
    target = _target(name, served_before(registry.log.entries()), current, to)
    if target == current:
        return Outcome("unchanged", name, "production", target, current)
    stranger = not_an_owner(governance, by)
    if stranger:
        return Outcome("refused", name, "production", target, current, (stranger,))
    entry = registry.move("production", target, action="rollback", by=by, reason=reason, gates=None)
    return Outcome("rolled_back", name, "production", target, current, entry=entry)


def served_before(entries: Sequence[Entry]) -> list[str]:
    """Return the versions that were in production, as a path: a rollback takes back what it goes back over."""
    path: list[str] = []
    for entry in entries:
        if entry.alias != "production":
            continue
        version = str(entry.facts["after"])
        if entry.action == "rollback" and version in path:
            del path[path.index(version) + 1 :]
        elif path[-1:] != [version]:
            path.append(version)
    return path


def _target(name: str, path: Sequence[str], current: str | None, to: str | None) -> str:
    earlier = [version for version in path if version != current]
    if to is not None and to not in path:
        raise UsageError(
            f"{name} {to} was never in production",
            why="a rollback asks for no gates, so it only goes where the service was before",
            hint=f"nb2prod promote {name} {to} --to production --by NAME",
        )
    if to is None and not earlier:
        raise UsageError(
            f"{name} has no version to go back to",
            hint=f"nb2prod history {name} shows what was in production",
        )
    return to or earlier[-1]
