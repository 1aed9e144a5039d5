"""Who says what: the links from a source to its content that readers marked, and those of `corpus.attribution`.

A link is found *exactly* where source and content have the same first and last word, and *by overlap* where the sources
share a character and the contents at least half of the shorter. Each link answers at most one other.

Beside the links of single sentences stand the claims as they leave `corpus.claims`, with quotations over several
sentences and pronouns: a claim that has a holder lies *in* a content where half of it does, and its holder is *right*
where the text names him in the source, or all words of the shorter name are in the longer.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from corpus.attribution import Frame, Quotation, frames, quotations
from corpus.claims import extract_all
from corpus.parse import Sentence, parse_all
from corpus.propositions import propositions
from corpus.records import Article, Claim, Holder, Span
from eval.resampling import Draws, Estimate, ratio
from eval.scoring import System
from eval.suites.records import Bench, Part, Row, field, read_rows, sample_rows

SHARED = 0.5
SAID = re.compile(r"\b(?:said|says|say|told|added|according to)\b")
EDGE = re.compile(r"^[\W_]+|[\W_]+$")
HEADLINE = ("F1, overlap", "F1, exact", "precision, overlap", "recall, overlap")
OF_CLAIMS = tuple(
    f"{measure}, {manner}" for manner in ("all", "direct", "indirect") for measure in ("F1 of content", "holder right")
)
SMALL = frozenset(["the", "a", "an", "of", "mr", "mrs", "ms", "his", "her", "their", "its"])
QUOTED = 0.1
"""A content of which less is quoted is indirect speech."""


@dataclass(frozen=True, slots=True)
class Link:
    """A source and what it says, each from its first to its last character in the text."""

    source: Span
    content: Span

    def overlaps(self, other: "Link") -> bool:
        """Whether both tell of one statement of one source."""
        shorter = min(len_of(self.content), len_of(other.content))
        return self.source.overlap(other.source) > 0 and self.content.overlap(other.content) >= SHARED * shorter


def len_of(span: Span) -> int:
    """How many characters it holds."""
    return span.stop - span.start


def links(name: str, paths: Sequence[Path], bench: Bench) -> tuple[Part, ...]:
    """The part of a file of articles with `attributions`; those without a source or a content are left out.

    A second part has the claims that the articles give. An article is a group. A sample counts articles.
    """
    rows, digest = read_rows(paths[0])
    rows = sample_rows(rows, [str(field(paths[0], row, "id")) for row in rows], bench.sample)
    articles = [
        Article(str(row["id"]), str(field(paths[0], row, "text")), outlet=str(row.get("outlet") or "outlet"))
        for row in rows
    ]
    gold = [gold_links(row) for row in rows]
    ours, naive = [], []
    for done, (article, sentences) in enumerate(parse_all(articles), 1):
        ours.append(found_links(article, sentences))
        naive.append(naive_links(article, sentences))
        bench.progress("reading articles", done, len(articles))
    names = [article.id for article in articles]
    systems = (
        System("frames of reported speech", scored(articles, gold, ours, names)),
        System("split at the first verb of saying", scored(articles, gold, naive, names), baseline=True),
    )
    count = sum(map(len, gold))
    claims = [
        _Claims.of(article, _contents(row), links, found)
        for article, row, links, found in zip(articles, rows, gold, extract_all(articles), strict=True)
    ]
    held = System("claims with a holder", of_claims(claims, names))
    return (
        Part(name, digest, count, "links", len(articles), systems, HEADLINE),
        Part(f"{name}, claims", digest, count, "links", len(articles), (held,), OF_CLAIMS),
    )


def _contents(row: Row) -> tuple[Span, ...]:
    """All contents that readers marked, also those without a source."""
    hulls = (_hull(each.get("content_spans")) for each in row["attributions"])
    return tuple(hull for hull in hulls if hull)


def gold_links(row: Row) -> tuple[Link, ...]:
    """The links that readers marked, of those that have both ends."""
    hulls = ((_hull(each.get("source_spans")), _hull(each.get("content_spans"))) for each in row["attributions"])
    return tuple(Link(source, content) for source, content in hulls if source and content)


def _hull(spans: Sequence[Sequence[int]] | None) -> Span | None:
    return Span(min(start for start, _ in spans), max(stop for _, stop in spans)) if spans else None


def found_links(article: Article, sentences: Sequence[Sentence]) -> tuple[Link, ...]:
    """The link of each frame that names its source to all the clauses that it frames in its sentence.

    >>> from corpus.parse import parse
    >>> article = Article("a", "The mayor said that the bridge had been closed.")
    >>> [(each.source.of(article.text), each.content.of(article.text)) for each in found_links(article, parse(article))]
    [('The mayor', 'the bridge had been closed')]
    """
    quotes = quotations(article.text)
    return tuple(link for sentence in sentences for link in _in_sentence(article, sentence, quotes))


def _in_sentence(article: Article, sentence: Sentence, quotes: tuple[Quotation, ...]) -> Iterator[Link]:
    framed = frames(sentence)
    clauses = propositions(sentence, framed, quotes)
    doc = sentence.tokens.doc
    for frame in framed:
        own = [each for each in clauses if each.frame is frame]
        source = _source(sentence, frame)
        if own and source is not None:
            first, last = min(each.first for each in own), max(each.last for each in own)
            content = trimmed(article.text, Span(sentence.begin(doc[first]), sentence.end(doc[last])))
            yield Link(trimmed(article.text, source), content)


def _source(sentence: Sentence, frame: Frame) -> Span | None:
    if frame.source is None:
        return None
    words = [token for token in frame.source.subtree if sentence.tokens.start <= token.i < sentence.tokens.end]
    return Span(sentence.begin(words[0]), sentence.end(words[-1])) if words else None


def naive_links(article: Article, sentences: Sequence[Sentence]) -> tuple[Link, ...]:
    """The baseline: each sentence with a word of saying is cut there, the source the shorter side."""
    cut = []
    for sentence in sentences:
        text = article.text[sentence.start : sentence.stop]
        verb = SAID.search(text)
        sides = (
            [Span(sentence.start, sentence.start + verb.start()), Span(sentence.start + verb.end(), sentence.stop)]
            if verb
            else []
        )
        if sides and all(re.search(r"\w", side.of(article.text)) for side in sides):
            source, content = sorted((trimmed(article.text, side) for side in sides), key=len_of)
            cut.append(Link(source, content))
    return tuple(cut)


def trimmed(text: str, span: Span) -> Span:
    """The span from its first word to its last; as it is where it holds no word.

    >>> trimmed("“Yes,” he said", Span(0, 6))
    Span(start=1, stop=4)
    """
    inside = span.of(text)
    kept = EDGE.sub("", inside)
    start = span.start + inside.find(kept) if kept else span.start
    return Span(start, start + len(kept)) if kept else span


def scored(
    articles: Sequence[Article],
    gold: Sequence[Sequence[Link]],
    found: Sequence[Sequence[Link]],
    groups: Sequence[str],
) -> tuple[tuple[str, Estimate], ...]:
    """Precision, recall and F1 of the links of each article, exactly and by overlap."""
    draws = Draws.of(groups)
    have, said = draws.sums([len(each) for each in gold]), draws.sums([len(each) for each in found])
    measures = []
    for manner, same in (("exact", None), ("overlap", Link.overlaps)):
        counts = [
            matched(each, ours, same or _exactly(article.text))
            for article, each, ours in zip(articles, gold, found, strict=True)
        ]
        right = draws.sums(counts)
        for measure, drawn in (
            ("precision", ratio(right, said)),
            ("recall", ratio(right, have)),
            ("F1", ratio(2 * right, have + said)),
        ):
            measures.append((f"{measure}, {manner}", Estimate.of(drawn, draws.groups)))
    return tuple(measures)


def _exactly(text: str) -> Callable[[Link, Link], bool]:
    def same(one: Link, other: Link) -> bool:
        ends = ((trimmed(text, each.source), trimmed(text, each.content)) for each in (one, other))
        return next(ends) == next(ends)

    return same


def matched(gold: Sequence[Link], found: Sequence[Link], same: Callable[[Link, Link], bool]) -> int:
    """How many links of `gold` have one in `found` that no other has taken."""
    left = list(found)
    for link in gold:
        answer = next((each for each in left if same(link, each)), None)
        if answer is not None:
            left.remove(answer)
    return len(found) - len(left)


@dataclass(frozen=True, slots=True)
class _Claims:
    """How the claims of one article answer its marked contents, direct and indirect speech apart.

    `held` are claims with a holder, of these `inside` lie in a content; `links` are marked, `found` have such a claim,
    and of one at least the holder is `right`.
    """

    held: tuple[int, int]
    inside: tuple[int, int]
    links: tuple[int, int]
    found: tuple[int, int]
    right: tuple[int, int]

    @classmethod
    def of(cls, article: Article, contents: Sequence[Span], gold: Sequence[Link], claims: Sequence[Claim]) -> Self:
        """From an article's marked contents, its links, and its claims."""
        held = [claim for claim in claims if claim.holder is not None and not claim.holder.narrator]
        inside = [claim for claim in held if any(_lies_in(claim, content) for content in contents)]
        direct = _is_direct(article, gold)
        answers = [[claim.holder for claim in held if claim.holder and _lies_in(claim, each.content)] for each in gold]
        right = [
            any(_names(holder, link, article.text) for holder in holders)
            for link, holders in zip(gold, answers, strict=True)
        ]
        return cls(
            _counts(claim.quoted for claim in held),
            _counts(claim.quoted for claim in inside),
            _counts(direct),
            _counts(quoted for quoted, holders in zip(direct, answers, strict=True) if holders),
            _counts(quoted for quoted, is_right in zip(direct, right, strict=True) if is_right),
        )


def _counts(direct: Iterable[bool]) -> tuple[int, int]:
    """How many are direct, and how many are not."""
    each = list(direct)
    return sum(each), len(each) - sum(each)


def _lies_in(claim: Claim, content: Span) -> bool:
    return claim.span.overlap(content) >= SHARED * len_of(claim.span)


def _is_direct(article: Article, gold: Sequence[Link]) -> list[bool]:
    """Of each link, whether its content is quoted, in full or in part."""
    quotes = [quote.span for quote in quotations(article.text)]
    shares = (sum(quote.overlap(link.content) for quote in quotes) / len_of(link.content) for link in gold)
    return [share >= QUOTED for share in shares]


def _names(holder: Holder, link: Link, text: str) -> bool:
    if holder.span is not None and holder.span.overlap(link.source):
        return True
    one, other = (
        {word.casefold() for word in re.findall(r"\w+", name)} - SMALL for name in (holder.name, link.source.of(text))
    )
    return bool(one and other) and (one <= other or other <= one)


def of_claims(found: Sequence[_Claims], groups: Sequence[str]) -> tuple[tuple[str, Estimate], ...]:
    """Precision, recall and F1 of contents and the share of right holders, over all, direct and indirect speech.

    Precision counts claims, recall links; F1 is made of the two.
    """
    draws = Draws.of(groups)
    measures = []
    for manner, which in (("all", (0, 1)), ("direct", (0,)), ("indirect", (1,))):
        held, inside, marked, answered, right = (
            draws.sums([sum(counts[at] for at in which) for counts in column])
            for column in (
                [each.held for each in found],
                [each.inside for each in found],
                [each.links for each in found],
                [each.found for each in found],
                [each.right for each in found],
            )
        )
        precision, recall = ratio(inside, held), ratio(answered, marked)
        for measure, drawn in (
            ("precision of content", precision),
            ("recall of content", recall),
            ("F1 of content", ratio(2 * precision * recall, precision + recall)),
            ("holder right", ratio(right, answered)),
        ):
            measures.append((f"{measure}, {manner}", Estimate.of(drawn, draws.groups)))
    return tuple(measures)
