"""Settings of the service, from environment variables."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .batching import Limits


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator may set.

    Attributes:
        folder: The service's folder, which holds ``versions/``.
        version: ``MODEL_VERSION``: the version that answers; else the one in production, else
            the newest.
        max_body_bytes: ``MAX_BODY_BYTES``: larger requests are answered 413.
        max_records: ``MAX_RECORDS``: most records in one batch request.
        read_seconds: ``READ_TIMEOUT_SECONDS``: within which a request's body must be there.
        max_requests: ``MAX_CONCURRENT_REQUESTS``: more at a time are answered 503.
        limits: ``QUEUE_RECORDS``, ``QUEUE_BATCHES``: more that wait for the model are answered 503;
            ``BATCH_RECORDS``: most records of different requests in one call of the model;
            ``ANSWER_TIMEOUT_SECONDS``: what the model has not answered until then is answered 504.
        use_kernel: ``ROW_KERNEL``: ``off`` has the pipeline answer every record.
        watch_seconds: ``WATCH_SECONDS``: how often to look whether another version is in production.
        drain_seconds: ``DRAIN_SECONDS``: how long the service goes on answering after SIGTERM, while its readiness
            already says no.
        log_level: ``LOG_LEVEL``.
    """

    folder: Path = field(default_factory=lambda: Path(__file__).resolve().parents[1])
    version: str | None = None
    max_body_bytes: int = 10_000_000
    max_records: int = 10_000
    read_seconds: int = 15
    max_requests: int = 1024
    limits: Limits = field(default_factory=Limits)
    use_kernel: bool = True
    watch_seconds: int = 2
    drain_seconds: int = 0
    log_level: str = "INFO"


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings that the environment gives.

    Raises:
        SystemExit: A number is none; the message names the variable.
    """
    defaults = Settings()
    return Settings(
        version=environment.get("MODEL_VERSION") or None,
        max_body_bytes=_whole(environment, "MAX_BODY_BYTES", defaults.max_body_bytes),
        max_records=_whole(environment, "MAX_RECORDS", defaults.max_records),
        read_seconds=_whole(environment, "READ_TIMEOUT_SECONDS", defaults.read_seconds),
        max_requests=_whole(environment, "MAX_CONCURRENT_REQUESTS", defaults.max_requests),
        limits=_limits(environment, defaults.limits),
        use_kernel=_switch(environment, "ROW_KERNEL"),
        watch_seconds=_whole(environment, "WATCH_SECONDS", defaults.watch_seconds),
        drain_seconds=_whole(environment, "DRAIN_SECONDS", defaults.drain_seconds, least=0),
        log_level=_level(environment.get("LOG_LEVEL", defaults.log_level)),
    )


def _limits(environment: Mapping[str, str], defaults: Limits) -> Limits:
    return Limits(
        queue=_whole(environment, "QUEUE_RECORDS", defaults.queue),
        batch=_whole(environment, "BATCH_RECORDS", defaults.batch),
        jobs=_whole(environment, "QUEUE_BATCHES", defaults.jobs),
        seconds=_whole(environment, "ANSWER_TIMEOUT_SECONDS", int(defaults.seconds)),
    )


def _whole(environment: Mapping[str, str], name: str, default: int, *, least: int = 1) -> int:
    text = environment.get(name, "")
    if not text:
        return default
    if not text.isdecimal() or int(text) < least:
        raise SystemExit(f"{name} must be a whole number of at least {least}, not {text!r}")
    return int(text)


def _switch(environment: Mapping[str, str], name: str) -> bool:
    text = environment.get(name) or "on"
    if text not in {"on", "off"}:
        raise SystemExit(f"{name} must be on or off, not {text!r}")
    return text == "on"


def _level(text: str) -> str:
    levels = ("DEBUG", "INFO", "WARNING", "ERROR")
    if text.upper() not in levels:
        raise SystemExit(f"LOG_LEVEL must be one of {', '.join(levels)}, not {text!r}")
    return text.upper()
