"""The steps of a build on a terminal: one line each, and how far the running one is."""

import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from nb2prod.build.options import Step
from nb2prod.cli.terminal import is_coloured

_WIDTH = 9
_TICK_SECONDS = 0.25
_CLEAR = "\r\x1b[2K"


class Steps:
    """Show steps as they run, on a terminal, and as they end.

    Args:
        to_stderr: Whether standard output is kept for JSON.

    Attributes:
        stream: Where they are shown.
        seconds: Of each step that ended, well or not.
    """

    def __init__(self, *, to_stderr: bool) -> None:
        self.stream = sys.stderr if to_stderr else sys.stdout
        self.seconds: dict[str, float] = {}
        self._is_live = is_coloured(self.stream)

    @contextmanager
    def running(self, step: Step) -> Iterator[None]:
        """Show that a step runs, its seconds, and how far it is."""
        if not self._is_live:
            yield
            return
        ended = threading.Event()
        ticker = threading.Thread(target=self._tick, args=(step, ended), daemon=True)
        ticker.start()
        try:
            yield
        finally:
            ended.set()
            ticker.join()
            self._write(_CLEAR)

    def _tick(self, step: Step, ended: threading.Event) -> None:
        start = time.monotonic()
        while not ended.wait(_TICK_SECONDS):
            seconds = time.monotonic() - start
            line = f"  {step.name:<{_WIDTH}} {seconds:6.1f} s … {step.progress()}"
            # A line that wraps could not be taken back.
            self._write(_CLEAR + line[: shutil.get_terminal_size().columns - 1])

    def done(self, step: Step, seconds: float) -> None:
        """Show what a step came to."""
        self.seconds[step.name] = seconds
        self.line(f"  {step.name:<{_WIDTH}} {seconds:6.1f} s   {step.result}".rstrip())

    def line(self, text: str = "") -> None:
        """Write a line."""
        self._write(f"{text}\n")

    def _write(self, text: str) -> None:
        self.stream.write(text)
        self.stream.flush()
