"""`/v1/disputes`: the questions on which the claims of the corpus clash."""

from collections.abc import Iterable, Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from app.api.access import needs
from app.api.contradictions import Sort, WhichClashes
from app.api.paging import Listing, Paged, listing, page
from app.api.problems import RequestProblem
from app.api.service import Served, Service, takes_no_parameters
from app.archive import Archive
from app.schemas import DisputeOut
from app.scopes import Scope
from app.store.records import Key, Review, Slice
from app.store.rows import folded
from corpus.records import Claim
from nli.records import Dispute

router = APIRouter(prefix="/v1/disputes", tags=["disputes"], dependencies=[needs(Scope.READ)])

DisputeId = Annotated[str, Path(alias="id", description="The dispute's id")]


class WhichDisputes(WhichClashes):
    """Which disputes: each condition holds for one that has such a claim or such a contradiction."""


class DisputesAsked(WhichDisputes, Paged):
    """Which of them are shown."""


@router.get("", operation_id="list_disputes", summary="List disputes")
def list_disputes(
    asked: Annotated[DisputesAsked, Query()], request: Request, response: Response, service: Served
) -> Listing[DisputeOut]:
    """Contradictions and agreements joined: one question each, with the positions on it and who holds them."""
    found = disputes_asked(asked, service)
    reviews = reviews_in(found.items, service)
    return listing(request, response, asked, found, lambda each: DisputeOut.of(each, reviews))


@router.get("/{id}", operation_id="get_dispute", summary="Get a dispute", dependencies=[Depends(takes_no_parameters)])
def get_dispute(identity: DisputeId, service: Served) -> DisputeOut:
    """The dispute with this id, which is that of its earliest contradiction."""
    found = dispute_named(identity, service)
    return DisputeOut.of(found, reviews_in([found], service))


def reviews_in(found: Iterable[Dispute], service: Service) -> dict[str, Review]:
    """The reviews of their contradictions, by the ids of these."""
    return service.archive.store.reviews.of(clash for each in found for clash in each.contradictions)


def disputes_asked(asked: DisputesAsked, service: Service) -> Slice[Dispute]:
    """The page of disputes that is asked for."""
    wanted = page(asked, (float, str) if asked.sort is Sort.SCORE else (str, str))
    rest = [each for each in _keyed(asked, service.archive) if wanted.after is None or each[0] < wanted.after]
    shown = rest[: wanted.limit]
    # One page by key, as the store's lists have it: what is written meanwhile neither repeats nor hides others.
    return Slice(tuple(each for _, each in shown), shown[-1][0] if len(rest) > len(shown) else None)


def every_dispute(asked: WhichDisputes, archive: Archive) -> list[Dispute]:
    """All disputes that are asked for, in the order of their list."""
    return [each for _, each in _keyed(asked, archive)]


def dispute_named(identity: str, service: Service) -> Dispute:
    """The dispute with this id. Raises `RequestProblem` (404) where there is none."""
    found = next((each for each in service.archive.disputes() if each.id == identity), None)
    if found is None:
        raise RequestProblem(404, f"there is no dispute {identity!r}")
    return found


def _keyed(asked: WhichClashes, archive: Archive) -> list[tuple[Key, Dispute]]:
    """The disputes that are asked for with what they are sorted by, in the order of their list."""
    by_score = asked.sort is Sort.SCORE
    found = (each for each in archive.disputes() if all(_conditions(asked, each)))
    keyed = [((each.score if by_score else each.newest or "", each.id), each) for each in found]
    return sorted(keyed, key=lambda each: each[0], reverse=True)


def _conditions(asked: WhichClashes, found: Dispute) -> Iterator[bool]:
    claims = [claim for claim, _ in found.timeline]
    yield found.score >= asked.min_score
    if asked.kind is not None:
        yield any(each.kind is asked.kind for each in found.contradictions)
    if asked.holder is not None:
        yield any(claim.holder and folded(asked.holder) in folded(claim.holder.name) for claim in claims)
    if asked.outlet is not None:
        yield any(folded(claim.outlet or "") == folded(asked.outlet) for claim in claims)
    if asked.q is not None:
        yield any(_speaks(claim, asked.q) for claim in claims)
    if asked.since is not None or asked.until is not None:
        days = [claim.day for claim in claims if claim.day]
        yield any((asked.since or day) <= day <= (asked.until or day) for day in days)


def _speaks(claim: Claim, words: str) -> bool:
    text = folded(f"{claim.text} {claim.reading}")
    return all(word in text for word in folded(words).split())
