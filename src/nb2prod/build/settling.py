"""A build that came to a version that exists: what its gates say still counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nb2prod.artifact.evidence import PASSED, read_gates
from nb2prod.build.clock import Clock
from nb2prod.build.order import Order
from nb2prod.build.result import STATUS_BY_VERDICT, BuildResult, Status
from nb2prod.config import Config
from nb2prod.gates.settings import settings_digest


def judged(
    order: Order, result: BuildResult, clock: Clock, *, is_known: bool = True
) -> BuildResult:
    """Return the outcome with the verdict of the version's gates; another outcome is returned as it is.

    Args:
        order: What was asked for.
        result: The outcome of the build so far.
        clock: Times the steps.
        is_known: Whether an earlier build ended with this version, registered and noted.
    """
    if result.status != "unchanged" or result.version is None:
        return result
    if not is_known:
        with clock.step("register") as step:
            from nb2prod.build.registering import register

            step.result = register(order, result.version, {})
    status, gates = settled_gates(order.service, result.version, order.config, clock)
    return replace(result, status=status, gates=gates)


def settled_gates(
    service: Path, version: str, config: Config, clock: Clock
) -> tuple[Status, list[dict[str, Any]]]:
    """Return the status that a version's gates give it, and what each of them said.

    They are asked again only where they never were, or were asked with other settings.

    Args:
        service: The service's folder.
        version: A version that exists.
        config: Settings, with those of the gates.
        clock: Times the step.
    """
    kept = read_gates(service, version)
    if kept is None or kept.content.get("settings") != settings_digest(config.gates):
        with clock.step("gate") as step:
            from nb2prod.build.gating import gate_version

            today = datetime.now(UTC).date()
            step.result = gate_version(service, version, config, today=today).said()
        kept = read_gates(service, version)
    assert kept is not None  # It was read or made above.
    status: Status = "unchanged" if kept.verdict == PASSED else STATUS_BY_VERDICT[kept.verdict]
    return status, list(kept.content["gates"])
