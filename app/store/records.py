"""What the store is asked and what it answers, apart from the values of `corpus` and `nli`."""

from dataclasses import dataclass
from typing import Generic, TypeVar

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


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """Which findings: what is asked of a claim holds for either of the two; None in `relation` is all."""

    relation: Relation | None = Relation.CONTRADICTION
    kind: Kind | None = None
    holder: str | None = None
    outlet: str | None = None
    since: str | None = None
    until: str | None = None
    min_score: float = 0.0
    q: str | None = None
    article: str | None = None
    by_score: bool = False


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
