"""Logs as one JSON object a line on standard error."""

import json
import logging
import sys
from datetime import UTC, datetime

_FIELDS = ("request_id", "method", "path", "status", "milliseconds", "version")


class JsonFormatter(logging.Formatter):
    """Write a record as JSON, with the fields of a request where it has them."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update({name: vars(record)[name] for name in _FIELDS if name in vars(record)})
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def configure(level: str) -> None:
    """Send the logs of the service and of its server through one JSON handler."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    for name in ("app", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(level)
    # What other packages log; a program around the service may have its own handler for that.
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(handler)
    logging.captureWarnings(capture=True)
    # Each request is logged once, by the service, with its request id.
    logging.getLogger("uvicorn.access").disabled = True
