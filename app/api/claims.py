"""`/v1/claims`: what the stored articles claim."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import Field

from app.api.access import needs
from app.api.paging import Asked, Listing, Paged, listing, page
from app.api.problems import RequestProblem
from app.api.service import Served, takes_no_parameters
from app.schemas import ClaimOut
from app.scopes import Scope
from app.store.records import ClaimFilter

router = APIRouter(prefix="/v1/claims", tags=["claims"], dependencies=[needs(Scope.READ)])

ClaimId = Annotated[str, Path(alias="id", description="The claim's id")]

Words = Annotated[str | None, Field(min_length=1, max_length=200)]


class WhichClaims(Asked):
    """Which claims: all that is given must hold."""

    article: Annotated[str | None, Field(min_length=1, max_length=500, description="The id of their article")] = None
    holder: Annotated[Words, Field(description="Part of the holder's name, in any case")] = None
    outlet: Annotated[Words, Field(description="The outlet's whole name, in any case")] = None
    q: Annotated[Words, Field(description="Words that all occur in the claim or its reading")] = None
    min_check_worthiness: Annotated[float, Field(ge=0, le=1)] = 0.0

    @property
    def filter(self) -> ClaimFilter:
        """The same for the store."""
        return ClaimFilter(
            article=self.article,
            holder=self.holder,
            outlet=self.outlet,
            q=self.q,
            min_check_worthiness=self.min_check_worthiness,
        )


class ClaimsAsked(WhichClaims, Paged):
    """Which of them are shown."""


@router.get("", operation_id="list_claims", summary="List claims")
def list_claims(
    asked: Annotated[ClaimsAsked, Query()], request: Request, response: Response, service: Served
) -> Listing[ClaimOut]:
    """Claims article by article, in the order of the text."""
    found = service.archive.store.claims(asked.filter, page(asked, (str, int, str)))
    return listing(request, response, asked, found, ClaimOut.of)


@router.get("/{id}", operation_id="get_claim", summary="Get a claim", dependencies=[Depends(takes_no_parameters)])
def get_claim(identity: ClaimId, service: Served) -> ClaimOut:
    """The claim with this id."""
    claim = service.archive.store.claim(identity)
    if claim is None:
        raise RequestProblem(404, f"there is no claim {identity!r}")
    return ClaimOut.of(claim)
