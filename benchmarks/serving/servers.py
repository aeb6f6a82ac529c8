"""How each server is started, and what it answers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
WORK = HERE / "work"
_PEERS = HERE / "peers"
_UVICORN = ("-m", "uvicorn", "--no-access-log", "--log-level", "warning")


@dataclass(frozen=True)
class Server:
    """A server of the one model.

    Attributes:
        name: What the table calls it.
        python: The interpreter of its environment.
        command: Its arguments; ``{port}`` stands for the port.
        folder: Where it is started.
        probability: Reads the probability from an answer; None where there is nothing to compare.
        shape: Makes a request's body of a record.
        environment: Further variables.
        path: Path of the route.
    """

    name: str
    python: Path
    command: tuple[str, ...]
    folder: Path
    probability: Callable[[Any], float] | None
    shape: Callable[[Any], Any] = lambda record: record
    environment: Mapping[str, str] = field(default_factory=dict)
    path: str = "/predict"


def servers() -> list[Server]:
    """Return the servers that are installed here."""
    own = Path(sys.executable)
    service = WORK / "services" / "serving"
    ours = (*_UVICORN, "app.main:app", "--port", "{port}")

    def ours_of(name: str, **environment: str) -> Server:
        return Server(
            name,
            own,
            ours,
            service,
            lambda a: float(a["probabilities"]["1"]),
            environment=environment,
        )

    found = [
        Server(
            "no-op FastAPI", own, (*_UVICORN, "no_op:app", "--port", "{port}"), _PEERS, None
        ),
        Server(
            "naive FastAPI", own, (*_UVICORN, "naive:app", "--port", "{port}"), _PEERS,
            lambda answer: float(answer["probability"]),
        ),
        ours_of("nb2prod, plain path", ROW_KERNEL="off"),
        ours_of("nb2prod, row kernel"),
        Server(
            "LitServe", WORK / "litserve" / "bin" / "python", ("lit.py", "{port}"), _PEERS,
            lambda answer: float(answer["probability"]),
        ),
        Server(
            "BentoML", WORK / "bentoml" / "bin" / "python",
            ("-m", "bentoml", "serve", "bento:Adult", "--port", "{port}", "--host", "127.0.0.1"),
            _PEERS, lambda answer: float(answer[0]["probability"]),
            shape=lambda record: {"records": [record]},
        ),
    ]  # fmt: skip
    return [server for server in found if server.python.exists()]
