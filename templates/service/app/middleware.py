"""What every request gets: an id, headers, a log line, a count, and never a stack trace."""

import itertools
import logging
import os
import re
import time

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .draining import Draining
from .metrics import Metrics
from .problems import Problem, overloaded, problem_response
from .request_log import RequestLog

logger = logging.getLogger("app.request")

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_TRACE = re.compile(rb"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.*")
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
)
_CLOSE = (b"connection", b"close")
_PAGES = frozenset({"/docs", "/redoc", "/docs/oauth2-redirect"})
_ALWAYS = frozenset({"/health/live", "/health/ready", "/metrics"})
"""What is answered also when the service is full: its operators ask it then."""


class RequestMiddleware:
    """Wrap the application.

    Args:
        app: The application.
        metrics: Where requests are counted.
        log: Where they are written down.
        draining: Whether the service is about to end.
        most: Requests at a time; more are told to come again.
    """

    def __init__(
        self, app: ASGIApp, metrics: Metrics, log: RequestLog, draining: Draining, most: int
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._log = log
        self._draining = draining
        self._most = most
        self._running = 0
        # Unique without asking the operating system each time: a random start, then a count.
        self._prefix = os.urandom(8).hex()
        self._numbers = itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id, trace_id = self._ids(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        status = 0

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *self._headers(scope, request_id)]
            await send(message)

        self._running += 1
        try:
            await self._answer(scope, receive, send_named)
        except ClientDisconnect:
            # The caller went away before the request was there: no one is left to answer.
            status = status or 499
        except Exception:
            logger.exception("unexpected error", extra={"request_id": request_id})
            if status:
                raise
            problem = Problem(500, "The service failed; its log has the reason by request id.")
            await problem_response(problem, request_id)(scope, receive, send_named)
        finally:
            self._running -= 1
            self._note(scope, request_id, trace_id, status, time.perf_counter() - started)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._running > self._most and scope["path"] not in _ALWAYS:
            problem = overloaded("The service answers as many requests as it can.")
            response = problem_response(problem, scope["state"]["request_id"])
            await response(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _headers(self, scope: Scope, request_id: str) -> list[tuple[bytes, bytes]]:
        headers = [(b"x-request-id", request_id.encode("ascii")), *_HEADERS]
        if scope["path"] in _PAGES:
            # These pages load their scripts from elsewhere, and need no more protection than a text.
            headers.remove(_HEADERS[2])
        if self._draining.is_on:
            headers.append(_CLOSE)
        return headers

    def _ids(self, scope: Scope) -> tuple[str, str]:
        """Return the caller's request id where it is one, else a new one; and its trace id, or nothing."""
        request_id = trace_id = ""
        for name, value in scope["headers"]:
            if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
                request_id = str(value, "ascii")
            elif name == b"traceparent":
                match = _TRACE.fullmatch(value)
                trace_id = str(match[1], "ascii") if match else ""
        return request_id or f"{self._prefix}{next(self._numbers):016x}", trace_id

    def _note(
        self, scope: Scope, request_id: str, trace_id: str, status: int, seconds: float
    ) -> None:
        # Only routes become labels, not what is asked for: a scanner must not fill the metrics.
        self._metrics.request(getattr(scope.get("route"), "path", "other"), status, seconds)
        self._log.note((request_id, trace_id), scope["method"], scope["path"], status, seconds)
