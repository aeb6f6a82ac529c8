"""The application: ``uvicorn app.main:app``."""

import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI
from runtime.faults import ArtifactError

from . import logs
from .documentation import describe_app
from .metrics import Metrics
from .middleware import RequestMiddleware
from .problems import add_handlers
from .routes import router
from .serving import load_serving
from .settings import Settings, read_settings

logger = logging.getLogger("app")


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the application; the model is loaded when it starts."""
    settings = settings or read_settings()
    logs.configure(settings.log_level)
    app = _Service(title="Model service", lifespan=_lifespan)
    app.state.settings = settings
    app.state.metrics = Metrics()
    app.state.serving = None
    app.include_router(router)
    add_handlers(app)
    app.add_middleware(RequestMiddleware, metrics=app.state.metrics)
    return app


class _Service(FastAPI):
    """FastAPI with an OpenAPI document that is made once the model is known."""

    def openapi(self) -> dict[str, Any]:
        """Return the document."""
        if self.openapi_schema is None:
            self.openapi_schema = describe_app(self)
        return self.openapi_schema


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    try:
        app.state.serving = load_serving(settings, app.state.metrics)
    except ArtifactError as error:
        # The process stays up: its readiness says no, and its log and metrics say why.
        logger.critical("no model serves: %s", error)
    else:
        logger.info("serving", extra={"version": app.state.serving.model["version"]})
    yield
    app.state.metrics.stopped()


app = create_app()
