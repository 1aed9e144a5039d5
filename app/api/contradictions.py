"""`/v1/contradictions`: how the claims of the corpus stand to each other."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BeforeValidator, Field, model_validator

from app.api.access import needs
from app.api.claims import Words
from app.api.paging import Asked, Listing, Paged, listing, page
from app.api.problems import RequestProblem
from app.api.service import Served, Service, takes_no_parameters
from app.schemas import ContradictionOut
from app.scopes import Scope
from app.store.records import FindingFilter, Slice, Verdict
from nli.records import Finding, Kind, Relation

router = APIRouter(prefix="/v1/contradictions", tags=["contradictions"], dependencies=[needs(Scope.READ)])

ContradictionId = Annotated[str, Path(alias="id", description="The contradiction's id")]


class Sort(StrEnum):
    """Newest: by the later day of the two articles, undated pairs last."""

    NEWEST = "newest"
    SCORE = "score"


def _iso_day(value: object) -> object:
    """A day from its ISO form only: pydantic would take a bare number for seconds since 1970."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{value[:40]!r} is no day such as 2022-08-17") from None
    return value


Day = Annotated[date | None, BeforeValidator(_iso_day)]


class WhichClashes(Asked):
    """Which clashes: all that is given must hold; holder, outlet, words and days are looked for in any claim."""

    kind: Annotated[Kind | None, Field(description="What clashes")] = None
    holder: Annotated[Words, Field(description="Part of a holder's name, in any case")] = None
    outlet: Annotated[Words, Field(description="An outlet's whole name, in any case")] = None
    since: Annotated[Day, Field(description="The first day; undated articles lie in no range")] = None
    until: Annotated[Day, Field(description="The last day")] = None
    min_score: Annotated[float, Field(ge=0, le=1)] = 0.0
    q: Annotated[Words, Field(description="Words that all occur in one of the claims or its reading")] = None
    sort: Sort = Sort.NEWEST

    @model_validator(mode="after")
    def _range_is_not_empty(self) -> "WhichClashes":
        if self.since and self.until and self.since > self.until:
            raise ValueError(f"since {self.since} lies after until {self.until}")
        return self


class WhichContradictions(WhichClashes):
    """The same of pairs in any relation."""

    relation: Annotated[Relation | Literal["all"], Field(description="One relation, or `all` for every pair")] = (
        Relation.CONTRADICTION
    )
    entity: Annotated[Words, Field(description="A name that stands in one of the claims or its reading")] = None
    review: Annotated[Verdict | None, Field(description="What a reviewer says; `open` where none does")] = None

    @property
    def filter(self) -> FindingFilter:
        """The same for the store."""
        return FindingFilter(
            relation=None if self.relation == "all" else Relation(self.relation),
            kind=self.kind,
            holder=self.holder,
            outlet=self.outlet,
            since=self.since.isoformat() if self.since else None,
            until=self.until.isoformat() if self.until else None,
            min_score=self.min_score,
            q=self.q,
            entity=self.entity,
            review=self.review,
            by_score=self.sort is Sort.SCORE,
        )


class ContradictionsAsked(WhichContradictions, Paged):
    """Which of them are shown."""


@router.get("", operation_id="list_contradictions", summary="List contradictions")
def list_contradictions(
    asked: Annotated[ContradictionsAsked, Query()], request: Request, response: Response, service: Served
) -> Listing[ContradictionOut]:
    """Pairs of claims that contradict each other, or stand in another relation: as of `find`, with their review."""
    found = findings_asked(asked, service)
    reviews = service.archive.store.reviews.of(found.items)
    return listing(request, response, asked, found, lambda each: ContradictionOut.reviewed(each, reviews.get(each.id)))


@router.get(
    "/{id}",
    operation_id="get_contradiction",
    summary="Get a contradiction",
    dependencies=[Depends(takes_no_parameters)],
)
def get_contradiction(identity: ContradictionId, service: Served) -> ContradictionOut:
    """The pair with this id, in whatever relation, with its review."""
    found = finding_named(identity, service)
    return ContradictionOut.reviewed(found, service.archive.store.reviews.of([found]).get(found.id))


def finding_named(identity: str, service: Service) -> Finding:
    """The stored pair with this id. Raises `RequestProblem` (404) where there is none."""
    found = service.archive.store.finding(identity)
    if found is None:
        raise RequestProblem(404, f"there is no contradiction {identity!r}")
    return found


def findings_asked(asked: ContradictionsAsked, service: Service) -> Slice[Finding]:
    """The page of pairs that is asked for."""
    kinds = (float, str) if asked.sort is Sort.SCORE else (str, str)
    return service.archive.store.findings(asked.filter, page(asked, kinds))
