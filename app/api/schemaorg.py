"""Disputes and reviews as JSON-LD in the vocabulary of schema.org, for those who publish or collect fact checks.

It has no word for two claims that contradict each other. A dispute is a `Question` with a suggested answer for each
position, never an accepted one. A review is a `ClaimReview` of both claims that says in `reviewAspect` what was
reviewed: whether both can be true. Nobody has rated the truth of either, so there is no `reviewRating`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import StreamingResponse

from app.api.access import needs
from app.api.disputes import WhichDisputes, every_dispute
from app.api.exports import sent
from app.api.service import Served, takes_no_parameters
from app.scopes import Scope
from app.store.records import Reason, Review, Verdict
from app.wording import letter, web
from corpus.records import Claim, Stance
from nli.records import Dispute, Finding, Position, in_time

MEDIA_TYPE = "application/ld+json"
ASPECT = "whether both claims can be true of the same thing at the same time"
SAID: Mapping[Verdict | Reason, str] = {
    Verdict.CONFIRMED: "Both claims cannot be true of the same thing at the same time.",
    Reason.NOT_THE_SAME_THING: "The claims speak of two things.",
    Reason.NOT_NOW: "Both claims could be true when they were made: the later one is an update.",
    Reason.NO_CLASH: "Both claims can be true of the same thing at the same time.",
    Reason.AGREEMENT: "The claims say the same.",
}

Node = dict[str, Any]

router = APIRouter(prefix="/v1", default_response_class=StreamingResponse, dependencies=[needs(Scope.READ)])
CONTENT: dict[int | str, dict[str, Any]] = {
    200: {"description": "The whole list", "content": {MEDIA_TYPE: {"schema": {"type": "object"}}}}
}


@router.get(
    "/disputes.jsonld",
    operation_id="export_disputes_as_linked_data",
    summary="Export disputes as JSON-LD",
    tags=["disputes"],
    responses=CONTENT,
)
def export_disputes(asked: Annotated[WhichDisputes, Query()], request: Request, service: Served) -> StreamingResponse:
    """The disputes of `/v1/disputes` as questions of schema.org, with their positions as suggested answers."""
    base = str(request.base_url)
    found = every_dispute(asked, service.archive)
    return sent("disputes.jsonld", MEDIA_TYPE, graph(question(each, base) for each in found))


@router.get(
    "/reviews.jsonld",
    operation_id="export_reviews_as_linked_data",
    summary="Export reviewed contradictions as JSON-LD",
    tags=["reviews"],
    responses=CONTENT,
    dependencies=[Depends(takes_no_parameters)],
)
def export_reviews(request: Request, service: Served) -> StreamingResponse:
    """Every stored pair that somebody has confirmed or rejected, as claim reviews of schema.org without a rating."""
    base = str(request.base_url)
    judged = service.archive.store.reviews.judged()
    return sent("reviews.jsonld", MEDIA_TYPE, graph(claim_review(found, said, base) for found, said in judged))


def graph(nodes: Iterable[Node]) -> Iterator[str]:
    """The nodes as one JSON-LD document.

    >>> "".join(graph([{"name": "It rained"}])).split()
    ['{"@context":', '"https://schema.org",', '"@graph":', '[', '{"name":', '"It', 'rained"}', ']}']
    """
    yield '{"@context": "https://schema.org", "@graph": ['
    between = "\n"
    for node in nodes:
        yield between + embeddable(node)
        between = ",\n"
    yield "\n]}\n"


def embeddable(node: Node) -> str:
    """JSON that a page can hold in a `script` element, whatever an article wrote."""
    return json.dumps(node, ensure_ascii=False).replace("<", "\\u003c")


def question(dispute: Dispute, base: str) -> Node:
    """A dispute: the question, and what is held on it."""
    identity = f"{base}v1/disputes/{dispute.id}"
    answers = [_answer(each, f"{identity}#{letter(at)}", base) for at, each in enumerate(dispute.positions)]
    return {"@type": "Question", "@id": identity, "name": dispute.question, "suggestedAnswer": answers}


def _answer(position: Position, identity: str, base: str) -> Node:
    earliest = min(position.claims, key=in_time)
    return {
        "@type": "Answer",
        "@id": identity,
        "text": earliest.text,
        **_given(dateCreated=position.since),
        "about": [claim_node(each, base) for each in position.claims],
    }


def claim_review(found: Finding, review: Review, base: str) -> Node:
    """What a person says of two claims: who, when, of which, and in what words."""
    said = review.opinion
    identity = f"{base}v1/contradictions/{found.id}/review"
    return {
        "@type": "ClaimReview",
        "@id": identity,
        "url": identity,
        "claimReviewed": f"“{found.left.text}” / “{found.right.text}”",
        "reviewAspect": ASPECT,
        "reviewBody": f"{SAID[said.reason or said.verdict]} {said.note}".strip(),
        "author": {"@type": "Person", "name": said.reviewer},
        "datePublished": review.at,
        "itemReviewed": [claim_node(each, base) for each in (found.left, found.right)],
    }


def claim_node(claim: Claim, base: str) -> Node:
    """A claim, who makes it, and the article that it appears in."""
    return {
        "@type": "Claim",
        "@id": f"{base}v1/claims/{claim.id}",
        "text": claim.text,
        **_given(description=claim.reading if claim.reading != claim.text else None, author=_author(claim)),
        "appearance": _article(claim, base),
    }


def _author(claim: Claim) -> Node | None:
    """Who makes a claim: a person or a body, which its words do not tell; only an outlet is known to be one.

    Who denies a claim does not make it.
    """
    if claim.holder is None or claim.stance is Stance.DENIED:
        return None
    named: Node = {"name": claim.holder.name}
    return {"@type": "Organization", **named} if claim.holder.narrator else named


def _article(claim: Claim, base: str) -> Node:
    outlet = {"@type": "Organization", "name": claim.outlet} if claim.outlet else None
    digest = {"@type": "PropertyValue", "propertyID": "sha256", "value": claim.article_digest}
    return {
        "@type": "Article",
        "@id": article_address(claim.article, base),
        **_given(
            url=web(claim.url),
            datePublished=claim.published,
            publisher=outlet,
            identifier=digest if claim.article_digest else None,
        ),
    }


def article_address(identity: str, base: str) -> str:
    """Where the service has an article as it was given.

    >>> article_address("a/1", "https://desk.example/")
    'https://desk.example/v1/articles/a%2F1'
    """
    return f"{base}v1/articles/{quote(identity, safe='')}"


def _given(**fields: object) -> Node:
    return {name: value for name, value in fields.items() if value is not None}
