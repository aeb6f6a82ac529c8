"""The application: ``uvicorn app.main:app``."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from . import logs
from .documentation import describe_app
from .draining import Draining
from .hot import HOT_PATH, HotRoute
from .metrics import Metrics
from .middleware import RequestMiddleware
from .problems import add_handlers
from .request_log import RequestLog
from .routes import router
from .settings import Settings, read_settings
from .watching import Watcher


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the application; the model is loaded when it starts."""
    settings = settings or read_settings()
    logs.configure(settings.log_level)
    app = _Service(title="Model service", lifespan=_lifespan)
    app.state.settings = settings
    app.state.metrics = Metrics()
    app.state.serving = None
    app.state.draining = Draining(settings.drain_seconds)
    app.state.log = RequestLog()
    app.include_router(router)
    add_handlers(app)
    # What is added last is asked first.
    app.add_middleware(HotRoute, state=app.state, settings=settings)
    app.add_middleware(
        RequestMiddleware,
        metrics=app.state.metrics,
        log=app.state.log,
        draining=app.state.draining,
        most=settings.max_requests,
    )
    return app


class _Service(FastAPI):
    """FastAPI with a short way to the hot route, and an OpenAPI document that is made once the model is known."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; the hot route passes by what the framework does before its own middleware."""
        if scope["type"] != "http" or scope["path"] != HOT_PATH:
            await super().__call__(scope, receive, send)
            return
        if self.middleware_stack is None:
            self.middleware_stack = self.build_middleware_stack()
        scope["app"] = self
        await self.middleware_stack(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        """Return the document."""
        if self.openapi_schema is None:
            self.openapi_schema = describe_app(self)
        return self.openapi_schema


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    watcher = Watcher(app, app.state.settings, app.state.metrics)
    await watcher.start()
    app.state.draining.install()
    following = asyncio.create_task(watcher.follow())
    yield
    following.cancel()
    app.state.metrics.stopped()
    if app.state.serving is not None:
        app.state.serving.batcher.close()
    app.state.log.flush()


app = create_app()
