"""Register a version that was trained again, and move the alias that the settings name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from nb2prod.build.clock import Clock
from nb2prod.build.settling import settled_gates
from nb2prod.build.unchanged import parity_of
from nb2prod.errors import ArtifactFault
from nb2prod.promote.outcome import Outcome
from nb2prod.registry.audit import AuditLog
from nb2prod.registry.entry import Entry
from nb2prod.retrain.order import RetrainOrder
from nb2prod.retrain.result import RetrainResult
from nb2prod.runtime.faults import ArtifactError
from nb2prod.runtime.verifying import verify_version


def settled_again(order: RetrainOrder, folder: Path, clock: Clock) -> RetrainResult:
    """Return the outcome for data that a version was trained on before, and finish what that training left undone.

    The gates are asked again only where they never were, or were asked with other settings.

    Args:
        order: What was asked for.
        folder: The version's folder.
        clock: Times the steps.

    Raises:
        ArtifactFault: The version was changed after it was built.
    """
    try:
        manifest = verify_version(folder)
    except ArtifactError as error:
        why = "it was trained on these data before, and is not what was proved then"
        raise ArtifactFault(error.what, why=why, hint=error.hint) from error
    result = RetrainResult(
        "unchanged",
        order.service,
        order.predecessor.manifest.version,
        version=manifest.version,
        run_key=manifest.run_key,
        artifact_digest=manifest.artifact_digest,
        metrics=manifest.metrics,
        parity=parity_of(folder),
    )
    return settled(order, _judged(order, result, clock), clock)


def settled(order: RetrainOrder, result: RetrainResult, clock: Clock) -> RetrainResult:
    """Register a version and promote it as far as the settings allow; what is done already is not done again.

    Args:
        order: What was asked for.
        result: The outcome so far.
        clock: Times the steps.

    Raises:
        ArtifactFault: The version or the audit log was changed.
        EnvironmentFault: The registry cannot be reached; the version is there all the same.
    """
    version = result.version
    if version is None or not order.config.registry.enabled:
        return result
    entries = AuditLog(order.service).entries()
    alias = order.config.retrain.promote
    has_passed = result.status in {"built", "unchanged"}
    is_wanted = alias != "never" and has_passed and not _was_moved(entries, version, alias)
    if _is_registered(entries, version, result.run_key) and not is_wanted:
        return result
    # MLflow takes seconds to import, which an unchanged retraining must not wait for.
    from nb2prod.registry.record import origin_of
    from nb2prod.registry.service_registry import Built, opened_registry

    with clock.step("register") as step:
        built = Built(version, origin_of(order.service))
        with opened_registry(order.service, built) as registry:
            where = registry.server.address.database or registry.server.address.uri
        step.result = f"{registry.server.name} {version} in {where}"
    return replace(result, promotion=_promoted(order, version, clock)) if is_wanted else result


def _promoted(order: RetrainOrder, version: str, clock: Clock) -> Outcome:
    """Move the alias that the settings name, under the same rules as a person."""
    from nb2prod.promote.promoting import promote
    from nb2prod.registry.people import current_user
    from nb2prod.registry.service_registry import opened_registry

    alias = order.config.retrain.promote
    assert alias != "never"  # Then nobody asks for it.
    with clock.step("promote") as step, opened_registry(order.service) as registry:
        outcome = promote(
            registry,
            version,
            alias,
            order.config.governance,
            by=current_user(),
            reason=f"[retrain] promote, trained from {order.predecessor.manifest.version}",
            today=datetime.now(UTC).date(),
        )
        step.result = f"{alias}: {outcome.status}"
    return outcome


def _judged(order: RetrainOrder, result: RetrainResult, clock: Clock) -> RetrainResult:
    assert result.version is not None  # It was found by its run key.
    status, gates = settled_gates(order.service, result.version, order.config, clock)
    return replace(result, status=status, gates=gates)


def _is_registered(entries: list[Entry], version: str, run_key: str | None) -> bool:
    return any(
        entry.action == "register"
        and entry.version == version
        and entry.facts.get("run_key") == run_key
        for entry in entries
    )


def _was_moved(entries: list[Entry], version: str, alias: str) -> bool:
    """Tell whether an alias was ever moved to a version: the next retraining must not take a rollback back."""
    return any(entry.alias == alias and entry.facts.get("after") == version for entry in entries)
