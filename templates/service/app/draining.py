"""End without losing a request: on SIGTERM readiness says no first, and only later does the server stop."""

import asyncio
import logging
import signal
import threading
from collections.abc import Callable
from types import FrameType

logger = logging.getLogger("app.draining")


class Draining:
    """Whether the service is about to end.

    Whatever balances the load reads the readiness and sends no more requests; those that come all the same are
    answered until the time is over, each with the wish to close its connection. Then the server's own handler ends
    it: it takes no new connections and answers what it has begun.

    Args:
        seconds: How long to go on answering.
    """

    def __init__(self, seconds: float) -> None:
        self.is_on = False
        self._seconds = seconds

    def install(self) -> None:
        """Stand before the server's own handler of SIGTERM; signals reach the main thread only."""
        if threading.current_thread() is not threading.main_thread():
            return
        server_s_own = signal.getsignal(signal.SIGTERM)
        if not callable(server_s_own):
            return
        loop = asyncio.get_running_loop()

        def on_signal(number: int, frame: FrameType | None) -> None:
            if self.is_on:
                server_s_own(number, frame)
            else:
                loop.call_soon_threadsafe(self._begin, loop, lambda: server_s_own(number, None))

        signal.signal(signal.SIGTERM, on_signal)

    def _begin(self, loop: asyncio.AbstractEventLoop, end: Callable[[], object]) -> None:
        self.is_on = True
        logger.info("ending: no longer ready, answering for %g more seconds", self._seconds)
        loop.call_later(self._seconds, end)
