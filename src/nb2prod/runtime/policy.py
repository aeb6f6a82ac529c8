"""What a service does with rows that training would have dropped: ``domain`` in its ``nb2prod.toml``."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from .faults import ArtifactError

SETTINGS_NAME = "nb2prod.toml"

Action = Literal["flag", "reject", "fallback"]
"""Answer with a warning; answer 422; answer with the configured value and a warning."""


@dataclass(frozen=True, slots=True)
class DomainPolicy:
    """What to do with rows outside the model's domain.

    Attributes:
        action: What is done.
        fallback: The prediction that ``fallback`` gives instead of the model's.
    """

    action: Action = "flag"
    fallback: object = None


def read_policy(service: Path) -> DomainPolicy:
    """Read a service's policy; without settings rows are flagged.

    Raises:
        ArtifactError: The settings cannot be read, or name no such policy.
    """
    path = service / SETTINGS_NAME
    if not path.is_file():
        return DomainPolicy()
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ArtifactError(f"{SETTINGS_NAME} is no valid TOML: {error}") from error
    action = settings.get("domain", "flag")
    if action not in get_args(Action):
        known = ", ".join(get_args(Action))
        raise ArtifactError(f"`domain` in {SETTINGS_NAME} must be one of {known}, not {action!r}")
    if action == "fallback" and "fallback" not in settings:
        raise ArtifactError(
            f'`domain = "fallback"` in {SETTINGS_NAME} needs `fallback`, the prediction to give'
        )
    return DomainPolicy(action, settings.get("fallback"))
