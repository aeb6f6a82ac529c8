"""What every request gets: an id, headers, a log line, a count, and never a stack trace."""

import logging
import re
import time
import uuid

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .metrics import Metrics
from .problems import Problem, problem_response

logger = logging.getLogger("app.request")

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
_LONGEST_PATH = 200


class RequestMiddleware:
    """Wrap the application."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        started = time.perf_counter()
        status = 0

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                headers.update(_HEADERS)
            await send(message)

        try:
            await self._app(scope, receive, send_named)
        except Exception:
            logger.exception("unexpected error", extra={"request_id": request_id})
            if status:
                raise
            problem = Problem(500, "The service failed; its log has the reason by request id.")
            await problem_response(problem, request_id)(scope, receive, send_named)
        finally:
            self._note(scope, request_id, status, time.perf_counter() - started)

    def _note(self, scope: Scope, request_id: str, status: int, seconds: float) -> None:
        path = scope["path"]
        # Only routes become labels, not what is asked for: a scanner must not fill the metrics.
        self._metrics.request(getattr(scope.get("route"), "path", "other"), status, seconds)
        fields = {
            "request_id": request_id,
            "method": scope["method"],
            "path": path[:_LONGEST_PATH],
            "status": status,
            "milliseconds": round(seconds * 1000, 3),
        }
        logger.info("request", extra=fields)


def _request_id(scope: Scope) -> str:
    """Return the caller's request id where it is one, else a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return str(value, "ascii")
    return uuid.uuid4().hex
