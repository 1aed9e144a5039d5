"""Candidate pairs: the claims worth judging against each other, within a budget for each claim.

Contradicting claims lie farther apart in cosine than look-alikes do, so no cosine is asked for: claims are taken from
articles on the same matter, and ranked by what they share beside their vectors.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from corpus.records import Claim
from nli.records import Pair, Shelf
from nli.stories import closeness, links, profiles
from nli.terms import Weights, matrix, stems

PER_CLAIM = 15
"""Pairs that a claim may choose. It may be chosen by others beyond that."""

OVERLAP = 0.5
CLOSENESS = 1.2
SAME_ARTICLE = 0.08
"""How the rank of a pair is made up: cosine + OVERLAP x shared rare words + CLOSENESS x closeness of the articles, less
SAME_ARTICLE for two claims of one article. Directions of a logistic regression on 88 stories, rounded, not fitted
further: it ranks the labelled pairs of other stories as well as fifteen features do (docs/evaluation.md)."""

FARTHEST, NEAREST = 0.0, 1.2
"""Closeness counts between these: copies of an article are no more on its matter than a good report."""

PRIOR = 10.0
"""Added to the weight of the shorter claim's words, so that a claim of few rare words is not all overlap."""


def candidates(new: Shelf, stored: Shelf, per_claim: int = PER_CLAIM) -> list[Pair]:
    """Pairs with at least one claim of `new`, the earlier claim left, in a fixed order whatever order they came in.

    Claims of different articles, or of one article where someone speaks: two sentences of one narrator, and claims
    that share words of the text, are not compared. A pair is a candidate where either claim has the other among its
    `per_claim` best, over all that is new or stored.
    """
    if not new.claims:
        return []
    shelf = new + stored
    ranking = _Ranking(shelf)
    articles = ranking.articles
    arrived = len({claim.article for claim in new.claims})
    linked = dict(enumerate(links(articles, range(arrived))))
    choosing = sorted({other for others in linked.values() for other in others} - linked.keys())
    linked |= dict(zip(choosing, links(articles, choosing), strict=True))
    chosen = {
        (min(row, other), max(row, other))
        for position, others in linked.items()
        for row, best in ranking.best(position, others, per_claim)
        for other in best
        if min(row, other) < len(new.claims)
    }
    pairs = [_pair(shelf, row, other) for row, other in chosen]
    return sorted(pairs, key=lambda pair: (_when(pair.left), _when(pair.right)))


@dataclass(frozen=True, slots=True)
class Standing:
    """How a pair of claims stands before it is judged.

    `closeness` is that of their articles, None within one article. `linked`: whether these are on one matter, as one
    article is with itself. `comparable`: whether two such claims can face each other at all. `left_rank` is the place
    of the right claim among the partners of the left one, from 1, and `right_rank` the reverse; None where the other
    is no possible partner.
    """

    pair: Pair
    closeness: float | None
    linked: bool
    comparable: bool
    left_rank: int | None
    right_rank: int | None
    per_claim: int

    @property
    def compared(self) -> bool:
        """Whether the pair is a candidate: one of the two has the other among its best."""
        return any(rank is not None and rank <= self.per_claim for rank in (self.left_rank, self.right_rank))


def standing(one: str, other: str, shelf: Shelf, per_claim: int = PER_CLAIM) -> Standing:
    """How the claims with these two ids stand to each other among all on the shelf, as `candidates` sees it.

    Raises ValueError where they are one claim, KeyError where one is not on the shelf.
    """
    if one == other:
        raise ValueError(f"a pair needs two claims, not {one} twice")
    rows = {claim.id: row for row, claim in enumerate(shelf.claims)}
    pair = _pair(shelf, rows[one], rows[other])
    ranking = _Ranking(shelf)
    left, right = rows[pair.left.id], rows[pair.right.id]
    homes = [ranking.articles.names.index(shelf.claims[row].article) for row in (left, right)]
    near_left, near_right = links(ranking.articles, homes)
    together = homes[0] == homes[1]
    return Standing(
        pair,
        closeness=None if together else float(closeness(ranking.articles, homes[:1])[0, homes[1]]),
        linked=together or homes[1] in near_left or homes[0] in near_right,
        comparable=ranking.comparable(left, right),
        left_rank=ranking.rank(homes[0], near_left, left, right),
        right_rank=ranking.rank(homes[1], near_right, right, left),
        per_claim=per_claim,
    )


def _pair(shelf: Shelf, row: int, other: int) -> Pair:
    similarity = _cosine(shelf.vectors[row], shelf.vectors[other])
    return Pair(*in_order(shelf.claims[row], shelf.claims[other]), similarity)


def in_order(one: Claim, other: Claim) -> tuple[Claim, Claim]:
    """The earlier claim first; by article and place where no dates tell."""
    return (one, other) if _when(one) <= _when(other) else (other, one)


def _when(claim: Claim) -> tuple[str, str, int, int]:
    return (claim.published or "", claim.article, claim.start, claim.stop)


def _cosine(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    return round(min(1.0, float(one @ other)), 4)


def _by_article(claims: Iterable[Claim], claim_stems: Iterable[Sequence[str]]) -> Iterable[list[str]]:
    gathered: dict[str, list[str]] = {}
    for claim, each in zip(claims, claim_stems, strict=True):
        gathered.setdefault(claim.article, []).extend(each)
    return gathered.values()


class _Ranking:
    """How well the claims of linked articles go together, one article's claims at a time."""

    def __init__(self, shelf: Shelf) -> None:
        self._claims, self._vectors = shelf.claims, shelf.vectors
        self._stems = [stems(claim.judged) for claim in shelf.claims]
        self._weights = Weights.of(_by_article(shelf.claims, self._stems))
        self.articles = profiles(shelf, self._stems, self._weights)
        by_id = np.argsort(np.array([claim.id for claim in shelf.claims]))
        self._turn = np.empty(len(by_id), np.intp)
        self._turn[by_id] = np.arange(len(by_id))

    def best(
        self, position: int, linked: Mapping[int, float], per_claim: int
    ) -> Iterator[tuple[int, NDArray[np.intp]]]:
        """For each claim of the article at `position`: its row, and the rows of its best partners."""
        own = self.articles.rows[position]
        close = {position: NEAREST - SAME_ARTICLE / CLOSENESS} | dict(linked)
        partners = np.concatenate([self.articles.rows[other] for other in close])
        closenesses = np.repeat(list(close.values()), [len(self.articles.rows[other]) for other in close])
        ranks = self._vectors[own] @ self._vectors[partners].T + OVERLAP * self._overlap(own, partners)
        ranks += CLOSENESS * np.clip(closenesses, FARTHEST, NEAREST)[None, :]
        # Rounded, so that ties are ties whatever the shapes of the products that made them; then by identity.
        ordered = np.lexsort((np.broadcast_to(self._turn[partners], ranks.shape), -np.round(ranks, 4)), axis=1)
        for row, order in zip(own, ordered, strict=True):
            comparable = (partners[column] for column in order if self.comparable(row, partners[column]))
            yield int(row), np.array([*islice(comparable, per_claim)], np.intp)

    def rank(self, position: int, linked: Mapping[int, float], row: int, partner: int) -> int | None:
        """The place of a partner among those of a claim of the article at `position`, from 1; None where it is none."""
        everybody = len(self._claims)
        ordered = next(best for own, best in self.best(position, linked, everybody) if own == row)
        at = np.flatnonzero(ordered == partner)
        return int(at[0]) + 1 if len(at) else None

    def _overlap(self, own: NDArray[np.intp], partners: NDArray[np.intp]) -> NDArray[np.float64]:
        """The weight of the rare words that two claims share, as a share of the shorter claim's: (own, partners)."""
        columns: dict[str, int] = {}
        texts = [sorted(set(self._stems[row])) for row in partners]
        words = matrix(texts, self._weights, columns, counted=False)
        mine = matrix([sorted(set(self._stems[row])) for row in own], self._weights, columns, counted=False)
        mine = csr_array((mine.data, mine.indices, mine.indptr), shape=(len(own), words.shape[1]))
        told, told_by_own = words.sum(axis=1), mine.sum(axis=1)
        shared = (mine @ (words > 0).astype(np.float32).T).toarray()
        return np.asarray(shared / (PRIOR + np.minimum(told_by_own[:, None], told[None, :])), np.float64)

    def comparable(self, row: int, other: int) -> bool:
        """Whether two claims can face each other: of one article only where somebody speaks, and never overlapping."""
        one, two = self._claims[row], self._claims[other]
        if one.article != two.article:
            return True
        narrated = all(claim.holder is None or claim.holder.narrator for claim in (one, two))
        return not narrated and not one.span.overlap(two.span)
