"""Articles to claims: propositions with exact offsets, a holder, an aspect and a reading.

    extract(article)        the claims of one article
    extract_all(articles)   the same for many, parsed together
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.attribution import SUBJECTS, Frame, Names, Quotation, cues, frame_of, holder, quotations, subject
from corpus.parse import Sentence, parse_all
from corpus.records import Article, Claim, Holder, Span, Stance, claim_id

if TYPE_CHECKING:
    from spacy.tokens import Token

PER_SENTENCE = 5
"""Claims of one sentence, at most."""

FEWEST_WORDS = 3

EDGES = " \t\r\n\xa0\u2009\u202f\ufeff.,;:!?-–—…·•*"
MARKS = "\"“”„«»‘’'"


def extract(article: Article) -> tuple[Claim, ...]:
    """The claims of an article, in the order of their offsets; none from its boilerplate.

    Raises MissingParser if no English spaCy model is installed.
    """
    return next(extract_all([article]))


def extract_all(
    articles: Iterable[Article], progress: Callable[[int], None] | None = None
) -> Iterator[tuple[Claim, ...]]:
    """The claims of each article, in the order given; `progress` is told how many articles are done."""
    for done, (article, sentences) in enumerate(parse_all(articles), start=1):
        yield _claims(article, sentences)
        if progress is not None:
            progress(done)


@dataclass(frozen=True, slots=True, eq=False)
class Proposition:
    """A clause found in a parse: its head, its first and last token, and the frame it stands in, if any."""

    head: "Token"
    first: int
    last: int
    frame: Frame | None


def _claims(article: Article, sentences: Sequence[Sentence]) -> tuple[Claim, ...]:
    quotes = quotations(article.text)
    silent = _boilerplate(article)
    names = Names()
    found: dict[tuple[int, int], Claim] = {}
    speakers: dict[int, Holder] = {}
    for sentence in sentences:
        names.learn(sentence)
        said: dict[int, Holder] = {}
        for proposition in propositions(sentence):
            span = _clip(article.text, _span(sentence, proposition), sentence, proposition, quotes)
            if span is None or any(span.overlap(each) for each in silent):
                continue
            within = next((i for i, each in enumerate(quotes) if each.span.overlap(span) > len(span.of(article.text)) / 2), None)
            who = None
            if proposition.frame is not None and proposition.frame.source is not None:
                key = proposition.frame.verb.i
                if key not in said:
                    said[key] = holder(proposition.frame.source, sentence, names)
                who = said[key]
            elif within is not None:
                who = speakers.get(within)
            if within is not None and who is not None:
                speakers[within] = who
            if who is None and article.outlet is not None:
                who = Holder(article.outlet, None, narrator=True)
            stance = proposition.frame.stance if proposition.frame is not None else Stance.ASSERTED
            found.setdefault(
                (span.start, span.stop),
                Claim(
                    id=claim_id(article, span.start, span.stop),
                    article=article.id,
                    start=span.start,
                    stop=span.stop,
                    text=span.of(article.text),
                    outlet=article.outlet,
                    published=article.published,
                    url=article.url,
                    holder=who,
                    quoted=within is not None,
                    stance=stance,
                ),
            )
    return tuple(found[key] for key in sorted(found))


def _boilerplate(article: Article) -> tuple[Span, ...]:
    try:
        from corpus.cleaning import boilerplate
    except ImportError:
        return ()
    return boilerplate(article)


# Propositions ---------------------------------------------------------------------------------------------------

VERBAL = ("VERB", "AUX")


def propositions(sentence: Sentence) -> tuple[Proposition, ...]:
    """The clauses of a sentence that claim something, each in the innermost frame around it."""
    found: list[Proposition] = []
    root = sentence.tokens.root
    _visit(root, None, found, set())
    return tuple(found[:PER_SENTENCE])


def _visit(head: "Token", frame: Frame | None, found: list[Proposition], seen: set[int]) -> None:
    if head.i in seen:
        return
    seen.add(head.i)
    own = frame_of(head)
    if own is not None and not own.claims:
        return
    inner = frame
    outside: set[int] = set()
    for child in head.children:
        around = frame_of(child)
        if around is not None and head in around.contents:
            inner = around
            outside.add(child.i)
            seen.add(child.i)
    if own is not None and head not in own.contents:
        for content in own.contents:
            _visit(content, own, found, seen)
    else:
        first, last = _extent(head, outside)
        if last - first + 1 >= FEWEST_WORDS:
            found.append(Proposition(head, first, last, inner))
    for child in head.children:
        if child.i in seen or child.pos_ not in VERBAL:
            continue
        if child.dep_ == "conj":
            _visit(child, inner if own is None else frame, found, seen)
        elif _stands_alone(child):
            _visit(child, inner, found, seen)
    _relative(head, inner, found, seen)


def _stands_alone(child: "Token") -> bool:
    if child.dep_ == "advcl":
        return subject(child) is not None and child.right_edge.i - child.left_edge.i >= 5
    if child.dep_ in ("ccomp", "parataxis"):
        return _spliced(child)
    return False


def _spliced(child: "Token") -> bool:
    """A clause of its own joined by a comma or dash only: "nobody is coming, the water will not drop"."""
    return subject(child) is not None and not any(token.dep_ == "mark" for token in child.children) and (
        child.right_edge.i + 1 < child.head.i and child.doc[child.right_edge.i + 1].is_punct
    )


def _relative(head: "Token", frame: Frame | None, found: list[Proposition], seen: set[int]) -> None:
    for token in head.subtree:
        if token.dep_ == "relcl" and token.i not in seen and token.pos_ in VERBAL:
            if token.right_edge.i - token.left_edge.i >= 4 and token.doc[token.left_edge.i - 1].text == ",":
                _visit(token, frame, found, seen)


def _extent(head: "Token", outside: set[int]) -> tuple[int, int]:
    """First and last token of a clause, without frames, joined clauses and leading conjunctions."""
    first, last = head.left_edge.i, head.right_edge.i
    cuts: list[tuple[int, int]] = []
    for child in head.children:
        joined = child.dep_ == "conj" and child.pos_ in VERBAL and any(each.dep_ in SUBJECTS for each in child.children)
        if child.i in outside or joined or (child.dep_ in ("ccomp", "parataxis") and _spliced(child)):
            cuts.append((child.left_edge.i, child.right_edge.i))
        elif child.dep_ in ("mark", "cc") and child.i < head.i:
            cuts.append((child.i, child.i))
    changed = True
    while changed:
        changed = False
        while first < last and (head.doc[first].is_punct or head.doc[first].is_space or head.doc[first].dep_ == "cc") and head.doc[first].text not in '"\'$([':
            first, changed = first + 1, True
        while last > first and (head.doc[last].is_space or head.doc[last].dep_ == "cc" or head.doc[last].text in ",;:-—–."):
            last, changed = last - 1, True
        for start, stop in cuts:
            if start <= first <= stop and stop < head.i:
                first, changed = stop + 1, True
            if start <= last <= stop and start > head.i:
                last, changed = start - 1, True
    return first, last


def _span(sentence: Sentence, proposition: Proposition) -> Span:
    doc = sentence.tokens.doc
    return Span(sentence.begin(doc[proposition.first]), sentence.end(doc[proposition.last]))


def _clip(text: str, span: Span, sentence: Sentence, proposition: Proposition, quotes: Sequence[Quotation]) -> Span | None:
    """The span without the marks, spaces and full stop at its edges; the inside alone if a quotation holds its core."""
    core = [proposition.head, *(child for child in proposition.head.children if child.dep_ in SUBJECTS)]
    begins, ends = min(map(sentence.begin, core)), max(map(sentence.end, core))
    start, stop = span.start, span.stop
    for quote in quotes:
        if quote.span.start <= begins and ends <= quote.span.stop:
            start, stop = max(start, quote.span.start), min(stop, quote.span.stop)
    return trim(text, start, stop, quotes)


def trim(text: str, start: int, stop: int, quotes: Sequence[Quotation]) -> Span | None:
    """Without surrounding space, final stop and marks whose partner is elsewhere; None if nothing is left."""
    partner = {quote.span.start - 1: quote.span.stop for quote in quotes}
    partner.update({stop_: start_ for start_, stop_ in partner.items()})
    while start < stop:
        first, last = text[start], text[stop - 1]
        if first in EDGES or first.isspace():
            start += 1
        elif last in EDGES or last.isspace():
            stop -= 1
        elif first in MARKS and not (start < partner.get(start, -1) < stop - 1):
            start += 1
        elif last in MARKS and not (start < partner.get(stop - 1, -1) < stop) and not (last in "’'" and text[stop - 2].isalnum()):
            stop -= 1
        else:
            break
    return Span(start, stop) if start < stop else None
