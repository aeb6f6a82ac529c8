"""Register what a build came to; the last step, which the next build does where this one was ended before it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from nb2prod.build.order import Order
from nb2prod.build.unchanged import remember


def register(order: Order, version: str, files: Mapping[str, Path]) -> str:
    """Register a published version, and note that this notebook's build is done.

    Args:
        order: What was asked for.
        version: The version.
        files: What its run keeps beside it, by name.

    Returns:
        Where it is registered, in words.

    Raises:
        ArtifactFault: The version or the audit log was changed.
        EnvironmentFault: The registry cannot be reached; the version is there all the same.
    """
    if not order.config.registry.enabled:
        remember(order, version)
        return "off: [registry] enabled is false"
    # MLflow takes seconds to import, which a build without a registry must not wait for.
    from nb2prod.registry.record import origin_of
    from nb2prod.registry.service_registry import Built, opened_registry

    with opened_registry(order.service, Built(version, origin_of(order.folder), files)) as registry:
        where = registry.server.address.database or registry.server.address.uri
    remember(order, version)
    return f"{order.name} {version} in {where}"
