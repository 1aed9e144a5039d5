"""Whatever stands in an article, the page shows it as text: no element, no attribute, no link comes out of it."""

from collections.abc import Iterator
from urllib.parse import urlencode

import numpy as np
import pytest
from starlette.testclient import TestClient

from app.store.records import Derived
from app.store.repository import Store
from app.wording import printable, web
from corpus.records import Addition, Article, Claim, Holder, claim_id
from nli.records import Shelf
from tests.app.pages import BROWSER, Page, opened, visit
from tests.app.served import NAMES, a_finding, an_archive, serving

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    " JaVa\tScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "//evil.example/path",
    "https://evil.example/\" onclick=\"alert(1)",
    "https:\\\\evil.example",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</bdi></mark></svg><svg onload=alert(1)>",
    "<style>@import 'https://evil.example/x.css'</style>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'><base href=https://evil.example>",
    "<!-- --!> <![CDATA[ ]]>",
    "{{ 7 * 7 }} {% include 'base.html' %} ${7*7}",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;b&#62;",
    "The contract \u202edengis\u202c was \u2066never\u2069 signed \u202e",
    "\x00\x1b[2Jgone\x07\x9b",
    "خبر עברית mixed with words",
    "Z" + "\u0336\u0489" * 200,
    "W" * 5_000,
    "line\u2028separator\u2029paragraph\r\nbreak",
]  # fmt: skip

ELEMENTS = {
    "html",
    "head",
    "meta",
    "title",
    "link",
    "body",
    "a",
    "header",
    "nav",
    "main",
    "footer",
    "h1",
    "h2",
    "h3",
    "p",
    "b",
    "bdi",
    "blockquote",
    "mark",
    "span",
    "sup",
    "code",
    "article",
    "section",
    "div",
    "ol",
    "ul",
    "li",
    "details",
    "script",
    "dl",
    "dt",
    "dd",
    "kbd",
    "summary",
    "form",
    "label",
    "input",
    "select",
    "option",
    "button",
    "textarea",
    "svg",
    "line",
    "text",
    "g",
    "circle",
}
ATTRIBUTES = {
    "lang",
    "charset",
    "name",
    "content",
    "rel",
    "type",
    "href",
    "class",
    "id",
    "aria-label",
    "aria-labelledby",
    "aria-current",
    "for",
    "value",
    "maxlength",
    "inputmode",
    "placeholder",
    "method",
    "action",
    "selected",
    "open",
    "rows",
    "required",
    "dir",
    "src",
    "defer",
    "title",
    "hidden",
    "autocomplete",
    "tabindex",
    "data-pair",
    "data-key",
    "aria-pressed",
    "role",
    "width",
    "height",
    "x",
    "y",
    "x1",
    "x2",
    "y1",
    "y2",
    "cx",
    "cy",
    "r",
    "text-anchor",
    "aria-invalid",
    "aria-describedby",
}


def a_claim(article: Article) -> Claim:
    """The whole text, said by somebody of that name, with as much put back."""
    text = article.text
    return Claim(
        claim_id(article, 0, len(text)),
        article.id,
        0,
        len(text),
        text,
        outlet=article.outlet,
        published=article.published,
        url=article.url,
        holder=Holder(text),
        additions=(Addition(0, text),),
    )


def two(text: str) -> list[Article]:
    return [
        Article(f"{side}{text}", text, title=text, outlet=text, published=f"2022-01-0{side}", url=text)
        for side in (1, 2)
    ]


def stock_hostile(store: Store) -> None:
    """Two articles of each text, that clash."""
    revision = store.revision()
    for text in HOSTILE:
        claims = [a_claim(each) for each in two(text)]
        clash = a_finding(claims[0], claims[1])
        for article, claim, found in zip(two(text), claims, ((), (clash,)), strict=True):
            shelf = Shelf((claim,), np.full((1, 128), 128**-0.5, np.float32))
            revision = store.put(article, Derived(shelf, found), NAMES, revision=revision)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    archive = an_archive(tmp_path_factory.mktemp("hostile"))
    stock_hostile(archive.store)
    with serving(archive) as client:
        yield client


def assert_inert(shown: Page) -> None:
    assert {each.name for each in shown.elements} <= ELEMENTS
    assert {name for each in shown.elements for name in each.attributes} <= ATTRIBUTES
    assert all(each.attributes.get("src") == "/static/keys.js" and not each.text for each in shown.all("script"))
    for link in shown.links:
        assert link.startswith(("/", "#", "?", "https://"))
        assert not link.startswith("//")
    assert not set("\x00\x1b\x07\x9b\u202a\u202b\u202d\u202e\u2066\u2069") & set(shown.html)


def one_line(text: str) -> str:
    return "".join(printable(text.replace("\r\n", " ")).split())


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_articles_are_text(client: TestClient, text: str) -> None:
    for article in two(text):
        shown = visit(client, f"/article?{urlencode({'id': article.id})}")
        assert_inert(shown)
        assert one_line(text) in "".join(shown.one("div", class_="text").text.split())
        assert one_line(text) in "".join(shown.headings[0][1].split())


@pytest.mark.parametrize("path", ["/?limit=500", "/contradictions?limit=500"])
def test_hostile_articles_are_text_in_lists(client: TestClient, path: str) -> None:
    shown = visit(client, path)
    assert_inert(shown)
    told = "".join(shown.text.split())
    assert all(one_line(text) in told for text in HOSTILE)


def test_hostile_articles_are_text_in_disputes(client: TestClient) -> None:
    listed = client.get("/v1/disputes?limit=500").json()["items"]
    assert len(listed) == len(HOSTILE)
    for each in listed:
        assert_inert(visit(client, f"/disputes/{each['id']}"))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_questions_are_text(client: TestClient, text: str) -> None:
    shown = opened(client.post("/check", data={"text": text}, headers=BROWSER))
    assert_inert(shown)
    assert one_line(text) in "".join(shown.one("textarea").text.split())


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("name", ["q", "holder", "since", "kind", "min_score", "cursor"])
def test_hostile_filters_are_text(client: TestClient, text: str, name: str) -> None:
    for query in ({name: text[:200]}, {text[:200]: "x"}):
        answer = client.get(f"/?{urlencode(query)}", headers=BROWSER)
        assert answer.status_code in (200, 422)
        assert_inert(Page(answer.text))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_addresses_are_text(client: TestClient, text: str) -> None:
    for path in (f"/article?{urlencode({'id': text})}", f"/{urlencode({'': text})}"):
        assert_inert(visit(client, path, 404))


@pytest.mark.parametrize("url", [*HOSTILE, "ftp://post.example/1", "https://[broken", "http:post.example", ""])
def test_only_addresses_of_the_web_are_links(url: str) -> None:
    assert web(url) is None
    assert web(None) is None
