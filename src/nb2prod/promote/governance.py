"""Who may promote, and how many people must ask for it: ``[governance]`` of ``nb2prod.toml``."""

from __future__ import annotations

from collections.abc import Sequence

from nb2prod.config import Governance
from nb2prod.registry.entry import Entry


def not_an_owner(governance: Governance, by: str) -> str | None:
    """Return why somebody may not move an alias, or None."""
    owners = governance.owners.deployment
    if not owners or by in owners:
        return None
    return f"{by} is not among the owners of deployment: {', '.join(owners)}"


def builder_of(entries: Sequence[Entry], version: str) -> str | None:
    """Return who registered a version, or None."""
    return next((e.by for e in entries if e.action == "register" and e.version == version), None)


def approvers(entries: Sequence[Entry], version: str, artifact_digest: str, by: str) -> list[str]:
    """Return who asked for a version so far, ``by`` among them; its builder does not count.

    An approval holds for the files that were approved, and until the version was last promoted.
    """
    builder = builder_of(entries, version)
    found: dict[str, None] = {}
    for entry in entries:
        if entry.version != version:
            continue
        if entry.action == "promote" and entry.alias == "production":
            found.clear()
        if entry.action == "approve" and entry.facts.get("artifact_digest") == artifact_digest:
            found[entry.by] = None
    found[by] = None
    return [name for name in found if name != builder]


def missing_approvals(
    governance: Governance, entries: Sequence[Entry], version: str, artifact_digest: str, by: str
) -> str | None:
    """Return what is missing before a version may go into production, or None."""
    wanted = governance.approvals
    found = approvers(entries, version, artifact_digest, by)
    if len(found) >= wanted:
        return None
    builder = builder_of(entries, version)
    said = f" ({', '.join(found)})" if found else ""
    return f"{len(found)} of {wanted} approvals{said}; {builder}, who built it, does not count"
