"""Judge a version by the gates: a candidate before it is published, or a version again as things are now."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from nb2prod.artifact.evidence import keep_gates
from nb2prod.artifact.store import Store
from nb2prod.config import Config, Gates
from nb2prod.gates.judging import Judgement, judge
from nb2prod.registry.deployment import read_deployment
from nb2prod.registry.people import current_user
from nb2prod.registry.service_registry import opened_registry


def judge_candidate(service: Path, version: Path, settings: Gates) -> Judgement:
    """Judge a version that is not published yet, against the one in production.

    Args:
        service: The service's folder.
        version: The version's folder, in the workshop.
        settings: ``[gates]``.

    Raises:
        ArtifactFault: The champion was changed after it was built.
    """
    champion = read_deployment(service).get("production")
    folder = None if champion is None else Store(service).path(champion)
    return judge(version, folder, settings, today=datetime.now(UTC).date())


def gate_version(service: Path, version: str, config: Config, *, today: date) -> Judgement:
    """Judge a version and keep what comes out, in its reports, the registry and the audit log.

    The registry's lock is not held while the gates compute. Where another version went into production meanwhile,
    the promotion will say so.

    Raises:
        ArtifactFault: The version or the audit log was changed.
        EnvironmentFault: The registry or the disk refused.
    """
    store = Store(service)
    if not config.registry.enabled:
        judgement = judge(store.path(version), None, config.gates, today=today)
        keep_gates(service, version, judgement.as_json())
        return judgement
    with opened_registry(service) as registry:
        champion = registry.server.aliases().get("production")
    folder = None if champion in {None, version} else store.path(str(champion))
    judgement = judge(store.path(version), folder, config.gates, today=today)
    with opened_registry(service) as registry:
        kept = keep_gates(service, version, judgement.as_json())
        facts = {
            "gates": kept.digest,
            "verdict": kept.verdict,
            "artifact_digest": judgement.artifact_digest,
            "champion": judgement.champion,
        }
        registry.note("gate", version, by=current_user(), reason="", facts=facts)
        registry.server.tag(version, {"nb2prod.gates": kept.verdict})
    return judgement
