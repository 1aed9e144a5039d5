"""The words of the whole project: articles, claims, holders. Values only; they cannot be built wrong."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of characters, `text[start:stop]`.

    >>> Span(4, 9).of("The quick fox")
    'quick'
    """

    start: int
    stop: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.stop:
            raise ValueError(f"a span needs 0 <= start <= stop, not {self.start}, {self.stop}")

    def of(self, text: str) -> str:
        """The characters of `text` that the span covers."""
        return text[self.start : self.stop]

    def overlap(self, other: "Span") -> int:
        """How many characters the two share.

        >>> Span(0, 5).overlap(Span(3, 9))
        2
        """
        return max(0, min(self.stop, other.stop) - max(self.start, other.start))


@dataclass(frozen=True, slots=True)
class Article:
    """One news article as it was given. What is missing stays missing (None).

    `published` is an ISO 8601 date or date-time; `text` is never changed, so that offsets stay true.
    """

    id: str
    text: str
    title: str = ""
    outlet: str | None = None
    published: str | None = None
    url: str | None = None
    metadata: Mapping[str, object] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError("an article needs an id")
        if not self.text.strip():
            raise ValueError(f"article {self.id!r} has no text")
        if self.published is not None:
            date.fromisoformat(self.published[:10])

    @property
    def day(self) -> date | None:
        """The day of publication, if one is known."""
        return date.fromisoformat(self.published[:10]) if self.published else None

    @property
    def digest(self) -> str:
        """16 hexadecimal digits of the SHA-256 of all that claims are made from."""
        parts = (self.title, self.text, self.outlet or "", self.published or "", self.url or "")
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]

    @property
    def text_digest(self) -> str:
        """SHA-256 of the text alone, in UTF-8: whoever has the text can tell whether offsets count in it."""
        return hashlib.sha256(self.text.encode()).hexdigest()


class Stance(StrEnum):
    """What a holder does with the proposition: "X said that P" asserts it, "X denied that P" denies it."""

    ASSERTED = "asserted"
    DENIED = "denied"


class Aspect(StrEnum):
    """How a proposition stands to time, from tense, auxiliaries and cue words."""

    ACCOMPLISHED = "accomplished"
    STATE = "state"
    PLAN = "plan"
    FORECAST = "forecast"
    HOPE = "hope"
    CONDITION = "condition"
    OPINION = "opinion"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who asserts a claim; `span` is where the article names them, None for the outlet or the title.

    `narrator` marks the outlet speaking for itself.
    """

    name: str
    span: Span | None = None
    narrator: bool = False


@dataclass(frozen=True, slots=True)
class Addition:
    """Words that a reader of the article knows, put back into a claim.

    They stand at offset `at` of the claim's text and take the place of `replaces` characters there
    (0: they are inserted after a noun; more: they stand for a pronoun).
    """

    at: int
    text: str
    replaces: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """A proposition with exact offsets: `article.text[start:stop] == claim.text`.

    `check_worthiness` lies in [0, 1]. `written` is the newest year that an article without a date names: it was not
    written before. `article_digest` is the `Article.text_digest` of the text that the offsets count in.

    >>> claim = Claim("c1", "a1", 0, 28, "The contract has been signed", additions=(Addition(12, "for the S-400"),))
    >>> claim.reading
    'The contract [for the S-400] has been signed'
    >>> claim.judged
    'The contract for the S-400 has been signed'
    """

    id: str
    article: str
    start: int
    stop: int
    text: str
    outlet: str | None = None
    published: str | None = None
    url: str | None = None
    holder: Holder | None = None
    quoted: bool = False
    stance: Stance = Stance.ASSERTED
    aspect: Aspect = Aspect.STATE
    additions: tuple[Addition, ...] = ()
    check_worthiness: float = 0.0
    written: str | None = None
    article_digest: str | None = None

    def __post_init__(self) -> None:
        if self.stop - self.start != len(self.text) or self.start < 0:
            raise ValueError(f"claim {self.text!r} does not fit its offsets {self.start}:{self.stop}")
        if not 0 <= self.check_worthiness <= 1:
            raise ValueError(f"check-worthiness lies in [0, 1], not {self.check_worthiness}")

    @property
    def span(self) -> Span:
        """Where the claim stands in its article."""
        return Span(self.start, self.stop)

    @property
    def day(self) -> date | None:
        """The day its article was published, if known."""
        return date.fromisoformat(self.published[:10]) if self.published else None

    @property
    def reading(self) -> str:
        """The claim with what its reader knows, added words in square brackets, as a person is shown it."""
        return self._with_additions(marked=True)

    @property
    def judged(self) -> str:
        """The same in plain words, as the models read it: a pronoun gives way to what it stands for."""
        return self._with_additions(marked=False)

    def _with_additions(self, *, marked: bool) -> str:
        parts, at = [], 0
        for addition in sorted(self.additions, key=lambda each: each.at):
            keep = addition.at + (addition.replaces if marked else 0)
            parts.append(self.text[at:keep].rstrip() if keep > at else "")
            parts.append(f"[{addition.text}]" if marked else addition.text)
            at = addition.at + addition.replaces
        parts.append(self.text[at:].strip())
        return " ".join(" ".join(part for part in parts if part).split())


def claim_id(article: Article, start: int, stop: int) -> str:
    """The identity of a claim: the same text in the same article always gives the same id.

    >>> claim_id(Article("a", "It rained."), 0, 9) == claim_id(Article("a", "It rained."), 0, 9)
    True
    """
    key = f"{article.id}\x1f{article.digest}\x1f{start}\x1f{stop}"
    return hashlib.sha256(key.encode()).hexdigest()[:16]
