"""The views: parse what is asked, call what the API calls, render."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, TypeVar
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict
from starlette.responses import RedirectResponse, Response

from app.api.access import needs
from app.api.contradictions import ContradictionsAsked, findings_asked
from app.api.disputes import DisputesAsked, dispute_named, disputes_asked
from app.api.paging import following
from app.api.problems import Fault, RequestProblem
from app.api.service import Served, Service, takes_no_parameters
from app.drafts import statement
from app.layout import Reply, clashing_words, places, reply, strongest
from app.page.asked import Asked, Shape, read
from app.page.marked import marked
from app.page.rendering import render
from app.page.timeline import timeline
from app.scopes import Scope
from app.store.records import ClaimFilter, FindingFilter, Page, Slice
from app.wording import LIKELIHOODS
from corpus.records import Claim
from nli.records import Dispute, Finding, Kind, Relation

router = APIRouter(include_in_schema=False, dependencies=[needs(Scope.READ)])

T = TypeVar("T")

MOST_CLAIMS = 10_000
MOST_CLASHES = 500
"""How much of one article a page shows."""

FORM = "application/x-www-form-urlencoded"
CHOICES = {
    "kinds": [(str(each), str(each)) for each in Kind],
    "relations": [(each, each) for each in [*map(str, Relation), "all"] if each != Relation.CONTRADICTION],
    "likelihoods": LIKELIHOODS,
}
"""What the filters offer beside their default, as value and words, and what the words beside a score mean."""


@dataclass(frozen=True, slots=True)
class Card:
    """A dispute in the list: its strongest clash, and the places of the positions that clash there."""

    dispute: Dispute
    clash: Finding
    left: int
    right: int

    @classmethod
    def of(cls, found: Dispute) -> "Card":
        """The card of a dispute."""
        *_, clash = max(strongest(found), key=lambda each: each[2].score)
        at = places(found)
        return cls(found, clash, at[clash.left.id], at[clash.right.id])


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
    cards = Slice(tuple(Card.of(each) for each in found.items), found.end)
    return _list(request, service, "disputes.html", asked, cards)


@router.get("/contradictions")
def contradictions(request: Request, service: Served) -> Response:
    """The contradictions, close together."""
    asked = read(request.query_params, ContradictionsAsked)
    found: Slice[Finding] = findings_asked(asked.meant, service) if asked.meant else Slice((), None)
    return _list(request, service, "contradictions.html", asked, found)


@router.get("/disputes/{identity}", dependencies=[Depends(takes_no_parameters)])
def dispute(identity: str, request: Request, service: Served) -> Response:
    """One question, the positions on it, what clashes and why, and when."""
    found = dispute_named(identity, service)
    shown = {
        "dispute": found,
        "spans": clashing_words(found.contradictions),
        "clashes": strongest(found),
        "places": places(found),
        "timeline": timeline(found),
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
    text = _text(request, await request.body())
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


def _list(request: Request, service: Service, template: str, asked: Asked[Shape], found: Slice[T]) -> Response:
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


def _text(request: Request, body: bytes) -> str:
    """What a form sent as `text`. Raises `RequestProblem`."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise RequestProblem(415, f"the body is no form; expected Content-Type: {FORM}")
    try:
        fields = parse_qs(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=10)
    except ValueError as error:
        raise RequestProblem(400, "the form cannot be read") from error
    if set(fields) - {"text"}:
        raise RequestProblem(422, "unknown fields", [Fault(detail="there is only text", pointer="")])
    return fields.get("text", [""])[0].replace("\r\n", "\n")
