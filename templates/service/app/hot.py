"""``POST /predict`` without the framework between: the route that has nearly all the traffic.

It stands within the same application, behind the same middleware: ids, limits, headers, metrics and logs are those of
every route, and the OpenAPI document describes it. What is left out is the framework's routing, request and response
objects, which cost several times what the model does.
"""

from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from .bodies import read_body
from .problems import Problem, problem_response
from .serving import serving_of
from .settings import Settings

HOT_PATH = "/predict"
_METHODS = {"Allow": "POST"}


class HotRoute:
    """Answer one path itself and hand on every other.

    Args:
        app: The rest of the application.
        state: The application's state, which holds what serves.
        settings: Limits of bodies.
    """

    path = HOT_PATH

    def __init__(self, app: ASGIApp, state: Any, settings: Settings) -> None:
        self._app = app
        self._state = state
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["path"] != self.path:
            await self._app(scope, receive, send)
            return
        scope["route"] = self
        request_id: str = scope["state"]["request_id"]
        try:
            body = await self._answer(scope, receive, request_id)
        except Problem as problem:
            await problem_response(problem, request_id)(scope, receive, send)
            return
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(body)),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope, receive: Receive, request_id: str) -> bytes:
        if scope["method"] != "POST":
            raise Problem(405, "Method Not Allowed", headers=_METHODS)
        serving = serving_of(self._state)
        body = await read_body(scope["headers"], receive, self._settings)
        return await serving.predict(body, request_id)
