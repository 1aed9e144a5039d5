"""What a person is told about a claim or a pair: short, neutral, never a verdict on who is right."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import Enum, auto
from itertools import groupby
from urllib.parse import urlsplit

from corpus.records import Claim, Span, Stance
from nli.explanation import reason
from nli.records import Finding, Parties, Relation

VERBS = {
    Relation.CONTRADICTION: "clashes with",
    Relation.SUPERSEDED: "was overtaken by",
    Relation.CORROBORATION: "is supported by",
    Relation.COMPATIBLE: "can stand beside",
    Relation.UNCERTAIN: "may or may not clash with",
}
"""How the earlier claim stands to the later one."""

PARTIES = {
    Parties.DISPUTE: "two speakers",
    Parties.REVERSAL: "one speaker, twice",
    Parties.MISQUOTE: "a paraphrase and its quote",
}

LIKELIHOODS = (
    (0.5, "likely", "about 6 of 10 labelled pairs like this clash"),
    (0.25, "possible", "about 3 of 10 labelled pairs like this clash"),
    (0.0, "unlikely", "about 1 of 10 labelled pairs like this clashes"),
)
"""Lower bounds of the score, strongest first, in words: what the development parts of the labelled stories and of
labelled real news show together (docs/evaluation.md); most of these pairs were picked to mislead."""


def likelihood(score: float) -> tuple[str, str]:
    """The score in [0, 1] as a word and as what it means.

    >>> likelihood(0.91)
    ('likely', 'about 6 of 10 labelled pairs like this clash')
    """
    return next((word, meaning) for least, word, meaning in LIKELIHOODS if round(score, 2) >= least)


def day(published: str | None) -> str:
    """A date that reads the same on both sides of the Atlantic.

    >>> day("2022-08-23T09:00:00Z"), day(None)
    ('23 Aug 2022', 'undated')
    """
    if not published:
        return "undated"
    on = date.fromisoformat(published[:10])
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


# Not strftime("%b"), which speaks the language of the machine's locale.
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def letter(place: int) -> str:
    """The letters by which a person is told the positions of a dispute apart.

    >>> letter(0), letter(25), letter(26)
    ('A', 'Z', 'AA')
    """
    before, own = divmod(place, 26)
    return (letter(before - 1) if before else "") + chr(ord("A") + own)


def speaker(claim: Claim) -> str:
    """Who stands behind the words: the person named, else the outlet, else the article.

    >>> speaker(Claim("c1", "a1", 0, 9, "It rained", outlet="The Post"))
    'The Post'
    """
    if claim.holder and not claim.holder.narrator:
        return claim.holder.name
    return claim.outlet or f"article {claim.article}"


def circumstances(claim: Claim) -> str:
    """How and where the words come to us, after the speaker's name.

    >>> circumstances(Claim("c1", "a1", 0, 9, "It rained", outlet="The Post", published="2022-08-23"))
    'in its own words, 23 Aug 2022'
    >>> from corpus.records import Holder
    >>> circumstances(Claim("c1", "a1", 0, 9, "It rained", outlet="The Post", holder=Holder("Ann Lee"), quoted=True))
    'quoted by The Post, undated'
    """
    if claim.holder is None or claim.holder.narrator:
        return f"in its own words, {day(claim.published)}"
    how = "quoted" if claim.quoted else "reported"
    if claim.stance is Stance.DENIED:
        how = f"denying this, {how}"
    return f"{how}{f' by {claim.outlet}' if claim.outlet else ''}, {day(claim.published)}"


def because(found: Finding) -> str:
    """The reason without the two statements that it opens with, where these are shown beside it."""
    return found.reason.removeprefix(reason(found.left, found.right, "").removesuffix("."))


def particulars(found: Finding) -> str:
    """What clashes and who stands against whom; empty where neither is known."""
    return " · ".join(part for part in (found.kind, found.parties and PARTIES[found.parties]) if part)


def source(claim: Claim) -> str:
    """Where to read it: the address, else the article and the offsets in its text.

    >>> source(Claim("c1", "a1", 0, 9, "It rained"))
    'article a1, characters 0-9'
    """
    return claim.url or f"article {claim.article}, characters {claim.start}-{claim.stop}"


# Control characters, which drive a terminal, and those that turn the direction of writing, which hide what is written.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    r"""The text without what would act on a terminal; line breaks and tabs stay.

    >>> printable("It \x1b[2Jrained.\n")
    'It �[2Jrained.\n'
    """
    return UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


class Mark(Enum):
    """What a stretch of a displayed claim is."""

    SAID = auto()
    CLASHING = auto()
    ADDED = auto()


def stretches(claim: Claim, clashing: Sequence[Span] = ()) -> list[tuple[str, Mark]]:
    """The claim as it is shown: its own words, the clashing ones among them, and the added context in square brackets.

    `clashing` counts characters of the article's text, as findings do. Joined, the stretches make one line.

    >>> stretches(Claim("c1", "a1", 100, 109, "It rained"), [Span(103, 109)])
    [('It ', <Mark.SAID: 1>), ('rained', <Mark.CLASHING: 2>)]
    """
    marks = [Mark.SAID] * len(claim.text)
    for span in clashing:
        for at in range(max(span.start - claim.start, 0), min(span.stop - claim.start, len(marks))):
            marks[at] = Mark.CLASHING
    added: dict[int, list[str]] = {}
    for addition in sorted(claim.additions, key=lambda each: each.at):
        added.setdefault(min(addition.at + addition.replaces, len(marks)), []).append(f"[{addition.text}]")
    runs: list[tuple[str, Mark]] = []
    for at in range(len(marks) + 1):
        for text in added.get(at, ()):
            runs.append((f" {text} ", Mark.ADDED))
        if at < len(marks):
            runs.append((claim.text[at], marks[at]))
    return _tidy(runs)


def _tidy(runs: Sequence[tuple[str, Mark]]) -> list[tuple[str, Mark]]:
    """The same on one line, white space as one space, none at the ends, neighbours of one mark joined."""
    shown: list[tuple[str, Mark]] = []
    for character, mark in ((character, mark) for text, mark in runs for character in text):
        if not character.isspace():
            if character in ",.;:!?)" and len(shown) > 1 and shown[-1][0] == " " and shown[-2][1] is Mark.ADDED:
                shown.pop()
            shown.append((character, mark))
        elif shown and shown[-1][0] != " ":
            shown.append((" ", mark))
    if shown and shown[-1][0] == " ":
        shown.pop()
    return [(_joined(run), mark) for mark, run in groupby(_spaced(shown), key=lambda each: each[1])]


def _spaced(shown: Sequence[tuple[str, Mark]]) -> Iterator[tuple[str, Mark]]:
    """A space between two marks belongs to neither: no underlined gap, no asterisk after a space."""
    for at, (character, mark) in enumerate(shown):
        edge = character == " " and not shown[at - 1][1] is mark is shown[at + 1][1]
        yield character, Mark.SAID if edge else mark


def _joined(run: Iterable[tuple[str, Mark]]) -> str:
    return "".join(character for character, _ in run)


def web(url: str | None) -> str | None:
    """The address if it leads to the web, else None: nothing else may be followed.

    >>> web("https://post.example/1"), web("javascript:alert(1)"), web("https:///x")
    ('https://post.example/1', None, None)
    """
    return url if url is not None and host(url) is not None else None


def host(url: str) -> str | None:
    """The host that an http(s) address names.

    >>> host("https://user@Post.example:80/1")
    'post.example'
    """
    if not url.isprintable() or " " in url or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.hostname if parts.scheme in ("http", "https") else None
