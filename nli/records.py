"""Pairs of claims, what the judge says of them, and the relation that follows. Values only."""

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
class Finding:
    """A pair with its relation and all that speaks for it.

    `left_spans` and `right_spans` are the clashing words, in characters of each article's text.
    """

    judgement: Judgement
    relation: Relation
    reason: str
    parties: Parties | None = None
    kind: Kind | None = None
    left_spans: tuple[Span, ...] = ()
    right_spans: tuple[Span, ...] = ()

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
