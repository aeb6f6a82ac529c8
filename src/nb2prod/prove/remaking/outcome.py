"""What making a version again came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from nb2prod.report.change import Difference

Status = Literal["same", "equal", "differs"]

EXIT_CODES: Mapping[Status, int] = {"same": 0, "equal": 0, "differs": 1}


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison of the stored version with the one that was made.

    Attributes:
        name: What was compared.
        is_same: Whether it is the same, within the tolerance where there is one.
        said: The outcome in words.
        rows: Rows that it rests on, or None.
    """

    name: str
    is_same: bool
    said: str
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something may differ, and what shows it.

    Attributes:
        kind: ``data``, ``settings``, ``packages``, ``python``, ``machine``, ``script``, ``threads``, ``randomness``
            or ``unknown``.
        said: The evidence in words.
    """

    kind: str
    said: str


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome.

    ``same`` is equality to the bit. ``equal`` is equality within the tolerance where bits are not promised: with other
    packages than the lock's, or on another kind of machine. Everything else ``differs``.

    Attributes:
        status: What it came to.
        service: Name of the service.
        version: The version.
        is_fresh: Whether it was made in a fresh environment.
        python: Release of Python that it was made with.
        stored: Artifact digest of the version.
        made: Artifact digest of what was made, or None where training failed.
        checks: What was compared.
        causes: Why it differs; or what differs in the inputs without changing the outcome.
        differences: Metrics, statistics, model parameters and others that changed, as ``nb2prod compare`` says them.
        notes: What a reader must know of the comparison itself.
        seconds: Time of each step.
    """

    status: Status
    service: str
    version: str
    is_fresh: bool
    python: str
    stored: str
    made: str | None
    checks: Sequence[Check]
    causes: Sequence[Cause] = ()
    differences: Sequence[Difference] = ()
    notes: Sequence[str] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """Return the exit code of the command."""
        return EXIT_CODES[self.status]

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``nb2prod verify --format json`` prints."""
        return {
            "status": self.status,
            "service": self.service,
            "version": self.version,
            "environment": {
                "kind": "fresh" if self.is_fresh else "here",
                "python": self.python,
            },
            "artifact_digest": {"stored": self.stored, "made": self.made},
            "checks": [asdict(check) for check in self.checks],
            "causes": [asdict(cause) for cause in self.causes],
            "differences": [one.as_json() for one in self.differences],
            "notes": list(self.notes),
            "seconds": {name: round(seconds, 3) for name, seconds in self.seconds.items()},
        }
