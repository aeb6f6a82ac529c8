"""Time the steps of a build and tell the reporter."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from nb2prod.build.options import Reporter, Step


class Clock:
    """Time steps.

    Args:
        reporter: Shows them.

    Attributes:
        reporter: Shows them.
        seconds: How long each step took that ended, by name.
        said: What each of them came to.
    """

    def __init__(self, reporter: Reporter) -> None:
        self.reporter = reporter
        self.seconds: dict[str, float] = {}
        self.said: dict[str, str] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Time a step, and report what it came to; one that raises is reported as failed."""
        step = Step(name)
        start = time.perf_counter()
        try:
            with self.reporter.running(step):
                yield step
        except KeyboardInterrupt:
            step.result = "interrupted"
            raise
        except BaseException:
            step.result = "failed"
            raise
        finally:
            self.seconds[name] = time.perf_counter() - start
            self.said[name] = step.result
            self.reporter.done(step, self.seconds[name])

    def waiting(self) -> AbstractContextManager[None]:
        """Show that another build of the same service is waited for, as long as the context lasts."""
        return self.reporter.running(Step("wait", progress=lambda: "for another build of it"))
