"""What a build is asked to do, and whom it tells of its progress."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol


@dataclass(slots=True)
class Step:
    """One step of a build.

    Attributes:
        name: ``lint``, ``execute`` and so on.
        result: What it came to, in words; the step sets it.
        progress: Says how far it is, where that can be known.
    """

    name: str
    result: str = ""
    progress: Callable[[], str] = str


class Reporter(Protocol):
    """Whoever shows the progress of a build."""

    def running(self, step: Step) -> AbstractContextManager[None]:
        """Show that a step runs, for as long as the context lasts."""

    def done(self, step: Step, seconds: float) -> None:
        """Show what a step came to."""


class Silent:
    """Show nothing."""

    def running(self, step: Step) -> AbstractContextManager[None]:  # noqa: ARG002 - the protocol's
        """Show nothing."""
        return nullcontext()

    def done(self, step: Step, seconds: float) -> None:
        """Show nothing."""


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """How to build; None leaves a setting to ``nb2prod.toml`` and the defaults.

    Attributes:
        parameters: Values for the ``parameters`` cell, by name.
        parameters_text: The same as texts, from the command line; they win.
        parameters_file: A YAML file of values.
        seed: Seeds every generator.
        name: Name of the service.
        output: Folder that the services are written to.
        strict: Whether warnings stop the build.
        prove: ``sample`` or ``full``.
        timeout: Seconds that one cell may take.
        this_kernel: Run here although the notebook names a kernel of another environment.
        reporter: Shows the progress.
    """

    parameters: Mapping[str, Any] = field(default_factory=dict)
    parameters_text: tuple[tuple[str, str], ...] = ()
    parameters_file: Path | None = None
    seed: int | None = None
    name: str | None = None
    output: Path | None = None
    strict: bool | None = None
    prove: Literal["sample", "full"] | None = None
    timeout: float | None = None
    this_kernel: bool = False
    reporter: Reporter = field(default_factory=Silent)
