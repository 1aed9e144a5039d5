"""What stands in an article's text and is no part of its account, as spans, so that offsets into the text stay true.

The cues are words in `data/boilerplate.toml`, for people who read news to extend; the few shapes that words cannot
tell (bylines, datelines, credits, time stamps) are below. A cue is found by search for plain strings and a shape by a
pattern of bounded length, so the time is linear in the text.
"""

import itertools
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from corpus.records import Article, Span

SAME_QUOTES = str.maketrans("’‘‚‛“”„«»\xa0\u202f\u2009\t", '\'\'\'\'"""""    ')
NUMBER = re.compile(r"\d[\d.,:]*")
BLANKS = re.compile(r" {2,}")
WORD = re.compile(r"\w+")
LINE = re.compile(r"[^\r\n]+")
# Not behind "Sen." or "U.S."; and a quotation may be glued to what follows it.
SENTENCE_END = re.compile(
    r"(?<=[.!?])(?<!\b[A-Z]\.)(?<!\b[A-Z][a-z]\.)(?<!\b[A-Z][a-z]{2}\.)(?<!\b[A-Z][a-z]{3}\.)[\"'”’)\]]{0,3}\s+"
    r"|(?<=[.!?][\"”])(?=[A-Z])"
)
UNFINISHED = re.compile(r"(?:\.\.\.|…)\s?(?:more|\[?\+\]?)?\s?$", re.IGNORECASE)
FINISHED = re.compile(r"[.!?][\"'”’)\]]{0,3}$")

HEAD_LINES = 8
"""Lines, blank ones aside, among which a repeated title and a dateline without an agency are looked for."""
LIKE_TITLE = 0.75
"""Share of words in common (Jaccard) from which a line at the head is the title again, reworded a little."""
MOST_HEADLINE = 250
MOST_TEASER = 120
"""Characters of a teaser's headline; unfinished summaries may be longer."""
MOST_CREDIT = 160
"""Characters at the end of a line in which a picture's credit is looked for."""
MOST_CAPTION = 700
MOST_BYLINE = 120
MOST_SIGN_OFF = 1000
MOST_BRACKET = 300
LAST_LINES = 8
"""Lines at the end of a text among which it may say who wrote it, or ask for money."""
MOST_LINKS = 8
"""Lines behind a heading over links that are taken for the links."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A stretch that gives no claims, and which table or shape says so."""

    span: Span
    why: str


@dataclass(frozen=True, slots=True)
class Inset:
    """Links set into a sentence behind a name: where the name stands that they hang on, and where they do."""

    name: Span
    links: Span


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """Lines such as "Title: …" and "Date: …" at the very head of a text: the fields that they give, and where."""

    fields: tuple[tuple[str, str], ...]
    span: Span


def boilerplate(article: Article) -> tuple[Span, ...]:
    r"""The stretches of the text that give no claims, sorted and disjoint. The headline is none of them.

    >>> text = "Ferry deal signed\n\nBy Ann Lee May 4, 2021\n\nThe deal is signed.\n\nShare this"
    >>> [span.of(text) for span in boilerplate(Article("a", text, title="Ferry deal signed"))]
    ['By Ann Lee May 4, 2021', 'Share this']
    """
    kept = headline(article)
    spans: list[Span] = []
    for span in sorted(part for cut in cuts(article) for part in _without(cut.span, kept)):
        # Neighbours with nothing but blanks between them are one stretch.
        if spans and not article.text[spans[-1].stop : span.start].strip(" \t\xa0"):
            spans[-1] = Span(spans[-1].start, max(spans[-1].stop, span.stop))
        else:
            spans.append(span)
    return tuple(spans)


def insets(text: str) -> tuple[Inset, ...]:
    r"""The links that a page has set into its sentences behind the names of persons, in order.

    >>> text = "Senator Lena Marsh Lena Anne MarshFerry talks fail Council sells bridge MORE resigned."
    >>> [(inset.links.of(text), inset.name.of(text)) for inset in insets(text)]
    [(' Lena Anne MarshFerry talks fail Council sells bridge MORE', 'Marsh')]
    """
    if "MORE" not in text:
        return ()
    found = SHAPES["inset"].finditer(text)
    return tuple(Inset(Span(*match.span("name")), Span(*match.span("links"))) for match in found)


def headline(article: Article) -> Span | None:
    r"""Where the text repeats the article's title at its head, which may give a claim as a headline does.

    >>> headline(Article("a", "Talks fail\n\nThe talks failed.", title="Talks fail"))
    Span(start=0, stop=10)
    """
    title = frozenset(_words(article.title))
    if not title:
        return None
    front = front_matter(article.text)
    if front and (at := article.text.find(article.title, 0, front.span.stop)) >= 0:
        return Span(at, at + len(article.title))
    return next((line for line in _head(article.text) if _is_like(line.of(article.text), title)), None)


def front_matter(text: str) -> FrontMatter | None:
    r"""Fields named on the first lines, if unmistakable: two or more known names, each once, then a blank line.

    >>> front_matter("Title: Talks fail\nDate: 4 May 2021\n\nThe talks failed.").fields
    (('title', 'Talks fail'), ('published', '4 May 2021'))
    >>> front_matter("Title: a word from heraldry.\n\nIt rained.") is None
    True
    """
    names = _table()["front"]
    found: dict[str, str] = {}
    stop = start = len(text) - len(text.lstrip("\ufeff\r\n"))
    for line in LINE.finditer(text, start):
        if "\n" in text[stop : line.start()].replace("\n", "", 1):
            break  # a blank line ends it
        name, colon, value = line[0].partition(":")
        field = names.get(name.strip().lower())
        if not colon or field is None or field in found or not value.strip():
            return None
        found[field] = value.strip()
        stop = line.end()
    has_body = bool(text[stop:].strip())
    return FrontMatter(tuple(found.items()), Span(start, stop)) if len(found) > 1 and has_body else None


def cuts(article: Article) -> tuple[Cut, ...]:
    """Every stretch that some table or shape names; they may overlap."""
    text, cues = article.text, _cues_for(article.outlet or "")
    lines = [_Line(Span(start, stop), text[start:stop]) for start, stop in _stripped(text)]
    found = [Cut(front.span, "front matter")] if (front := front_matter(text)) else []
    found += [Cut(line, "title again") for line in _repeats(article)]
    for number, line in enumerate(lines):
        whole = next((name for name, holds in WHOLE_LINES if holds(line, cues)), None)
        if whole:
            found.append(Cut(line.span, whole))
        else:
            found += _parts(line, cues, near_head=number < HEAD_LINES)
            if number >= len(lines) - LAST_LINES and _is_sign_off(line, cues):
                found.append(Cut(line.span, "sign-off"))
    return (*found, *_tails(lines, cues, {cut.span for cut in found}, len(text.rstrip())))


# --- Lines and cues


class _Line:
    """A line without the blanks around it, and its words as cues are compared with them."""

    __slots__ = ("bare", "likened", "raw", "span")

    def __init__(self, span: Span, raw: str) -> None:
        self.span, self.raw = span, raw
        self.likened = _likened(raw)
        self.bare = _bare(self.likened)


def _stripped(text: str) -> Iterator[tuple[int, int]]:
    for line in LINE.finditer(text):
        inner = line[0].strip()
        if inner:
            start = line.start() + line[0].index(inner[0])
            yield start, start + len(inner)


def _likened(text: str) -> str:
    r"""Text as it is compared: small letters, one kind of quotation mark and blank, `#` for numbers.

    >>> _likened("©\xa02019  Reuters’ ‘Wire’")
    "© # reuters' 'wire'"
    """
    return BLANKS.sub(" ", NUMBER.sub("#", text.translate(SAME_QUOTES).lower()))


def _bare(likened: str) -> str:
    return likened.strip(" ").lstrip("•-–—*·>| ").rstrip(" .:!?…;,")


@dataclass(frozen=True, slots=True)
class _Cue:
    """A cue of the table: what stands before, between and after its gaps, in order."""

    parts: tuple[str, ...]

    def holds(self, text: str) -> bool:
        """Whether all of `text`, likened and bare, is an instance of the cue.

        >>> _Cue(("support ", " ad-free", "")).holds("support our paper - go ad-free today")
        True
        """
        if len(self.parts) == 1:
            return text == self.parts[0]
        first, *middle, last = self.parts
        at, end = len(first), len(text) - len(last)
        if at > end or not text.startswith(first) or not text.endswith(last):
            return False
        for part in middle:
            found = text.find(part, at, end)
            if found < 0:
                return False
            at = found + len(part)
        return True


class _Cues:
    """Cues of one table, looked up by their first word, its first letters, or their last word, or else always tried."""

    def __init__(self, table: dict[str, Any], outlet: str) -> None:
        self.longest: int = table.get("longest", 1 << 30)
        self.by_first: dict[str, list[_Cue]] = {}
        self.by_start: dict[str, list[_Cue]] = {}
        self.by_last: dict[str, list[_Cue]] = {}
        self.anywhere: list[_Cue] = []
        for written in table["cues"]:
            if "{outlet}" in written and not outlet:
                continue
            parts = [_likened(part) for part in written.replace("{outlet}", outlet).split("…")]
            # Lines are compared without the marks at their ends, so the ends of a cue have none either.
            parts[-1] = parts[-1].rstrip(" .:!?;,") if len(parts) == 1 else parts[-1]
            self._add(_Cue(tuple(parts)))

    def _add(self, cue: _Cue) -> None:
        first, last = cue.parts[0], cue.parts[-1]
        if len(cue.parts) == 1 or " " in first:
            self.by_first.setdefault(first.split(" ")[0], []).append(cue)
        elif first:
            self.by_start.setdefault(first[:2], []).append(cue)
        elif " " in last:
            self.by_last.setdefault(last.split(" ")[-1], []).append(cue)
        else:
            self.anywhere.append(cue)

    def hold(self, bare: str) -> bool:
        if not bare or len(bare) > self.longest:
            return False
        near = (
            self.by_first.get(bare.split(" ", 1)[0], ()),
            self.by_start.get(bare[:2], ()),
            self.by_last.get(bare.rsplit(" ", 1)[-1], ()),
            self.anywhere,
        )
        return any(cue.holds(bare) for cues in near for cue in cues)


@dataclass(frozen=True, slots=True)
class _Tables:
    lines: _Cues
    paragraphs: _Cues
    labels: _Cues
    tails: _Cues
    links: _Cues
    sign_offs: _Cues
    outlet: frozenset[str]


@cache
def _table() -> dict[str, dict[str, Any]]:
    content = resources.files("corpus").joinpath("data/boilerplate.toml").read_text("utf-8")
    return tomllib.loads(content)


@lru_cache(256)
def _cues_for(outlet: str) -> _Tables:
    names = ("lines", "paragraphs", "labels", "tails", "links", "sign_offs")
    lines, paragraphs, labels, tails, links, sign_offs = (_Cues(_table()[name], outlet) for name in names)
    return _Tables(lines, paragraphs, labels, tails, links, sign_offs, frozenset(outlet.lower().split()))


# --- Shapes


def _one_of(*names: str) -> str:
    """A pattern for any of the words of a table, the longest first. The blank in a name is one of any kind.

    >>> re.fullmatch(_one_of("credits.agencies"), "AP Photo") is not None
    True
    """
    words = [word for name in names for table, key in [name.split(".")] for word in _table()[table][key]]
    return "|".join(re.escape(word).replace(r"\ ", r"\s") for word in sorted(words, key=len, reverse=True))


def _patterns() -> dict[str, re.Pattern[str]]:
    """The shapes; every repetition is bounded, and none stands within another."""
    agency = _one_of("credits.agencies")
    by = _one_of("credits.words")
    return {
        # "Name/Getty Images", "| AP Photo", "… in Texas. AP", "(Photo: A. Name, AP)"; no full stop outside the bracket
        "agency at the end": re.compile(rf"(?:/|\|\s?|[.”\")]\s|\svia\s)(?:{agency})(?:\)\.?)?$|,\s(?:{agency})\)\.?$"),
        "agency and name at the end": re.compile(
            r"\b(?:REUTERS|Reuters|AFP|AP|EPA|TASS|Photo|PHOTO)/[A-Z][\w .,'’/-]{1,50}(?:\)\.?)?$"
        ),
        "credit at the end": re.compile(
            rf"(?:^|[\s(|])(?:(?i:{by}):\s?[A-Z@][^.;:]{{1,70}}|(?i:photo|photograph|image|picture)s?\s(?:by|courtesy\sof|via)\s"
            rf"[A-Z@][^.;:]{{1,60}})(?:\)\.?)?$"
        ),
        "credit inside": re.compile(rf"\|\s(?:[A-Z][^|/\n]{{0,40}}/)?(?:{agency})(?!\w)"),
        "bracket": re.compile(rf"[(\[]\s?(?:{_one_of('brackets.words')})(?!\w)", re.IGNORECASE),
        "byline": re.compile(r"(?:(?:Written|Reported|Story|Posted|Published|Words|Report)\s)?(?:By|BY|by)\s(?=[\w@])"),
        "dateline": re.compile(
            rf"(?P<place>[^()\n]{{0,60}})\((?:{_one_of('datelines.agencies')})(?:[/-][A-Za-z ]{{2,20}})?\)"
            r"(?P<dash>\s?[-–—]{1,3})?"
        ),
        "place": re.compile(
            r"[A-Z][A-Z.'’/ -]{2,40}(?:,\s[A-Z][A-Za-z.]{1,15}(?:\s[A-Z][A-Za-z.]{1,15})?)?"
            r"(?:,\s[A-Z][a-z]{2,8}\.?\s\d{1,2})?\s?(?:[–—]|--|\s-)(?=\s)"
        ),
        "moment": re.compile(r"#?(?:am|pm|st|nd|rd|th|s)?"),
        # "Trump Donald John TrumpTalks fail again Senate votes MORE": behind a name, the name in full with headlines
        # glued to it. The surname comes twice, and no blank follows the second.
        "inset": re.compile(
            r"\b(?P<name>[A-ZÀ-Þ][\w'’-]+)(?P<links>(?:,?\s[JS]r\.?)?\s(?:(?:[A-ZÀ-Þ(][\w.'’()-]{0,20}|de|del|der|di|la|van|von)\s){1,6}"
            r"(?P=name)(?:MORE\b|(?=[^\s\w,.;:!?)]|[A-Z0-9])[^\n]{0,1000}?\sMORE\b))"
        ),
    }


SHAPES = _patterns()
SEPARATOR = re.compile(r"[\s,|·•()/–—-]+")
BUTTONS = tuple(_table()["credits"]["buttons"])
OPENINGS = tuple(_table()["credits"]["openings"])
STAMPS = frozenset(_table()["stamps"]["words"])
SMALL_IN_BYLINES = frozenset(_table()["bylines"]["words"])
FRAMES = tuple(_table()["galleries"]["cues"])


def _is_furniture(line: _Line, cues: _Tables) -> bool:
    if cues.paragraphs.hold(line.bare) or any(frame in line.likened for frame in FRAMES):
        return True
    # A gap in a cue must not run over the end of a sentence into prose.
    return cues.lines.hold(line.bare) and not SENTENCE_END.search(line.raw)


def _is_label(line: _Line, cues: _Tables) -> bool:
    return not FINISHED.search(line.raw[-6:]) and cues.labels.hold(line.bare)


def _is_rule(line: _Line, cues: _Tables) -> bool:  # noqa: ARG001 -- all shapes are called alike
    """A line without a letter or figure: "* * *"."""
    return len(line.raw) < 100 and not WORD.search(line.raw.replace("_", ""))


def _is_stamp(line: _Line, cues: _Tables) -> bool:  # noqa: ARG001 -- all shapes are called alike
    """When the article was put up: "Updated at 9:05 a.m. ET", "April 21, 2017"."""
    if len(line.bare) > MOST_BYLINE or "#" not in line.bare:
        return False
    return all(_is_moment(word) for word in SEPARATOR.split(line.bare))


def _is_moment(word: str) -> bool:
    bare = word.strip(".:;")
    return bare in STAMPS or SHAPES["moment"].fullmatch(bare) is not None


def _is_byline(line: _Line, cues: _Tables) -> bool:
    """Whether the line is "By" and then nothing but names, dates and the outlet."""
    opening = SHAPES["byline"].match(line.raw)
    if opening is None or len(line.raw) > MOST_BYLINE:
        return False
    words = [word for word in SEPARATOR.split(line.raw[opening.end() :]) if word]
    return len(words) <= 16 and all(
        word[0].isupper()
        or word[0] in "@&"
        or word.lower() in SMALL_IN_BYLINES
        or word.lower() in cues.outlet
        or _is_moment(NUMBER.sub("#", word.lower()))
        for word in words
    )


def _is_caption(line: _Line, cues: _Tables) -> bool:  # noqa: ARG001 -- all shapes are called alike
    """A picture's caption, told by how it begins or by the credit that it ends with."""
    if len(line.raw) > MOST_CAPTION:
        return False
    if line.likened.startswith(OPENINGS) or line.raw.startswith(BUTTONS):
        return True
    if line.raw[-1] in ".!?\"'”’:," and not line.raw.endswith(")."):
        return False  # a credit is no sentence
    end = line.raw[-MOST_CREDIT:]
    return any(
        SHAPES[shape].search(end) for shape in ("agency at the end", "agency and name at the end", "credit at the end")
    )


Shape = Callable[[_Line, _Tables], bool]
WHOLE_LINES: tuple[tuple[str, Shape], ...] = (
    ("lines", _is_furniture),
    ("labels", _is_label),
    ("rule", _is_rule),
    ("stamp", _is_stamp),
    ("byline", _is_byline),
    ("caption", _is_caption),
)


def _parts(line: _Line, cues: _Tables, *, near_head: bool) -> Iterator[Cut]:
    """What is cut out of a line that is prose otherwise."""
    yield from _ending(line)
    start = line.span.start
    if dateline := _dateline(line.raw, near_head=near_head):
        yield Cut(Span(start, start + dateline), "dateline")
    if "| " in line.raw and (credit := SHAPES["credit inside"].search(line.raw, 0, MOST_CAPTION)):
        yield Cut(Span(start, start + credit.end()), "caption")
    for bracket in SHAPES["bracket"].finditer(line.raw):
        close = line.raw.find(")" if bracket[0][0] == "(" else "]", bracket.end(), bracket.start() + MOST_BRACKET)
        if close > 0:
            yield Cut(Span(start + bracket.start(), start + close + 1), "bracket")
    at = 0
    for end in (*SENTENCE_END.finditer(line.raw), None):
        sentence = line.raw[at : end.end() if end else None]
        if (at or end) and cues.lines.hold(_bare(_likened(sentence))):
            yield Cut(Span(start + at, start + at + len(sentence.rstrip())), "sentence")
        at = end.end() if end else at


def _is_sign_off(line: _Line, cues: _Tables) -> bool:
    """Whether one sentence of a line near the end tells that all of it is about the author or the outlet."""
    return len(line.raw) < MOST_SIGN_OFF and any(
        cues.sign_offs.hold(_bare(_likened(sentence))) for sentence in SENTENCE_END.split(line.raw)
    )


def _ending(line: _Line) -> Iterator[Cut]:
    """The teaser of another page, cut off: the line, or the ending alone where a sentence has ended before it."""
    table = _table()["endings"]
    if len(line.raw) > table["longest"]:
        return
    low = line.raw.lower()
    ending = next((cue for cue in table["cues"] if low.endswith(cue)), None)
    if ending is None:
        return
    before = line.raw[: -len(ending)].rstrip()
    is_apart = FINISHED.search(before[-6:]) is not None and ending[0] not in ".…["
    yield Cut(Span(line.span.stop - len(ending), line.span.stop) if is_apart else line.span, "ending")


def _dateline(raw: str, *, near_head: bool) -> int:
    """How many characters of a line are its dateline.

    >>> _dateline("ANKARA (Reuters) - Turkey said", near_head=False)
    18
    >>> _dateline("Mr Lee told the (AP) so", near_head=True), _dateline("KEENE, N.H. — A crowd", near_head=True)
    (0, 13)
    """
    shape = SHAPES["dateline"].match(raw)
    if shape:
        named = all(word[0].isupper() or word[0].isdigit() for word in SEPARATOR.split(shape["place"]) if word)
        goes_on = raw[shape.end() : shape.end() + 2].lstrip()[:1]
        if named and (shape["dash"] or not goes_on.islower()):
            return shape.end()
    place = SHAPES["place"].match(raw) if near_head else None
    return place.end() if place else 0


def _tails(lines: Sequence[_Line], cues: _Tables, cut: set[Span], end: int) -> Iterator[Cut]:
    """Headings over lists of other articles, and the lists."""
    alike = [line.span in cut or _is_teaser(line.raw) for line in lines]
    listed_to = 0
    for number, line in enumerate(lines):
        if cues.tails.hold(line.bare) and _is_list(alike[number + 1 :]):
            yield Cut(Span(line.span.start, end), "tail")
            return
        if number < listed_to:
            yield Cut(line.span, "tail")
        elif cues.tails.hold(line.bare) or cues.links.hold(line.bare):
            yield Cut(line.span, "tail")
            rest = itertools.takewhile(alike.__getitem__, range(number + 1, min(number + 1 + MOST_LINKS, len(lines))))
            listed_to = max(rest, default=number) + 1


def _is_list(alike: Sequence[bool]) -> bool:
    """Whether lines, each like a teaser or not, are a list: mostly teasers, and never two lines of prose together.

    >>> _is_list([True, False, True, False]), _is_list([True, True, False, False])
    (True, False)
    """
    return 2 * sum(alike) >= len(alike) and not any(not one and not two for one, two in itertools.pairwise(alike))


def _is_teaser(raw: str) -> bool:
    """Whether a line looks like another article's headline, or its summary cut off.

    >>> _is_teaser("Zoo sells carbon credits"), _is_teaser("It sold the ... more"), _is_teaser("It rained on Friday.")
    (True, True, False)
    """
    if UNFINISHED.search(raw[-12:]):
        return True
    return len(raw) <= MOST_TEASER and raw[-1] not in ":,;" and not FINISHED.search(raw[-6:])


# --- The head


def _head(text: str) -> Iterator[Span]:
    for number, (start, stop) in enumerate(_stripped(text)):
        if number == HEAD_LINES:
            return
        yield Span(start, stop)


def _repeats(article: Article) -> Iterator[Span]:
    """The title at the head for the second time and on."""
    first, title = headline(article), frozenset(_words(article.title))
    if first is not None:
        yield from (
            line for line in _head(article.text) if line.start >= first.stop and _is_like(line.of(article.text), title)
        )


def _is_like(line: str, title: frozenset[str]) -> bool:
    if len(line) > MOST_HEADLINE:
        return False
    words = frozenset(_words(line))
    return len(words & title) >= LIKE_TITLE * len(words | title)


def _words(text: str) -> list[str]:
    return WORD.findall(text.lower())


def _without(span: Span, kept: Span | None) -> Iterator[Span]:
    """What is left of a span when another is taken out of it."""
    if kept is None or not span.overlap(kept):
        yield span
        return
    if span.start < kept.start:
        yield Span(span.start, kept.start)
    if kept.stop < span.stop:
        yield Span(kept.stop, span.stop)
