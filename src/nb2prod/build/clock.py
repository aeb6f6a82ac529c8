"""Time the steps of a build and tell the reporter."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from nb2prod.build.options import Reporter


class Step:
    """One step under way; its result is what the reporter shows."""

    def __init__(self) -> None:
        self.result = ""


class Clock:
    """Time steps.

    Args:
        reporter: Shows them.
    """

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Time a step, and report it when it ends well."""
        step = Step()
        start = time.perf_counter()
        with self._reporter.step(name):
            yield step
        self.seconds[name] = time.perf_counter() - start
        self._reporter.done(name, step.result, self.seconds[name])
