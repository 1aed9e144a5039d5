"""`/v1/contradictions/{id}/review` and `/v1/reviews`: what people say of the pairs that were found."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from app.api.access import needs
from app.api.contradictions import ContradictionId, finding_named
from app.api.paging import Listing, Paged, listing, page
from app.api.problems import RequestProblem
from app.api.service import Served, takes_json, takes_no_parameters
from app.schemas import OpinionIn, ReviewOut
from app.scopes import Scope
from app.store.records import ReviewFilter, Verdict

router = APIRouter(prefix="/v1", tags=["reviews"])


class ReviewsAsked(Paged):
    """Which reviews: all that is given must hold."""

    verdict: Verdict | None = None
    reviewer: Annotated[str | None, Field(min_length=1, max_length=200, description="The reviewer's whole name")] = None
    article: Annotated[str | None, Field(min_length=1, max_length=500, description="The id of either article")] = None
    history: Annotated[bool, Field(description="Those too that a newer one of the same pair has replaced")] = False


class HistoryOut(ReviewOut):
    """The review that counts, and those that it replaced, the newest first."""

    history: list[ReviewOut]


@router.put(
    "/contradictions/{id}/review",
    operation_id="put_review",
    summary="Review a contradiction",
    responses={201: {"model": ReviewOut, "description": "The first of this pair"}},
    dependencies=[needs(Scope.REVIEW), Depends(takes_no_parameters), Depends(takes_json)],
)
def put_review(identity: ContradictionId, body: OpinionIn, response: Response, service: Served) -> ReviewOut:
    """Confirm a pair, reject it with a reason, or take a review back (`open`); the newest counts, older ones are kept.

    The same again changes nothing.
    """
    review, first = service.archive.store.reviews.add(finding_named(identity, service), body.value())
    if first:
        response.status_code = HTTPStatus.CREATED
    return ReviewOut.on(identity, review)


@router.get(
    "/contradictions/{id}/review",
    operation_id="get_review",
    summary="Get the review of a contradiction",
    dependencies=[needs(Scope.READ), Depends(takes_no_parameters)],
)
def get_review(identity: ContradictionId, service: Served) -> HistoryOut:
    """The newest review of a pair, and those before it."""
    reviews = service.archive.store.reviews.history(finding_named(identity, service))
    told = [ReviewOut.on(identity, each) for each in reviews]
    if not told:
        raise RequestProblem(404, f"nobody has reviewed the contradiction {identity!r}")
    newest, *older = told
    return HistoryOut(**dict(newest), history=older)


@router.get("/reviews", operation_id="list_reviews", summary="List reviews", dependencies=[needs(Scope.READ)])
def list_reviews(
    asked: Annotated[ReviewsAsked, Query()], request: Request, response: Response, service: Served
) -> Listing[ReviewOut]:
    """Reviews, the newest first: of each pair the one that counts, or with `history` all."""
    which = ReviewFilter(**asked.model_dump(exclude={"limit", "cursor"}))
    found = service.archive.store.reviews.listed(which, page(asked, (int,)))
    return listing(request, response, asked, found, lambda each: ReviewOut.on(each[1], each[0]))
