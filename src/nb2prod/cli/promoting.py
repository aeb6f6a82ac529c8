"""Move an alias and show what became of it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from nb2prod.cli.answering import answer, answering, say_waiting
from nb2prod.config import Config, load_config
from nb2prod.config.loading import OWN_FILE
from nb2prod.errors import UsageError
from nb2prod.promote.outcome import Outcome
from nb2prod.promote.promoting import promote
from nb2prod.promote.rolling_back import rollback
from nb2prod.registry.people import current_user
from nb2prod.registry.service_registry import opened_registry
from nb2prod.service.finding import find_service, find_version

_OPENING = "opening the registry (MLflow takes some seconds to start)"


def run_promote(
    service: Path,
    version: str,
    alias: Literal["staging", "production"],
    by: str,
    reason: str,
    form: str,
) -> int:
    """Promote a version, show it, and return the exit code.

    Raises:
        Nb2prodError: It cannot be done.
    """
    with answering(form):
        folder = find_service(service)
        name = find_version(folder, version)
        config = _settings(folder)
        say_waiting(form, _OPENING)
        with opened_registry(folder) as registry:
            outcome = promote(
                registry,
                name,
                alias,
                config.governance,
                by=_named(by),
                reason=reason,
                today=datetime.now(UTC).date(),
            )
    answer(form, outcome.as_json(), _lines(outcome, str(service)))
    return outcome.exit_code


def run_rollback(service: Path, to: str | None, by: str | None, reason: str, form: str) -> int:
    """Roll back, show it, and return the exit code.

    Raises:
        Nb2prodError: It cannot be done.
    """
    with answering(form):
        folder = find_service(service)
        if to is not None:
            find_version(folder, to)
        config = _settings(folder)
        say_waiting(form, _OPENING)
        with opened_registry(folder) as registry:
            who = current_user() if by is None else _named(by)
            outcome = rollback(registry, to, config.governance, by=who, reason=reason)
    answer(form, outcome.as_json(), _lines(outcome, str(service)))
    return outcome.exit_code


def _settings(folder: Path) -> Config:
    config = load_config(folder / OWN_FILE)
    if config.registry.enabled:
        return config
    raise UsageError(
        f"{folder.name} has no registry: `[registry] enabled` is false",
        why="without one there is no record of who put which version into production",
        hint=f"set it to true in {folder / OWN_FILE}, or set MODEL_VERSION where the service runs",
    )


def _named(by: str) -> str:
    if by.strip():
        return by.strip()
    raise UsageError("--by must name somebody", hint="--by 'Ada Lovelace'")


def _lines(outcome: Outcome, service: str) -> Iterator[str]:
    where = f"{service} {outcome.version}"
    if outcome.status in {"promoted", "rolled_back"}:
        word = outcome.status.replace("_", " ")
        yield f"{word}: {where} is in {outcome.alias}, where {outcome.before or 'nothing'} was"
        yield f"A running service follows {service}/state/deployment.json and goes on with it, without a restart"
    elif outcome.status == "unchanged":
        yield f"unchanged: {where} is in {outcome.alias} already"
    else:
        yield f"{outcome.status}: {where} is not in {outcome.alias}"
        for reason in outcome.reasons:
            yield f"  because {reason}"
        if outcome.hint:
            yield f"Next: {outcome.hint}"
