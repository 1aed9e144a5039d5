"""What the store is asked and what it answers, apart from the values of `corpus` and `nli`."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Self, TypeVar

from corpus.records import Article, Claim
from nli.records import Finding, Kind, Relation, Shelf

T = TypeVar("T")

Key = tuple[str | float, ...]
"""Where a page ended: the sort values of its last row."""


@dataclass(frozen=True, slots=True)
class ModelNames:
    """The names of the models that an article was read with."""

    encoder: str
    judge: str

    def __str__(self) -> str:
        return f"encoder {self.encoder} and judge {self.judge}"


@dataclass(frozen=True, slots=True)
class Page:
    """At most `limit` rows, those after `after` in the order asked for."""

    limit: int = 50
    after: Key | None = None


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """The rows of a page, and where it ended; None if nothing follows."""

    items: tuple[T, ...]
    end: Key | None


@dataclass(frozen=True, slots=True)
class ClaimFilter:
    """Which claims: all that is given must hold. `holder` is part of a name; `q` words that all occur."""

    article: str | None = None
    holder: str | None = None
    outlet: str | None = None
    q: str | None = None
    min_check_worthiness: float = 0.0


class Verdict(StrEnum):
    """What a person says of a pair; `open` takes an earlier verdict back."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    OPEN = "open"


class Reason(StrEnum):
    """Why a pair is no contradiction."""

    NOT_THE_SAME_THING = "not the same thing"
    NOT_NOW = "not now"
    NO_CLASH = "no clash"
    AGREEMENT = "they agree"


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """Which findings: what is asked of a claim holds for either of the two; None in `relation` is all.

    `review`: what its newest review says; `open` where there is none too.
    """

    relation: Relation | None = Relation.CONTRADICTION
    kind: Kind | None = None
    holder: str | None = None
    outlet: str | None = None
    since: str | None = None
    until: str | None = None
    min_score: float = 0.0
    q: str | None = None
    entity: str | None = None
    article: str | None = None
    review: Verdict | None = None
    by_score: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of an article, and the digest of the words that stood there: a claim, however it was read."""

    article: str
    start: int
    stop: int
    digest: str

    @classmethod
    def of(cls, claim: Claim) -> Self:
        """Where a claim stands."""
        return cls(claim.article, claim.start, claim.stop, _digest(claim.text))


def pair_id(left: Place, right: Place) -> str:
    """The identity of two places, whichever comes first.

    >>> one, other = Place("a", 0, 9, "x"), Place("b", 0, 9, "y")
    >>> pair_id(one, other) == pair_id(other, one)
    True
    """
    return _digest(json.dumps(sorted([each.article, each.start, each.stop, each.digest] for each in (left, right))))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a reviewer says of a pair; a rejection has a reason, nothing else has one."""

    verdict: Verdict
    reviewer: str
    reason: Reason | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if (self.verdict is Verdict.REJECTED) != (self.reason is not None):
            raise ValueError(f"a rejection needs a reason, and only it has one; not {self.verdict} and {self.reason}")
        if not self.reviewer.strip():
            raise ValueError("a review needs the name of who gives it")


@dataclass(frozen=True, slots=True)
class Review:
    """An opinion on a pair, when it was given (ISO 8601, UTC), and the score by which model its giver was shown."""

    left: Place
    right: Place
    opinion: Opinion
    at: str
    score: float
    model: str


@dataclass(frozen=True, slots=True)
class ReviewFilter:
    """Which reviews: the newest of each pair, or with `history` those before it too."""

    verdict: Verdict | None = None
    reviewer: str | None = None
    article: str | None = None
    history: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is stored; findings by relation."""

    articles: int
    claims: int
    findings: dict[str, int]


@dataclass(frozen=True, slots=True)
class Derived:
    """All that one article gave: its claims with vectors, and how they stand to the claims stored before it."""

    shelf: Shelf
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Marks:
    """By what a server knows which state of a feed we have: its `ETag` and `Last-Modified`, as it gave them."""

    etag: str | None = None
    modified: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """The conditions of a request.

        >>> Marks('"v1"').headers
        {'If-None-Match': '"v1"'}
        """
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in named.items() if value}


class Change(StrEnum):
    """What putting an article did."""

    CREATED = "created"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Put:
    """What putting an article did, and how much derives from it: claims, and findings by relation."""

    change: Change
    claims: int
    findings: dict[str, int]


class JobState(StrEnum):
    """Queued: no article is settled or in hand yet. Done and cancelled are for good."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return self in (JobState.DONE, JobState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Refused:
    """An article that is not stored, and why: an RFC 9457 problem. `id` is None where it names none."""

    id: str | None
    problem: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Batch:
    """Articles to be put as one job.

    `key` tells a repeated request, None where none came with it; `body` is the digest of what came. `waited`: somebody
    waits for the answer, so it goes before other jobs.
    """

    articles: Sequence[Article | Refused]
    body: str
    key: str | None = None
    waited: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """How far a job is. `done` counts the articles that are settled, `failed` those of them that were refused.

    `pairs` is how many pairs of claims were judged for it. Times are ISO 8601 in UTC.
    """

    id: str
    state: JobState
    created: str
    started: str | None
    ended: str | None
    total: int
    done: int
    failed: int
    pairs: int
    body: str
    waited: bool


@dataclass(frozen=True, slots=True)
class Item:
    """An article of a job, by its place in the batch, from 0; `outcome` is None until it is settled.

    `settled` counts the settled articles of the job in their order, from 1.
    """

    at: int
    id: str | None
    pairs: int
    settled: int | None
    outcome: Put | Refused | None


@dataclass(frozen=True, slots=True)
class Hold:
    """An item of a job, and who has it in hand."""

    job: str
    at: int
    owner: str


@dataclass(frozen=True, slots=True)
class Held:
    """An article taken in hand, and how often it has been."""

    hold: Hold
    article: Article
    attempts: int


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of an item after so many pairs were judged, to be written with whatever its article changes."""

    hold: Hold
    outcome: Put | Refused
    pairs: int = 0
