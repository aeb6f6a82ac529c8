"""Read request bodies: bounded in size and time, and strict about what JSON leaves open."""

import asyncio
import json
import math
import types
from collections import Counter
from collections.abc import Coroutine, Generator
from typing import Any

from runtime.checks import Remark
from starlette.requests import ClientDisconnect
from starlette.types import Receive

from .problems import Problem
from .settings import Settings

Headers = list[tuple[bytes, bytes]]
"""A request's headers as ASGI gives them: names in lower case."""

# Python refuses longer digit strings by itself, with an error that is about the interpreter.
_MOST_DIGITS = 400


async def read_body(headers: Headers, receive: Receive, settings: Settings) -> bytes:
    """Return the whole body.

    Raises:
        Problem: It is too large (413), not JSON by its declared type (415), or did not arrive in
            time (408).
        ClientDisconnect: Nobody waits for an answer any more.
    """
    _check_headers(headers, settings)
    received = _received(receive, settings)
    try:
        # Nearly every body is there before it is asked for: then there is nothing to wait for, and no clock to set.
        waits_for = received.send(None)
    except StopIteration as done:
        body: bytes = done.value
        return body
    try:
        async with asyncio.timeout(settings.read_seconds):
            return await _resumed(received, waits_for)
    except TimeoutError as error:
        detail = f"The body was not there within {settings.read_seconds} seconds."
        raise Problem(408, detail, headers={"Connection": "close"}) from error


@types.coroutine
def _resumed(begun: Coroutine[Any, Any, bytes], waits_for: Any) -> Generator[Any, Any, bytes]:
    """Wait for a coroutine that was begun by hand and now waits for something."""
    while True:
        error: BaseException | None = None
        try:
            given = yield waits_for
        except BaseException as raised:  # noqa: BLE001 - whatever ends the waiting ends what is waited for
            error, given = raised, None
        try:
            waits_for = begun.send(given) if error is None else begun.throw(error)
        except StopIteration as done:
            body: bytes = done.value
            return body


def _check_headers(headers: Headers, settings: Settings) -> None:
    for name, value in headers:
        if name == b"content-type":
            media_type = value.partition(b";")[0].strip().lower()
            if media_type != b"application/json" and not media_type.endswith(b"+json"):
                raise Problem(415, "Send JSON, with the header Content-Type: application/json.")
        elif name == b"content-length" and value.isdigit() and int(value) > settings.max_body_bytes:
            raise _too_large(settings)


async def _received(receive: Receive, settings: Settings) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > settings.max_body_bytes:
            raise _too_large(settings)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def parse_json(body: bytes) -> object:
    """Return the body's value; NaN, infinities and endless numbers become non-finite floats.

    The schema's check then names the field that holds them.

    Raises:
        Problem: The body is not JSON, or an object in it has a name twice (422).
    """
    try:
        return _decoder.decode(body.decode("utf-8"))
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        reason = f"is not valid JSON at {place}: {error.msg}"
    except UnicodeDecodeError:
        reason = "is not valid UTF-8"
    except RecursionError:
        reason = "is nested too deeply"
    raise Problem(422, "The body cannot be read.", (Remark("", f"the body {reason}"),))


def _too_large(settings: Settings) -> Problem:
    # The rest of the body is not read, so the connection cannot be used again.
    detail = f"The body is larger than {settings.max_body_bytes} bytes."
    return Problem(413, detail, headers={"Connection": "close"})


def _unique_names(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    ((doubled, _),) = Counter(name for name, _ in pairs).most_common(1)
    detail = "The body has a name twice; it is not clear which value counts."
    raise Problem(422, detail, (Remark(doubled, "is there more than once"),))


def _whole_number(digits: str) -> int | float:
    return int(digits) if len(digits) <= _MOST_DIGITS else math.inf


_decoder = json.JSONDecoder(object_pairs_hook=_unique_names, parse_int=_whole_number)
