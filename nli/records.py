"""Pairs of claims, what the judge says of them, the relation that follows, and disputes. Values only."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from corpus.records import Claim, Span

Vectors = NDArray[np.float32]
"""Unit vectors, one a row: (n, dimensions)."""

Probabilities = NDArray[np.float64]
"""Columns entailment, neutral, contradiction, rows that sum to 1: (n, 3)."""


class Encoder(Protocol):
    """Texts to unit vectors (a bi-encoder)."""

    @property
    def name(self) -> str:
        """Model and revision, as results state it."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a text, (n, dimensions) float32."""
        ...


class Classifier(Protocol):
    """Premise and hypothesis to the three probabilities of NLI (a cross-encoder)."""

    @property
    def name(self) -> str:
        """Model and revision, as results state it."""
        ...

    def classify(self, pairs: Sequence[tuple[str, str]]) -> Probabilities:
        """For each (premise, hypothesis): entailment, neutral, contradiction; (n, 3)."""
        ...


class MeasuringClassifier(Classifier, Protocol):
    """A classifier that can tell what is too long for it."""

    def cut(self, pairs: Sequence[tuple[str, str]]) -> list[bool]:
        """Of each pair, whether `classify` reads less than all of it."""
        ...


@dataclass(frozen=True, slots=True)
class Scores:
    """The three probabilities of natural language inference; they sum to 1.

    >>> Scores(0.7, 0.2, 0.4)
    Traceback (most recent call last):
    ValueError: probabilities sum to 1, not 1.3: 0.7, 0.2, 0.4
    """

    entailment: float
    neutral: float
    contradiction: float

    def __post_init__(self) -> None:
        each = (self.entailment, self.neutral, self.contradiction)
        if min(each) < 0 or abs(sum(each) - 1) > 1e-3:
            raise ValueError(f"probabilities sum to 1, not {sum(each):.4g}: {', '.join(f'{p:g}' for p in each)}")

    @classmethod
    def of(cls, row: Sequence[float] | NDArray[np.float64]) -> Self:
        """From one row of `Probabilities`."""
        entailment, neutral, contradiction = (float(p) for p in row)
        return cls(entailment, neutral, contradiction)

    @property
    def label(self) -> str:
        """The most probable of the three."""
        named = {
            "contradiction": self.contradiction,
            "entailment": self.entailment,
            "neutral": self.neutral,
        }
        return max(named, key=lambda name: named[name])


@dataclass(frozen=True, slots=True)
class Pair:
    """Two claims worth comparing; `left` is the earlier one. `similarity`: cosine of their vectors."""

    left: Claim
    right: Claim
    similarity: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the judge says of a pair: left as premise (`forward`) and right as premise (`backward`).

    `score` in [0, 1]: the calibrated probability of a contradiction, joined from both.
    """

    pair: Pair
    forward: Scores
    backward: Scores
    model: str
    score: float


class Judge(Protocol):
    """Pairs of claims to judgements, in the order given."""

    @property
    def name(self) -> str:
        """Model and revision, as results state it."""
        ...

    def judge(self, pairs: Sequence[Pair]) -> list[Judgement]:
        """One judgement a pair."""
        ...


class QuickJudge(Judge, Protocol):
    """A judge that can pass over what is plainly no contradiction."""

    def doubtful(self, pairs: Sequence[Pair]) -> list[Judgement]:
        """The judgements of those pairs that may be contradictions, in the order given."""
        ...


class Relation(StrEnum):
    """How two claims stand to each other (`docs/relations.md`)."""

    CONTRADICTION = "contradiction"
    SUPERSEDED = "superseded"
    CORROBORATION = "corroboration"
    COMPATIBLE = "compatible"
    UNCERTAIN = "uncertain"


class Parties(StrEnum):
    """Who stands against whom: two holders, one holder with himself, a paraphrase with its quote."""

    DISPUTE = "dispute"
    REVERSAL = "reversal"
    MISQUOTE = "misquote"


class Kind(StrEnum):
    """What clashes."""

    NEGATION = "negation"
    ANTONYM = "antonym"
    NUMERIC = "numeric"
    DATE = "date"
    LEXICAL = "lexical"
    MODAL = "modal"
    ATTRIBUTION = "attribution"
    CAUSE = "cause"
    FAILED_PREDICTION = "failed prediction"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where a relation begins: the score of a contradiction, of a doubt, and the entailment of a corroboration.

    Chosen on the development parts of real news and stories, and on unrelated pairs of news (docs/evaluation.md).
    """

    contradiction: float = 0.25
    doubt: float = 0.15
    corroboration: float = 0.8


@dataclass(frozen=True, slots=True)
class Finding:
    """A pair with its relation and all that speaks for it.

    `left_spans` and `right_spans` are the clashing words, in characters of each article's text. `thresholds` are those
    that the relation was decided by.
    """

    judgement: Judgement
    relation: Relation
    reason: str
    parties: Parties | None = None
    kind: Kind | None = None
    left_spans: tuple[Span, ...] = ()
    right_spans: tuple[Span, ...] = ()
    thresholds: Thresholds = Thresholds()

    @property
    def id(self) -> str:
        """The identity of a finding: that of its two claims, in their order."""
        return hashlib.sha256(f"{self.left.id}\x1f{self.right.id}".encode()).hexdigest()[:16]

    @property
    def left(self) -> Claim:
        """The earlier claim."""
        return self.judgement.pair.left

    @property
    def right(self) -> Claim:
        """The later claim."""
        return self.judgement.pair.right

    @property
    def score(self) -> float:
        """The judgement's probability of a contradiction, in whichever relation the pair ends."""
        return self.judgement.score


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody who holds a position: the holder's name, the outlet's where nobody else speaks, else None.

    `claims` are those that they make in it, the earliest first.
    """

    name: str | None
    claims: tuple[Claim, ...]

    @property
    def since(self) -> str | None:
        """The first day on which they are known to hold it."""
        return earliest_day(self.claims)


@dataclass(frozen=True, slots=True)
class Position:
    """Claims that agree, by who makes them; `against` are the places in the dispute of the positions it clashes with.

    `origins` is how many of its sources are independent: copies, one article and one holder count once.
    """

    voices: tuple[Voice, ...]
    origins: int
    against: tuple[int, ...]

    @property
    def claims(self) -> tuple[Claim, ...]:
        """All its claims, by voice."""
        return tuple(claim for voice in self.voices for claim in voice.claims)

    @property
    def since(self) -> str | None:
        """The first day on which anybody is known to hold it."""
        return earliest_day(self.claims)


@dataclass(frozen=True, slots=True)
class Dispute:
    """One question, the positions on it (two or more), and the contradictions between these, the earliest first."""

    question: str
    positions: tuple[Position, ...]
    contradictions: tuple[Finding, ...]

    def __post_init__(self) -> None:
        if len(self.positions) < 2 or not self.contradictions:
            raise ValueError(f"a dispute needs two positions that clash, not {len(self.positions)}")

    @property
    def id(self) -> str:
        """The identity of its earliest contradiction: what comes later does not change it."""
        return self.contradictions[0].id

    @property
    def score(self) -> float:
        """That of its strongest contradiction."""
        return max(each.score for each in self.contradictions)

    @property
    def newest(self) -> str | None:
        """The day of its newest clash; None where no claim that clashes is dated."""
        days = [claim.day.isoformat() for each in self.contradictions for claim in (each.left, each.right) if claim.day]
        return max(days, default=None)

    @property
    def timeline(self) -> tuple[tuple[Claim, int], ...]:
        """Every claim with the place of its position, the earliest first, undated ones last."""
        placed = [(claim, place) for place, each in enumerate(self.positions) for claim in each.claims]
        return tuple(sorted(placed, key=lambda each: in_time(each[0])))


def in_time(claim: Claim) -> tuple[str, str, int, str]:
    """The place of a claim in time: by day, undated ones last; by article and offset within one day."""
    return (claim.day.isoformat() if claim.day else "~", claim.article, claim.start, claim.id)


def earliest_day(claims: Sequence[Claim]) -> str | None:
    """The earliest day of publication, None where none is dated."""
    return min((claim.day.isoformat() for claim in claims if claim.day), default=None)


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """Claims with their vectors, row by row: all that later articles are compared with."""

    claims: tuple[Claim, ...]
    vectors: Vectors

    def __post_init__(self) -> None:
        if self.vectors.ndim != 2 or len(self.claims) != len(self.vectors):
            raise ValueError(f"{len(self.claims)} claims need as many vectors, not shape {self.vectors.shape}")

    @classmethod
    def empty(cls) -> Self:
        """No claims yet."""
        return cls((), np.zeros((0, 0), np.float32))

    def __add__(self, other: "Shelf") -> "Shelf":
        """Both, this one's claims first."""
        if not self.claims or not other.claims:
            return self if self.claims else other
        return Shelf(self.claims + other.claims, np.concatenate([self.vectors, other.vectors]))
