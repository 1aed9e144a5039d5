"""Errors as RFC 9457 `application/problem+json`, whatever went wrong: never HTML, never a stack trace."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.store.errors import Full, StoreError, TooSlow

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = "5"
UNEXPECTED = "an error of the service, not of the request; its log says more"


class Fault(BaseModel):
    """One thing that is wrong: where, as a JSON Pointer into the body or the name of a parameter, and what."""

    detail: str
    pointer: str | None = Field(default=None, description="JSON Pointer (RFC 6901) into the request's body")
    parameter: str | None = Field(default=None, description="Name of a parameter of the query or path")


class Problem(BaseModel):
    """RFC 9457: what went wrong. `errors` names each faulty part of the request."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[Fault] | None = None


@dataclass
class RequestProblem(Exception):
    """A request that cannot be answered, and why."""

    status: int
    detail: str
    errors: Sequence[Fault] = ()
    retry: bool = False
    headers: Mapping[str, str] | None = None


def problem(status: int, detail: str, errors: Sequence[Fault] = ()) -> dict[str, Any]:
    """The JSON of a problem.

    >>> problem(404, "no article 'a1'")["title"]
    'Not Found'
    """
    shape = Problem(title=title(status), status=status, detail=detail, errors=list(errors) or None)
    return shape.model_dump(exclude_none=True)


def title(status: int) -> str:
    """The phrase of a status, in the words of RFC 9110 (Python's older ones say Entity where it says Content).

    >>> title(422), title(413)
    ('Unprocessable Content', 'Content Too Large')
    """
    renamed = {413: "Content Too Large", 422: "Unprocessable Content"}
    return renamed.get(status) or HTTPStatus(status).phrase


def answer(
    status: int, detail: str, errors: Sequence[Fault] = (), headers: Mapping[str, str] | None = None
) -> Response:
    """The response that carries a problem."""
    # Escaped to ASCII: a pointer may quote what the client sent, half of a surrogate pair included.
    body = json.dumps(problem(status, detail, errors))
    return Response(body, status, dict(headers or {}), MEDIA_TYPE)


def of_store(error: StoreError) -> RequestProblem:
    """The problem where the store fails. Its own message names a path of the server, which is for the log alone."""
    if isinstance(error, TooSlow):
        return RequestProblem(503, str(error))
    logger.warning("the store failed: %s", error)
    if isinstance(error, Full):
        return RequestProblem(507, "there is no room in the store; nothing was written", retry=True)
    return RequestProblem(503, "the store cannot be read or written just now", retry=True)


def refusal(error: RequestProblem) -> Response:
    """The response that carries it."""
    headers = {"Retry-After": RETRY_SECONDS} if error.retry else {}
    return answer(error.status, error.detail, error.errors, {**headers, **(error.headers or {})})


def validation_faults(errors: Sequence[Any]) -> list[Fault]:
    """Pydantic's errors, each with its place in the request.

    >>> validation_faults([{"loc": ("body", "pairs", 0, "premise"), "msg": "Value error, it is empty"}])[0].pointer
    '/pairs/0/premise'
    """
    return [_fault(tuple(error["loc"]), str(error["msg"])) for error in errors]


def _fault(place: tuple[str | int, ...], message: str) -> Fault:
    detail = message.removeprefix("Value error, ")
    if place and place[0] in ("query", "path", "header"):
        return Fault(detail=detail, parameter=str(place[1]) if len(place) > 1 else None)
    return Fault(detail=detail, pointer=pointer(place[1:] if place[:1] == ("body",) else place))


def pointer(place: Sequence[str | int]) -> str:
    """A JSON Pointer, RFC 6901.

    >>> pointer(("a/b", 0))
    '/a~1b/0'
    """
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in place)


def counted(errors: Sequence[object]) -> str:
    """How much of a request is faulty.

    >>> counted(["x"])
    '1 part of the request is faulty'
    """
    return (
        f"{len(errors)} part{'s' if len(errors) > 1 else ''} of the request {'are' if len(errors) > 1 else 'is'} faulty"
    )


def install(app: FastAPI) -> None:
    """Makes every error of the app a problem."""
    app.add_exception_handler(RequestProblem, _of_request)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(StoreError, _of_store)


def _of_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestProblem)
    if error.status >= 500:
        request.state.error = type(error).__name__
    return refusal(error)


def _of_validation(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = error.errors()
    if any(each["type"] == "json_invalid" for each in errors):
        at = errors[0]["loc"][-1]
        return answer(400, f"the body is not JSON: {errors[0]['ctx']['error']} at character {at}")
    faults = validation_faults(errors)
    return answer(422, counted(faults), faults)


def _of_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    said = {
        400: "the body cannot be read as JSON in UTF-8",
        404: f"there is nothing at {request.scope['path']}",
        405: f"{request.method} is not possible here",
    }
    plain = error.detail in (HTTPStatus(error.status_code).phrase, "There was an error parsing the body")
    detail = said.get(error.status_code, error.detail) if plain else error.detail
    return answer(error.status_code, detail, (), error.headers)


def _of_store(request: Request, error: Exception) -> Response:
    assert isinstance(error, StoreError)
    request.state.error = type(error).__name__
    return refusal(of_store(error))
