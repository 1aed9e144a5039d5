"""Where claims begin and end: exact offsets on any text, and nothing of the marks around them."""

import gzip
import json
import os
from itertools import islice, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.attribution import quotations
from corpus.claims import extract, extract_all, trim
from corpus.parse import paragraphs, plain
from corpus.records import Article, Claim, Span

SHARED = Path(os.environ.get("COUNTERCLAIM_SHARED", Path(__file__).parents[2].parent / "shared"))
ALLSIDES = SHARED / "data" / "eval" / "allsides" / "articles.jsonl.gz"

PIECES = [
    "The dam at Orvall has been closed since May.",
    "“We never signed it,” Lena Marsh said.",
    '"It is safe," she added, "and it will stay open',
    "Marsh\xa0told\u202fRadio Kelm that the plan was dead",
    "\r\n\r\n",
    "\n",
    "«Rien», he wrote…",
    "’",
    "“",
    '"',
    " - ",
    "(",
    ")",
    "\u2028",
    "\ufeff",
    "e\u0301tat 12%",
    "👩‍🔧 reports:",
]
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=12), min_size=1, max_size=8).map(" ".join)


def assert_exact(article: Article, claims: tuple[Claim, ...]) -> None:
    for claim in claims:
        assert article.text[claim.start : claim.stop] == claim.text
        assert claim.text == claim.text.strip()
        assert 0 <= claim.check_worthiness <= 1
        assert all(0 <= addition.at <= len(claim.text) for addition in claim.additions)
        if claim.holder is not None and claim.holder.span is not None:
            assert claim.holder.span.stop <= len(article.text)
            assert claim.holder.span.of(article.text).strip()


@settings(max_examples=60)
@given(texts.filter(str.strip))
def test_offsets_are_exact_and_nothing_raises_on_any_text(text: str) -> None:
    article = Article("a", text, outlet="The Herald")
    assert_exact(article, extract(article))


@given(st.text())
def test_the_parser_reads_a_text_of_the_same_length(text: str) -> None:
    assert len(plain(text)) == len(text)


@given(st.text(alphabet=st.sampled_from("ab \n\r\u2028.")))
def test_paragraphs_are_in_order_and_hold_every_letter(text: str) -> None:
    spans = list(paragraphs(text))
    assert spans == sorted(spans)
    assert "".join(span.of(text) for span in spans).count("a") == text.count("a")


@given(st.text(alphabet=st.sampled_from("ab “”\"'’«»\n,.")))
def test_unbalanced_marks_never_raise_and_no_quotation_lies_in_another(text: str) -> None:
    found = quotations(text)
    for one, two in pairwise(found):
        assert one.span.stop <= two.span.start


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("“The dam is safe.”", "The dam is safe"),
        ('He called it "safe".', 'He called it "safe"'),
        ("(The dam is safe)", "The dam is safe"),
        ("The dam (built in 1911)", "The dam (built in 1911)"),
        ("the farmers’", "the farmers’"),
        ("  - The dam is safe… ", "The dam is safe"),
    ],
)
def test_edges_lose_their_marks_and_words_keep_theirs(text: str, inside: str) -> None:
    span = trim(text, 0, len(text), quotations(text))
    assert span is not None
    assert span.of(text) == inside


def test_a_span_without_words_is_none() -> None:
    assert trim("“…” 12", 0, 3, ()) is None


def test_a_text_wrapped_at_a_width_is_read_as_one_paragraph() -> None:
    text = (
        "The harbour board of Orvall has decided to close the northern\n"
        "terminal before the winter and to move the ferries to a quay\n"
        "that the town bought from the railway company in the spring\n"
        "of last year.\n\nNobody was hurt."
    )
    assert [span.start for span in paragraphs(text)] == [0, text.index("Nobody")]


def test_many_articles_at_once_give_the_same_as_one_by_one() -> None:
    articles = [Article(str(i), f"The dam was closed in {1990 + i}. Lena Marsh said it was safe.") for i in range(5)]
    done: list[int] = []
    assert list(extract_all(articles, progress=done.append)) == [extract(article) for article in articles]
    assert done == [1, 2, 3, 4, 5]


def test_boilerplate_gives_no_claims() -> None:
    text = "Ferry deal signed\n\nBy Ann Lee May 4, 2021\n\nThe deal was signed in Kelm.\n\nShare this"
    found = [claim.text for claim in extract(Article("a", text, title="Ferry deal signed"))]
    assert found == ["Ferry deal signed", "The deal was signed in Kelm"]


def test_an_irrelevant_paragraph_leaves_the_other_claims_as_they_were() -> None:
    text = "Mayor Lena Marsh said the dam was closed in May. “It is safe,” she added.\n\nThe lake has been drained."
    more = text + "\n\nIn another country, a comet was seen by astronomers on Sunday."

    def essence(claims: tuple[Claim, ...]) -> list[tuple[object, ...]]:
        return [(c.text, c.start, c.holder, c.stance, c.aspect, c.reading) for c in claims]

    before, after = essence(extract(Article("a", text))), essence(extract(Article("a", more)))
    assert after[: len(before)] == before


@pytest.mark.skipif(not ALLSIDES.exists(), reason="the AllSides articles are not on this machine")
def test_offsets_are_exact_on_two_hundred_real_articles() -> None:
    with gzip.open(ALLSIDES, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in islice(lines, 200)]
    articles = [Article(row["id"], row["text"], row["title"] or "", row.get("outlet")) for row in rows]
    for article, claims in zip(articles, extract_all(articles), strict=True):
        assert claims
        assert_exact(article, claims)


def test_spans_of_quotations_lie_between_their_marks() -> None:
    text = "‘We have no plan,’ he said. The farmers’ union’s offer was “good”."
    assert [quote.span for quote in quotations(text)] == [Span(1, 17), Span(text.index("good"), text.index("good") + 4)]
