"""`/v1/why`: what each stage said of two claims, also where they were not flagged or not compared."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from app.api.access import needs
from app.api.problems import Fault, RequestProblem
from app.api.service import Served
from app.schemas import WhyOut
from app.scopes import Scope

router = APIRouter(prefix="/v1/why", tags=["contradictions"], dependencies=[needs(Scope.READ)])


class PairAsked(BaseModel):
    """Two claims of the corpus."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    left: Annotated[str, Field(description="The id of a claim")]
    right: Annotated[str, Field(description="The id of another claim")]


@router.get("", operation_id="why", summary="Tell what each stage said of two claims")
async def tell_why(asked: Annotated[PairAsked, Query()], service: Served) -> WhyOut:
    """The pair as `find` over all stored articles sees it now; the judge is asked anew, nothing is stored."""
    unknown = [
        Fault(detail=f"there is no claim {identity!r}", parameter=name)
        for name, identity in (("left", asked.left), ("right", asked.right))
        if service.archive.store.claim(identity) is None
    ]
    if unknown:
        raise RequestProblem(422, "a claim is not stored", unknown)
    if asked.left == asked.right:
        raise RequestProblem(422, "one claim twice", [Fault(detail="it is the left one", parameter="right")])
    return WhyOut.of(await service.with_models(service.archive.why, asked.left, asked.right))
