"""Load a server on the loopback address: keep-alive connections that each wait for their answer before they ask again.

``python load.py PORT PATH BODIES SECONDS CONNECTIONS`` prints one JSON line. BODIES is a file with one body a line.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Counts:
    """What came back.

    Attributes:
        seconds: Of each answered request.
        errors: Answers that are no 200, or connections that were lost.
    """

    seconds: list[float] = field(default_factory=list)
    errors: int = 0


class Connection(asyncio.Protocol):
    """One connection; a new request goes out as soon as an answer is complete."""

    def __init__(self, requests: list[bytes], first: int, counts: Counts, end: float) -> None:
        self._requests = requests
        self._next = first
        self._counts = counts
        self._end = end
        self._buffer = b""
        self._sent = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        """Wait for the whole answer, then ask again."""
        self._buffer = self._buffer + data if self._buffer else data
        head = self._buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        headers = self._buffer[:head].lower()
        place = headers.find(b"content-length:")
        length = int(headers[place + 15 : place + 30].split(b"\r\n")[0])
        if len(self._buffer) < head + 4 + length:
            return
        now = time.perf_counter()
        if self._buffer.startswith(b"HTTP/1.1 200"):
            self._counts.seconds.append(now - self._sent)
        else:
            self._counts.errors += 1
        self._buffer = b""
        if now < self._end:
            self._ask()
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (asyncio's form)
        """Count a connection that the server closed before the time was over."""
        if time.perf_counter() < self._end:
            self._counts.errors += 1
        if not self.done.done():
            self.done.set_result(None)

    def _ask(self) -> None:
        self._sent = time.perf_counter()
        request = self._requests[self._next % len(self._requests)]
        self._next += 1
        self._transport.write(request)  # type: ignore[attr-defined]  # a stream of asyncio's


async def load(port: int, requests: list[bytes], seconds: float, connections: int) -> Counts:
    """Ask for some seconds and return what came back."""
    loop = asyncio.get_running_loop()
    counts = Counts()
    end = time.perf_counter() + seconds
    made = []
    for number in range(connections):
        _, connection = await loop.create_connection(
            lambda number=number: Connection(requests, number * 7, counts, end),  # type: ignore[misc]
            "127.0.0.1",
            port,
        )
        made.append(connection)
    await asyncio.wait([one.done for one in made], timeout=seconds + 30)
    return counts


def summary(counts: Counts, seconds: float) -> dict[str, float]:
    """Return requests a second and quantiles of the latency in milliseconds."""
    ordered = sorted(counts.seconds)
    if not ordered:
        return {"requests_per_second": 0.0, "errors": counts.errors, "answered": 0}

    def quantile(share: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000, 3)

    return {
        "answered": len(ordered),
        "requests_per_second": round(len(ordered) / seconds, 1),
        "p50_ms": quantile(0.5),
        "p99_ms": quantile(0.99),
        "errors": counts.errors,
    }


def framed(path: str, bodies: list[bytes]) -> list[bytes]:
    """Return whole requests."""
    return [
        b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
        % (path.encode(), len(body), body)
        for body in bodies
    ]


def main() -> None:
    """Do as the command line says."""
    port, path, bodies, seconds, connections = sys.argv[1:6]
    try:
        import uvloop

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    except ImportError:
        pass
    requests = framed(path, Path(bodies).read_bytes().splitlines())
    counts = asyncio.run(load(int(port), requests, float(seconds), int(connections)))
    print(json.dumps(summary(counts, float(seconds))))


if __name__ == "__main__":
    main()
