"""One JSON line for each request, written in bunches: a write for each would cost as much as an answer."""

import asyncio
import functools
import json
import logging
import sys
import time
from datetime import UTC, datetime

_WAIT_SECONDS = 0.05
"""How long a line waits for others. What is not written yet is lost where the process is killed outright."""

_MOST_LINES = 500
_LONGEST_PATH = 200

logger = logging.getLogger("app.request")
_quoted = functools.lru_cache(maxsize=256)(json.dumps)


class RequestLog:
    """The log of requests, in the form of ``logs.JsonFormatter``."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._second = -1
        self._time = ""

    def note(
        self, ids: tuple[str, str], method: str, path: str, status: int, seconds: float
    ) -> None:
        """Log one request; it is called in the event loop.

        Args:
            ids: Request id, and trace id or nothing.
            method: HTTP method.
            path: What was asked for.
            status: HTTP status of the answer.
            seconds: How long it took.
        """
        if not logger.isEnabledFor(logging.INFO):
            return
        request_id, trace_id = ids
        trace = f',"trace_id":"{trace_id}"' if trace_id else ""
        self._lines.append(
            f'{{"time":"{self._now()}","level":"INFO","logger":"app.request","message":"request",'
            f'"request_id":"{request_id}"{trace},"method":"{method}",'
            f'"path":{_quoted(path[:_LONGEST_PATH])},"status":{status},'
            f'"milliseconds":{seconds * 1000:.3f}}}\n'
        )
        if len(self._lines) == 1:
            asyncio.get_running_loop().call_later(_WAIT_SECONDS, self.flush)
        elif len(self._lines) >= _MOST_LINES:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        if self._lines:
            text = "".join(self._lines)
            self._lines.clear()
            sys.stderr.write(text)
            sys.stderr.flush()

    def _now(self) -> str:
        now = time.time()
        second = int(now)
        if second != self._second:
            self._second = second
            self._time = datetime.fromtimestamp(second, UTC).isoformat()[:19]
        return f"{self._time}.{int((now - second) * 1000):03d}+00:00"
