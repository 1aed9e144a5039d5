"""Lists in pages: an opaque cursor that goes on after the last row shown, and the link to the next page."""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import URL

from app.api.problems import Fault, RequestProblem
from app.store.records import Key, Page, Slice

Row = TypeVar("Row")
Item = TypeVar("Item")


class Asked(BaseModel):
    """What is asked of a list; an unknown parameter is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Paged(Asked):
    """Which part of a list is shown."""

    limit: Annotated[int, Field(ge=1, le=500, description="At most so many items")] = 50
    cursor: Annotated[str | None, Field(max_length=2000, description="Where the page before ended; from `next`")] = None

    @property
    def question(self) -> str:
        """A digest of all but the place in the list: a cursor is good for the question that gave it."""
        asked = self.model_dump_json(exclude={"limit", "cursor"})
        return hashlib.sha256(f"{type(self).__name__} {asked}".encode()).hexdigest()[:12]


class Listing(BaseModel, Generic[Item]):
    """One page; `next` is the URL of the page after it, null on the last."""

    items: list[Item]
    next: str | None


def page(asked: Paged, kinds: Sequence[type]) -> Page:
    """The page to read; `kinds` are the types of the values that the list is sorted by.

    Raises `RequestProblem` where the cursor belongs to another question or is none.
    """
    return Page(asked.limit, None if asked.cursor is None else _opened(asked.cursor, asked.question, kinds))


def listing(
    request: Request, response: Response, asked: Paged, found: Slice[Row], shape: Callable[[Row], Item]
) -> Listing[Item]:
    """The page as it is sent, its `Link` header (RFC 8288) set."""
    further = following(request, asked, found)
    if further is not None:
        response.headers["Link"] = f'<{further}>; rel="next"'
    return Listing(items=[shape(row) for row in found.items], next=None if further is None else str(further))


def following(request: Request, asked: Paged, found: Slice[Row]) -> URL | None:
    """The URL of the page after this one, None on the last."""
    if found.end is None:
        return None
    return request.url.include_query_params(cursor=_closed(found.end, asked.question))


def _closed(key: Key, question: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([question, *key]).encode()).decode().rstrip("=")


def _opened(cursor: str, question: str, kinds: Sequence[type]) -> Key:
    wrong = Fault(detail="no cursor of this question; leave it out to begin again", parameter="cursor")
    try:
        said = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        said = None
    if not isinstance(said, list) or said[:1] != [question]:
        raise RequestProblem(422, "the cursor is not usable", [wrong])
    key = tuple(said[1:])
    if len(key) != len(kinds) or not all(type(value) is kind for value, kind in zip(key, kinds, strict=True)):
        raise RequestProblem(422, "the cursor is not usable", [wrong])
    return key
