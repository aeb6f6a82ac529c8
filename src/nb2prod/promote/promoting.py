"""Point an alias at a version, if its gates, its owners and its approvals allow it."""

from __future__ import annotations

from datetime import date

from nb2prod.artifact.evidence import read_gates
from nb2prod.config import Governance
from nb2prod.promote.eligibility import obstacles
from nb2prod.promote.governance import missing_approvals, not_an_owner
from nb2prod.promote.outcome import Outcome
from nb2prod.registry.record import read_record
from nb2prod.registry.server import Alias
from nb2prod.registry.service_registry import Registry


def promote(
    registry: Registry,
    version: str,
    alias: Alias,
    governance: Governance,
    *,
    by: str,
    reason: str,
    today: date,
) -> Outcome:
    """Promote a version, or say why not.

    Args:
        registry: The service's registry, held by its lock: what is checked here is still so when the alias moves.
        version: The version.
        alias: ``staging`` or ``production``.
        governance: Who may promote.
        by: Who asks for it.
        reason: Why.
        today: Decides which waivers still hold.

    Raises:
        ArtifactFault: The version or the audit log was changed.
        EnvironmentFault: The registry or the disk refused.
    """
    name = registry.server.name
    aliases = registry.server.aliases()
    before = aliases.get(alias)
    if before == version:
        registry.write_deployment()
        return Outcome("unchanged", name, alias, version, before)
    entries = registry.log.entries()
    gates = read_gates(registry.service, version)
    reasons = obstacles(
        gates,
        alias,
        version=version,
        champion=aliases.get("production"),
        entries=entries,
        today=today,
    )
    stranger = not_an_owner(governance, by)
    if reasons or stranger:
        every = (*reasons, *((stranger,) if stranger else ()))
        hint = f"nb2prod gate {name} {version} judges it as things are now" if reasons else None
        return Outcome("refused", name, alias, version, before, every, hint)
    record = read_record(registry.store.path(version))
    digest = record.manifest.artifact_digest
    if alias == "production":
        missing = missing_approvals(governance, entries, version, digest, by)
        if missing:
            facts = {"artifact_digest": digest, "alias": alias}
            entry = registry.note("approve", version, by=by, reason=reason, facts=facts)
            hint = f"somebody else: nb2prod promote {name} {version} --to production --by NAME"
            return Outcome("approved", name, alias, version, before, (missing,), hint, entry)
    noted = None if gates is None else gates.digest
    entry = registry.move(alias, version, action="promote", by=by, reason=reason, gates=noted)
    return Outcome("promoted", name, alias, version, before, entry=entry)
