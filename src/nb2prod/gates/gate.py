"""What a gate is: a function of a candidate, its champion and the settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from nb2prod.config import Gates
from nb2prod.gates.verdict import GateResult
from nb2prod.gates.version import VersionAtHand


@dataclass(frozen=True, slots=True)
class Question:
    """What the gates are asked.

    Attributes:
        candidate: The version that is judged.
        champion: The version in production, or None where there is none or it is the candidate.
        settings: ``[gates]`` of ``nb2prod.toml``.
        today: The day on which they are asked, which the age of data is counted to.
    """

    candidate: VersionAtHand
    champion: VersionAtHand | None
    settings: Gates
    today: date


Gate = Callable[[Question], Iterable[GateResult]]
"""A gate gives one result, or one for each thing that it looks at; ``skip`` where it has nothing to look at."""
