"""HTML pages: the article in them, by JSON-LD where the page has it, else by trafilatura."""

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import trafilatura
from lxml import etree  # type: ignore[import-untyped]  # ships no types

from corpus.errors import Fault, UnreadableInput
from corpus.readers import encoding, fields, markup, published, streams
from corpus.records import Article

MOST_PAGE = 10_000_000
"""Bytes of a page. A page of 2.3 MB took trafilatura 1.8 s; news pages have 0.1 to 1 MB."""
MOST_TAGS = 50_000
"""Tags of a page. News pages have 1,000 to 10,000; trafilatura took 27 s for 300,000 paragraphs of one letter."""
LEAST_LEAD = 40
"""Characters from which a paragraph counts as a lead that must not be lost."""
CHARSET = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s{0,5}=\s{0,5}["']?\s{0,5}([A-Za-z0-9._:-]{1,40})""", re.I
)
# trafilatura takes paragraphs of these classes for teasers of other articles (its issue 164).
LEAD = re.compile(r"(?:^|[\s_-])(?:teaser|lead|lede|standfirst|dek|intro|subheadline|summary|excerpt)(?:$|[\s_-])")
DATES = (
    "//meta[@property='article:published_time' or @itemprop='datePublished' or @name='date' or @name='pubdate'"
    " or @name='publishdate' or @name='DC.date.issued' or @name='parsely-pub-date']/@content",
    "//article//time/@datetime",
    "//time[@pubdate or @itemprop='datePublished']/@datetime",
)
SPACES = re.compile(r"\s+")


def article(stream: BinaryIO, where: str, name: str | None = None) -> Article | Fault:
    """The article of an HTML page, with title, outlet, date and address from its metadata.

    Raises `UnreadableInput` for what is empty, no text, or no article.
    """
    content = streams.whole(stream, where)
    if len(content) > MOST_PAGE:
        raise UnreadableInput(where, "a page over 10 MB", "a page of at most 10 MB")
    if content.count(b"<") > MOST_TAGS:
        raise UnreadableInput(where, "a page of over 50,000 tags", "a page of at most 50,000 tags")
    declared = CHARSET.search(content[:2048])
    source, _ = encoding.decoded(content, where, declared[1].decode() if declared else None)
    return _article(source, where, name)


def _article(source: str, where: str, name: str | None) -> Article | Fault:
    try:
        root = markup.tree(source)
    except (etree.LxmlError, ValueError) as error:
        raise UnreadableInput(where, f"no HTML ({error})", "an HTML page") from error
    told = _linked_data(root)
    found = _extracted(source)
    text = _text(source, root, _words(told.get("articleBody")), found.text or "" if found else "")
    if not text.strip():
        return Fault(where, "a page in which no article is found", "an HTML page with the text of an article")
    return fields.article(
        {
            "title": markup.plain(_words(told.get("headline")) or (found and found.title) or ""),
            "text": text,
            "outlet": _publisher(told) or (found and found.sitename) or None,
            "published": _published(root, told),
            "url": (found and found.url) or None,
        },
        where,
        name,
    )


def _extracted(source: str, *, recall: bool = False) -> Any | None:  # noqa: ANN401 -- trafilatura's Document
    return trafilatura.bare_extraction(
        source,
        with_metadata=True,
        include_comments=False,
        include_tables=False,
        favor_recall=recall,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )


def _text(source: str, root: etree._Element, body: str, text: str) -> str:
    """The page's own body in JSON-LD if it is not cut short; else what is extracted, the lead included."""
    if body and len(body) >= len(text) / 2:
        return markup.plain(body)
    lead = next((lead for lead in _leads(root) if _normal(lead) not in _normal(text)), None)
    if lead is None:
        return text
    found = _extracted(source, recall=True)
    generous = found.text or "" if found else ""
    return generous if _normal(lead) in _normal(generous) else f"{lead}\n{text}"


def _leads(root: etree._Element) -> Iterator[str]:
    """Paragraphs of the article itself that are marked as its lead; a teaser of another article is a link."""
    for paragraph in root.xpath("(//article|//main)[1]//p[@class]"):
        words = _plain(paragraph)
        linked = sum(len(_plain(link)) for link in paragraph.iter("a"))
        if LEAD.search(paragraph.get("class").lower()) and len(words) >= LEAST_LEAD and linked < len(words) / 2:
            yield words


def _plain(element: etree._Element) -> str:
    return SPACES.sub(" ", "".join(element.itertext())).strip()


def _normal(text: str) -> str:
    return SPACES.sub(" ", text)


def _linked_data(root: etree._Element) -> dict[str, object]:
    """The page's JSON-LD about an article: the object with an `articleBody`, else one with a headline; else nothing."""
    objects = [
        each
        for script in root.xpath("//script[@type='application/ld+json']")
        for each in _objects(_parsed(script.text or ""))
        if "headline" in each or "articleBody" in each
    ]
    return max(objects, key=lambda each: "articleBody" in each, default={})


def _parsed(script: str) -> object:
    try:
        return json.loads(script, strict=False)
    except (ValueError, RecursionError):
        return None  # broken JSON-LD is common, and the page itself is still there


def _objects(value: object) -> Iterator[dict[str, object]]:
    """The objects at the top of a JSON-LD value, in its lists and in its `@graph`."""
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            yield each
            graph = each.get("@graph")
            yield from (node for node in graph if isinstance(node, dict)) if isinstance(graph, list) else ()


def _words(value: object) -> str:
    return value if isinstance(value, str) else ""


def _publisher(told: dict[str, object]) -> str:
    publisher = told.get("publisher")
    return _words(publisher.get("name")) if isinstance(publisher, dict) else ""


def _published(root: etree._Element, told: dict[str, object]) -> str | None:
    """The date that the page states; not one guessed from its text, and none where the statement is no date."""
    stated = [_words(told.get("datePublished"))]
    stated += [str(value) for path in DATES for value in root.xpath(path)]
    return next((iso for value in stated if value and (iso := published.iso_of_any(value))), None)
