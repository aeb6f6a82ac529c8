"""The registered model of one service in MLflow: its versions, its aliases, and the head of the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from nb2prod.registry.address import Address, address_of
from nb2prod.registry.chain import Head
from nb2prod.registry.opening import explained_registry, open_client

Alias = Literal["production", "staging"]
"""``production`` answers requests (the champion); ``staging`` is tried out beside it (the challenger)."""

ALIASES: tuple[Alias, ...] = get_args(Alias)

HEAD_TAG = "nb2prod.audit_head"
RUN_KEY_TAG = "nb2prod.run_key"
GONE_TAG = "nb2prod.gone"
"""Marks a number whose version's folder was gone when a later version was registered."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A version as the registry has it.

    Attributes:
        version: ``v1``, ``v2`` and so on.
        run_key: Its run key.
        run_id: MLflow's run, with parameters, metrics and data.
        tags: Every tag.
    """

    version: str
    run_key: str
    run_id: str
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_gone(self) -> bool:
        """Tell whether only the number is left."""
        return GONE_TAG in self.tags


class Server:
    """What nb2prod asks of MLflow; each method is one request, and a fault of the registry where it fails.

    Args:
        name: Name of the service and of its registered model.
        address: Where the registry is.

    Attributes:
        client: MLflow's own client.
    """

    def __init__(self, name: str, address: Address) -> None:
        self.name = name
        self.address = address
        self.client: Any = open_client(address)

    def model(self) -> Any | None:
        """Return MLflow's registered model, or None."""
        with explained_registry(self.address):
            found = self.client.search_registered_models(f"name = '{self.name}'")
            return found[0] if found else None

    def make_model(self) -> None:
        """Make the registered model where there is none."""
        if self.model() is None:
            with explained_registry(self.address):
                self.client.create_registered_model(self.name)

    def versions(self) -> dict[str, Registered]:
        """Return every registered version by name."""
        found: dict[str, Registered] = {}
        token = None
        with explained_registry(self.address):
            while True:
                page = self.client.search_model_versions(
                    f"name = '{self.name}'", max_results=1000, page_token=token
                )
                found |= {f"v{one.version}": _registered(one) for one in page}
                token = page.token
                if not token:
                    return found

    def aliases(self) -> dict[Alias, str]:
        """Return the version that each alias points at; an alias that points nowhere is left out."""
        model = self.model()
        pointed = {} if model is None else model.aliases
        return {alias: f"v{pointed[alias]}" for alias in ALIASES if alias in pointed}

    def point(self, alias: Alias, version: str | None) -> None:
        """Move an alias to a version, or take it away."""
        with explained_registry(self.address):
            if version is not None:
                number = version.removeprefix("v")
                self.client.set_registered_model_alias(self.name, alias, number)
            elif alias in self.aliases():
                self.client.delete_registered_model_alias(self.name, alias)

    def head(self) -> Head:
        """Return the last entry of the audit log that the registry knows."""
        model = self.model()
        text = None if model is None else model.tags.get(HEAD_TAG)
        try:
            return Head() if text is None else Head.from_text(text)
        except ValueError:
            return Head(seq=0, digest=text or "")

    def set_head(self, head: Head) -> None:
        """Remember the last entry of the audit log."""
        with explained_registry(self.address):
            self.client.set_registered_model_tag(self.name, HEAD_TAG, head.to_text())

    def tag(self, version: str, tags: Mapping[str, str]) -> None:
        """Set tags of a version."""
        with explained_registry(self.address):
            for key, value in tags.items():
                self.client.set_model_version_tag(self.name, version.removeprefix("v"), key, value)


def open_server(service: Path) -> Server:
    """Open the registry of a service.

    Raises:
        EnvironmentFault: It cannot be reached.
    """
    return Server(service.resolve().name, address_of(service))


def _registered(one: Any) -> Registered:
    tags = dict(one.tags)
    return Registered(f"v{one.version}", tags.get(RUN_KEY_TAG, ""), one.run_id or "", tags)
