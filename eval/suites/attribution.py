"""Who says what: the links from a source to its content that readers marked, and those of `corpus.attribution`.

A link is found *exactly* where source and content have the same first and last word, and *by overlap* where the sources
share a character and the contents at least half of the shorter. Each link answers at most one other.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.attribution import Frame, Quotation, frames, quotations
from corpus.parse import Sentence, parse_all
from corpus.propositions import propositions
from corpus.records import Article, Span
from eval.resampling import Draws, Estimate, ratio
from eval.scoring import System
from eval.suites.records import Bench, Part, Row, field, read_rows, sample_rows

SHARED = 0.5
SAID = re.compile(r"\b(?:said|says|say|told|added|according to)\b")
EDGE = re.compile(r"^[\W_]+|[\W_]+$")
HEADLINE = ("F1, overlap", "F1, exact", "precision, overlap", "recall, overlap")


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

    An article is a group. A sample counts articles.
    """
    rows, digest = read_rows(paths[0])
    rows = sample_rows(rows, [str(field(paths[0], row, "id")) for row in rows], bench.sample)
    articles = [Article(str(row["id"]), str(field(paths[0], row, "text"))) for row in rows]
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
    return (Part(name, digest, count, "links", len(articles), systems, HEADLINE),)


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
