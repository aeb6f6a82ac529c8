"""Follow ``state/deployment.json``: a promotion or rollback changes the version without a restart.

The other version is verified, loaded and asked once while the old one goes on answering; then requests that come are
given to it. Those that the old one has begun, it ends. What cannot be loaded changes nothing; it is logged and counted.
"""

import asyncio
import gc
import logging
import time
from typing import Any

from runtime.faults import ArtifactError
from runtime.selection import choose_version

from .metrics import Metrics
from .serving import Serving, load_serving
from .settings import Settings

logger = logging.getLogger("app.watching")

_AGAIN_SECONDS = 30.0
"""After which a version that could not be loaded is tried again: somebody may have mended it."""


class Watcher:
    """What serves, as the deployment says.

    Args:
        app: The application, whose state holds what serves.
        settings: Which service, and how often to look.
        metrics: Where switches are counted.
    """

    def __init__(self, app: Any, settings: Settings, metrics: Metrics) -> None:
        self._app = app
        self._settings = settings
        self._metrics = metrics
        self._failed = ("", 0.0)
        self._complaint = ""

    async def start(self) -> None:
        """Load the version that is to serve; where that cannot be, nothing serves."""
        await self._load()

    async def follow(self) -> None:
        """Look again and again, until the task is cancelled; a version that was asked for by name stays."""
        while self._settings.version is None:
            await asyncio.sleep(self._settings.watch_seconds)
            wanted = await asyncio.to_thread(self._wanted)
            if wanted is not None and wanted != self._serving_name and not self._has_failed(wanted):
                await self._load()

    @property
    def _serving_name(self) -> str | None:
        serving: Serving | None = self._app.state.serving
        return None if serving is None else serving.model["version"]

    def _wanted(self) -> str | None:
        try:
            return choose_version(self._settings.folder).name
        except ArtifactError as error:
            if str(error) != self._complaint:
                logger.warning("the deployment cannot be followed: %s", error)
            self._complaint = str(error)
            return None

    def _has_failed(self, wanted: str) -> bool:
        name, at = self._failed
        return name == wanted and time.monotonic() - at < _AGAIN_SECONDS

    async def _load(self) -> None:
        try:
            made = await asyncio.to_thread(load_serving, self._settings, self._metrics)
        except ArtifactError as error:
            wanted = await asyncio.to_thread(self._wanted)
            self._failed = (wanted or "", time.monotonic())
            self._metrics.switch_failed()
            if self._app.state.serving is None:
                # The process stays up: its readiness says no, and its log and metrics say why.
                logger.critical("no model serves: %s", error)
            else:
                logger.warning("%s serves on: %s", self._serving_name, error)
            return
        self._switch(made)

    def _switch(self, made: Serving) -> None:
        old: Serving | None = self._app.state.serving
        self._app.state.serving = made
        self._app.openapi_schema = None
        self._metrics.serving(made.predictor.version.manifest)
        self._metrics.watch_queue(lambda: made.batcher.waiting)
        # What is loaded by now stays: searching it for garbage again and again costs more than many an answer.
        gc.collect()
        gc.freeze()
        logger.info("serving", extra={"version": made.model["version"]})
        if old is not None:
            # A request that was begun may still have its body to come, and its answer to wait for.
            patience = self._settings.read_seconds + self._settings.limits.seconds + 1
            asyncio.get_running_loop().call_later(patience, old.batcher.end)
