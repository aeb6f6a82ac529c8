"""Errors as ``application/problem+json`` (RFC 9457): small, and without the request's data."""

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from runtime.checks import Remark
from starlette.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"

_LONGEST_BODY = 4000
_LONGEST_FIELD = 120


class Problem(Exception):
    """Why a request has no answer.

    Attributes:
        status: HTTP status.
        detail: What is the matter, in one sentence for the caller.
        errors: One reason for each field concerned.
        headers: Further response headers.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        errors: tuple[Remark, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}


def overloaded(detail: str) -> Problem:
    """Return the problem of a service that has more to do than it can; the caller may try again."""
    return Problem(503, detail, headers={"Retry-After": "1"})


def problem_response(problem: Problem, request_id: str) -> Response:
    """Return the response; reasons that do not fit into 4 kB are counted, not sent."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "request_id": request_id,
    }
    errors = list(_fitting(problem.errors, _LONGEST_BODY - len(_encoded(body)) - 64))
    body["errors"] = errors
    if len(errors) < len(problem.errors):
        body["omitted_errors"] = len(problem.errors) - len(errors)
    return Response(
        _encoded(body), problem.status, headers=dict(problem.headers), media_type=MEDIA_TYPE
    )


def add_handlers(app: FastAPI) -> None:
    """Have every error of the application answered as a problem."""

    async def on_problem(request: Request, error: Exception) -> Response:
        return problem_response(_as_problem(error), request.state.request_id)

    for kind in (Problem, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, on_problem)


def _as_problem(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, HTTPException):
        return Problem(error.status_code, str(error.detail), headers=error.headers)
    # Only routes that were added by hand are validated by FastAPI, whose own answer repeats the
    # request's data.
    return Problem(422, "The request is not as this route needs it.")


def _fitting(errors: Iterable[Remark], room: int) -> Iterable[dict[str, str]]:
    for error in errors:
        entry = {"field": error.field[:_LONGEST_FIELD], "reason": error.reason}
        room -= len(_encoded(entry)) + 1
        if room < 0:
            return
        yield entry


def _encoded(value: object) -> bytes:
    """Return ASCII JSON: a field's name may hold what UTF-8 cannot."""
    return json.dumps(value, separators=(",", ":")).encode("ascii")
