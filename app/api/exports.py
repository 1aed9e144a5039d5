"""`/v1/claims.csv` and its like: the lists whole, each in one file, in the formats that the command writes."""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from itertools import chain, islice
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel
from starlette.responses import StreamingResponse

from app.api.access import needs
from app.api.claims import WhichClaims
from app.api.contradictions import WhichContradictions
from app.api.disputes import WhichDisputes, every_dispute, reviews_in
from app.api.service import Served, Service, takes_no_parameters
from app.formats import Format
from app.schemas import ArticleOut, ClaimOut, ContradictionOut, DisputedClaim, DisputeOut
from app.scopes import Scope
from app.serialisation import serialised
from app.store.records import Page, Slice
from nli.records import Finding

T = TypeVar("T")


class File(StrEnum):
    """The endings of a file, each a format of the command."""

    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


MEDIA_TYPES = {File.JSON: "application/json", File.JSONL: "application/jsonl", File.CSV: "text/csv"}
AT_ONCE = 500
"""Rows read in one transaction, and sent in one piece."""

Ending = Annotated[File, Path(alias="form", description="The format of the file")]
CONTENT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The whole list",
        "content": {
            kind: {"schema": {"type": "array" if form is File.JSON else "string"}} for form, kind in MEDIA_TYPES.items()
        },
    }
}

router = APIRouter(prefix="/v1", default_response_class=StreamingResponse, dependencies=[needs(Scope.READ)])


@router.get(
    "/articles.{form}",
    operation_id="export_articles",
    summary="Export articles",
    tags=["articles"],
    responses=CONTENT,
    dependencies=[Depends(takes_no_parameters)],
)
def export_articles(form: Ending, service: Served) -> StreamingResponse:
    """All articles as they were given, the latest day first."""
    articles = every(service.archive.store.articles)
    return _file("articles", form, map(ArticleOut.of, articles), ArticleOut)


@router.get("/claims.{form}", operation_id="export_claims", summary="Export claims", tags=["claims"], responses=CONTENT)
def export_claims(form: Ending, asked: Annotated[WhichClaims, Query()], service: Served) -> StreamingResponse:
    """All claims that the filters of the list let through, article by article."""
    claims = every(lambda page: service.archive.store.claims(asked.filter, page))
    return _file("claims", form, map(ClaimOut.of, claims), ClaimOut)


@router.get(
    "/contradictions.{form}",
    operation_id="export_contradictions",
    summary="Export contradictions",
    tags=["contradictions"],
    responses=CONTENT,
)
def export_contradictions(
    form: Ending, asked: Annotated[WhichContradictions, Query()], service: Served
) -> StreamingResponse:
    """All pairs that the filters of the list let through, in its order."""
    findings = every(lambda page: service.archive.store.findings(asked.filter, page))
    return _file("contradictions", form, _with_reviews(findings, service), ContradictionOut)


@router.get(
    "/disputes.{form}",
    operation_id="export_disputes",
    summary="Export disputes",
    tags=["disputes"],
    responses=CONTENT,
)
def export_disputes(form: Ending, asked: Annotated[WhichDisputes, Query()], service: Served) -> StreamingResponse:
    """All disputes that the filters of the list let through, in its order; as CSV, a row a claim."""
    found = every_dispute(asked, service.archive)
    reviews = reviews_in(found, service)
    disputes = (DisputeOut.of(each, reviews) for each in found)
    if form is File.CSV:
        return _file("disputes", form, chain.from_iterable(map(DisputedClaim.each, disputes)), DisputedClaim)
    return _file("disputes", form, disputes, DisputeOut)


def every(read: Callable[[Page], Slice[T]]) -> Iterator[T]:
    """All that a list has, page after page: a transaction is not kept open for as long as a client takes to read."""
    found = read(Page(AT_ONCE))
    yield from found.items
    while found.end is not None:
        found = read(Page(AT_ONCE, found.end))
        yield from found.items


def _with_reviews(findings: Iterator[Finding], service: Service) -> Iterator[ContradictionOut]:
    while found := list(islice(findings, AT_ONCE)):
        reviews = service.archive.store.reviews.of(found)
        yield from (ContradictionOut.reviewed(each, reviews.get(each.id)) for each in found)


def _file(name: str, form: File, rows: Iterable[BaseModel], shape: type[BaseModel]) -> StreamingResponse:
    return sent(f"{name}.{form}", f"{MEDIA_TYPES[form]}; charset=utf-8", serialised(rows, Format(form), shape))


def sent(filename: str, media_type: str, lines: Iterator[str]) -> StreamingResponse:
    """The lines as a file, sent while they are made."""
    parts = _pieces(lines)
    # Before the answer begins: a store that cannot be read is a problem, not the beginning of a file.
    first = next(parts, "")
    headers = {"Content-Disposition": f'attachment; filename="{filename}"', "X-Content-Type-Options": "nosniff"}
    return StreamingResponse(chain([first], parts), media_type=media_type, headers=headers)


def _pieces(lines: Iterator[str]) -> Iterator[str]:
    while piece := "".join(islice(lines, AT_ONCE)):
        yield piece
