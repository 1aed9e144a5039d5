"""The views: parse what is asked, call what the API calls, render."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict
from starlette.responses import RedirectResponse, Response

from app.api.access import Asking, needs
from app.api.contradictions import ContradictionsAsked, findings_asked
from app.api.disputes import DisputesAsked, dispute_named, disputes_asked, reviews_in
from app.api.paging import following
from app.api.problems import RequestProblem
from app.api.service import Served, Service, takes_no_parameters
from app.drafts import statement
from app.layout import Reply, clashing_words, places, reply, strongest
from app.page.asked import Asked, Shape, read
from app.page.forms import fields
from app.page.marked import marked
from app.page.rendering import render
from app.page.shown import CHOICES, reviewing
from app.page.timeline import timeline
from app.scopes import Scope
from app.store.records import ClaimFilter, FindingFilter, Page, Slice
from corpus.records import Claim
from nli.records import Dispute, Finding, Relation

router = APIRouter(include_in_schema=False, dependencies=[needs(Scope.READ)])

T = TypeVar("T")

MOST_CLAIMS = 10_000
MOST_CLASHES = 500
"""How much of one article a page shows."""


@dataclass(frozen=True, slots=True)
class Card:
    """A dispute in the list: its strongest clash, and how many of its contradictions are confirmed."""

    dispute: Dispute
    clash: Finding
    confirmed: int

    @classmethod
    def of(cls, found: Dispute, confirmed: Container[str]) -> "Card":
        """The card of a dispute; `confirmed` holds the ids of confirmed contradictions."""
        *_, clash = max(strongest(found), key=lambda each: each[2].score)
        count = sum(each.id in confirmed for each in found.contradictions)
        return cls(found, clash, count)


@dataclass(frozen=True, slots=True)
class Answer:
    """A claim with what the corpus says to it, each reply beside its finding."""

    claim: Claim
    clashes: tuple[tuple[Reply, Finding], ...]
    supports: tuple[tuple[Reply, Finding], ...] = ()


class ArticleAsked(BaseModel):
    """One article, by its id, which may be any text and so cannot be a path."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str


@router.get("/")
def disputes(request: Request, service: Served) -> Response:
    """The disputes, the newest clash first."""
    asked = read(request.query_params, DisputesAsked)
    found: Slice[Dispute] = disputes_asked(asked.meant, service) if asked.meant else Slice((), None)
    # What is rejected stands in no dispute.
    confirmed = reviews_in(found.items, service)
    cards = Slice(tuple(Card.of(each, confirmed) for each in found.items), found.end)
    return _list(request, service, "disputes.html", asked, cards)


@router.get("/contradictions")
def contradictions(request: Request, service: Served, caller: Asking) -> Response:
    """The contradictions, close together."""
    asked = read(request.query_params, ContradictionsAsked)
    found: Slice[Finding] = findings_asked(asked.meant, service) if asked.meant else Slice((), None)
    reviews = reviewing(request, caller, service, found.items)
    return _list(request, service, "contradictions.html", asked, found, **reviews)


@router.get("/disputes/{identity}", dependencies=[Depends(takes_no_parameters)])
def dispute(identity: str, request: Request, service: Served, caller: Asking) -> Response:
    """One question, the positions on it, what clashes and why, and when."""
    found = dispute_named(identity, service)
    shown = {
        "dispute": found,
        "spans": clashing_words(found.contradictions),
        "clashes": strongest(found),
        "places": places(found),
        "timeline": timeline(found),
        **reviewing(request, caller, service, found.contradictions),
        **CHOICES,
    }
    return render(request, "dispute.html", shown)


@router.get("/article")
def article(asked: Annotated[ArticleAsked, Query()], request: Request, service: Served) -> Response:
    """An article's text with its claims marked, and what each clashes with."""
    store = service.archive.store
    found = store.article(asked.id)
    if found is None:
        raise RequestProblem(404, f"there is no article {asked.id!r}")
    claims = store.claims(ClaimFilter(article=asked.id), Page(MOST_CLAIMS))
    clashes = store.findings(FindingFilter(article=asked.id, by_score=True), Page(MOST_CLASHES))
    answers = [each for each in _answers(claims.items, clashes.items) if each.clashes]
    numbers = {each.claim.id: number for number, each in enumerate(answers, 1)}
    shown = {
        "article": found,
        "claims_count": len(claims.items),
        "cut": claims.end is not None or clashes.end is not None,
        "answers": answers,
        "stretches_of_text": marked(found.text, claims.items, numbers),
        "reviews": store.reviews.of(clashes.items),
        **CHOICES,
    }
    return render(request, "article.html", shown)


@router.get("/check", dependencies=[Depends(takes_no_parameters)])
def ask(request: Request) -> Response:
    """The form."""
    return render(request, "check.html", {"text": "", "fault": None, "answers": None, "stored": True})


@router.post("/check", dependencies=[Depends(takes_no_parameters)])
async def check(request: Request, service: Served) -> Response:
    """What clashes with a text, and what supports it. Nothing is stored."""
    text = fields(request, await request.body(), ["text"])["text"]
    if not text.strip():
        empty = {"text": "", "fault": "Write or paste a sentence to check.", "answers": None, "stored": True}
        return render(request, "check.html", empty, 422)
    draft = statement(text, datetime.now(UTC).date())
    service.limited(draft.text, "/text")
    found = await service.with_models(service.archive.check, draft)
    answers = _answers(found.claims, found.findings)
    stored = bool(found.findings) or await run_in_threadpool(_holds_anything, service)
    shown: dict[str, object] = {"text": text, "fault": None, "answers": answers, "stored": stored, **CHOICES}
    return await run_in_threadpool(render, request, "check.html", shown)


def _list(
    request: Request, service: Service, template: str, asked: Asked[Shape], found: Slice[T], **more: object
) -> Response:
    """A list with its filters; what cannot be asked is told above the form, and nothing is listed."""
    if "" in request.query_params.values():
        # A form sends its empty fields too; an address that is passed on should hold only what is asked.
        kept = [(name, value) for name, value in request.query_params.multi_items() if value]
        return RedirectResponse(f"?{urlencode(kept)}" if kept else request.url.path, 303)
    further = following(request, asked.meant, found) if asked.meant else None
    shown = {
        "asked": asked,
        "items": found.items,
        "next": None if further is None else f"?{further.query}",
        "stored": bool(found.items) or _holds_anything(service),
        **more,
        **CHOICES,
    }
    return render(request, template, shown, 200 if asked.meant else 422)


def _holds_anything(service: Service) -> bool:
    return service.archive.store.counts().articles > 0


def _answers(claims: Iterable[Claim], findings: Sequence[Finding]) -> list[Answer]:
    """Each claim with the findings that it is part of, in their order."""
    replies: dict[str, list[tuple[Reply, Finding]]] = {}
    for found in findings:
        for side in (True, False):
            told = reply(found, left=side)
            replies.setdefault(told.asked.id, []).append((told, found))

    def those(claim: Claim, relation: Relation) -> tuple[tuple[Reply, Finding], ...]:
        return tuple(each for each in replies.get(claim.id, ()) if each[1].relation is relation)

    return [Answer(each, those(each, Relation.CONTRADICTION), those(each, Relation.CORROBORATION)) for each in claims]
