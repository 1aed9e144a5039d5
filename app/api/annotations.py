"""What clashes, marked in the articles: annotations of the W3C's Web Annotation Data Model.

Its selectors of text count Unicode code points, "not code units" (so the section on the Text Quote Selector, and the
Text Position Selector counts alike), as Python does: offsets are those of the claims. JavaScript counts in UTF-16, and
has to convert them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import StreamingResponse

from app.api.access import needs
from app.api.contradictions import WhichContradictions
from app.api.exports import AT_ONCE, every, sent
from app.api.schemaorg import Node, article_address, embeddable
from app.api.service import Served, Service
from app.scopes import Scope
from app.store.records import FindingFilter
from app.wording import web
from corpus.records import Article, Claim, Span
from nli.records import Finding

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
MEDIA_TYPE = f'application/ld+json; profile="{CONTEXT}"'
LABEL = "Statements that clash"
AROUND = 32
"""Characters before and after a quotation that tell it from the same words elsewhere."""

router = APIRouter(prefix="/v1", default_response_class=StreamingResponse, dependencies=[needs(Scope.READ)])
CONTENT: dict[int | str, dict[str, Any]] = {
    200: {"description": "The whole collection", "content": {MEDIA_TYPE: {"schema": {"type": "object"}}}}
}


class WhichAnnotations(WhichContradictions):
    """Of which pairs: as of `/v1/contradictions`, and by article."""

    article: Annotated[str | None, Field(min_length=1, max_length=500, description="The id of either article")] = None

    @property
    def filter(self) -> FindingFilter:
        """The same for the store."""
        return replace(super().filter, article=self.article)


@router.get(
    "/annotations.jsonld",
    operation_id="export_annotations",
    summary="Export contradictions as web annotations",
    tags=["contradictions"],
    responses=CONTENT,
)
def export_annotations(
    asked: Annotated[WhichAnnotations, Query()], request: Request, service: Served
) -> StreamingResponse:
    """Of each pair, each claim where it stands, linked to the other one, and its clashing words."""
    found = every(lambda page: service.archive.store.findings(asked.filter, page))
    made = _annotations(found, service, str(request.base_url))
    return sent("annotations.jsonld", MEDIA_TYPE, collection(made, str(request.url)))


def _annotations(findings: Iterator[Finding], service: Service, base: str) -> Iterator[Node]:
    while found := list(islice(findings, AT_ONCE)):
        named = {claim.article for each in found for claim in (each.left, each.right)}
        texts = {article.id: article for article in map(service.archive.store.article, named) if article is not None}
        for each in found:
            # An article that was put or deleted after its findings were read takes them with it.
            if all(_stands(claim, texts.get(claim.article)) for claim in (each.left, each.right)):
                yield from annotations(each, texts, base)


def _stands(claim: Claim, article: Article | None) -> bool:
    return article is not None and article.text[claim.start : claim.stop] == claim.text


def collection(annotations: Iterable[Node], identity: str) -> Iterator[str]:
    """The annotations as one collection with one page; a page has one annotation or more, so none has no page."""
    yield embeddable({"@context": CONTEXT, "id": identity, "type": "AnnotationCollection", "label": LABEL})[:-1]
    page = embeddable({"id": f"{identity}#page", "type": "AnnotationPage", "partOf": identity, "startIndex": 0})[:-1]
    between = f',\n"first": {page}, "items": [\n'
    total = 0
    for total, each in enumerate(annotations, 1):  # noqa: B007 - counted for the end
        yield between + embeddable(each)
        between = ",\n"
    yield ("\n]}" if total else "") + f',\n"total": {total}}}\n'


def annotations(found: Finding, texts: Mapping[str, Article], base: str) -> Iterator[Node]:
    """Of a pair: where each claim stands, linked to the other; the words of each that clash, if they are known."""
    sides = (("left", found.left, found.left_spans, found.right), ("right", found.right, found.right_spans, found.left))
    for name, claim, words, other in sides:
        identity = f"{base}v1/contradictions/{found.id}#{name}"
        shared = {"type": "Annotation", "creator": {"type": "Software", "name": found.judgement.model}}
        yield {
            "id": identity,
            **shared,
            "motivation": "linking",
            "body": [
                {**_place(Span(other.start, other.stop), texts[other.article], base), "purpose": "linking"},
                _words(found.reason, "describing"),
                _words(found.relation.value, "tagging"),
            ],
            "target": _place(Span(claim.start, claim.stop), texts[claim.article], base),
        }
        if words:
            targets = [_place(each, texts[claim.article], base) for each in words]
            yield {"id": f"{identity}-words", **shared, "motivation": "highlighting", "target": targets}


def _words(text: str, purpose: str) -> Node:
    return {"type": "TextualBody", "value": text, "format": "text/plain", "language": "en", "purpose": purpose}


def _place(span: Span, article: Article, base: str) -> Node:
    """A stretch of an article, found by its words and by its offsets, and the text in which these count."""
    own = article_address(article.id, base)
    return {
        "type": "SpecificResource",
        "source": web(article.url) or own,
        "state": {"type": "TimeState", "cached": own},
        "selector": [
            {
                "type": "TextQuoteSelector",
                "exact": article.text[span.start : span.stop],
                "prefix": article.text[max(0, span.start - AROUND) : span.start],
                "suffix": article.text[span.stop : span.stop + AROUND],
            },
            {"type": "TextPositionSelector", "start": span.start, "end": span.stop},
        ],
    }
