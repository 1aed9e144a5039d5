"""Candidate pairs: the claims worth judging against each other, within a budget for each claim.

Contradicting claims lie farther apart in cosine than look-alikes do, so no cosine is asked for: claims are taken from
articles on the same matter, and ranked by what they share beside their vectors.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from corpus.records import Claim
from nli.records import Pair, Shelf
from nli.stories import Profiles, links, profiles
from nli.terms import Weights, matrix, stems

PER_CLAIM = 20
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
    that share words of the text, are not compared. A claim of `new` chooses among all, a stored claim among the new.
    """
    if not new.claims:
        return []
    shelf = new + stored
    claim_stems = [stems(claim.judged) for claim in shelf.claims]
    weights = Weights.of(_by_article(shelf.claims, claim_stems))
    articles = profiles(shelf, claim_stems, weights)
    words = matrix([sorted(set(each)) for each in claim_stems], weights, {}, counted=False)
    arrived = len({claim.article for claim in new.claims})
    chosen: dict[tuple[int, int], float] = {}
    choices: dict[int, list[tuple[float, int]]] = {}
    for row, other, rank in _ranked(shelf.claims, articles, arrived, shelf.vectors, words):
        choices.setdefault(row, []).append((rank, other))
        if other >= len(new.claims):
            choices.setdefault(other, []).append((rank, row))
    for row, ranked in choices.items():
        best = sorted(ranked, key=lambda each: (-round(each[0], 6), shelf.claims[each[1]].id))[:per_claim]
        for _, other in best:
            pair = (min(row, other), max(row, other))
            chosen[pair] = float(shelf.vectors[pair[0]] @ shelf.vectors[pair[1]])
    pairs = [
        Pair(*in_order(shelf.claims[row], shelf.claims[other]), round(min(1.0, cosine), 4))
        for (row, other), cosine in chosen.items()
    ]
    return sorted(pairs, key=lambda pair: (_when(pair.left), _when(pair.right)))


def in_order(one: Claim, other: Claim) -> tuple[Claim, Claim]:
    """The earlier claim first; by article and place where no dates tell."""
    return (one, other) if _when(one) <= _when(other) else (other, one)


def _when(claim: Claim) -> tuple[str, str, int, int]:
    return (claim.published or "", claim.article, claim.start, claim.stop)


def _by_article(claims: Iterable[Claim], claim_stems: Iterable[list[str]]) -> Iterable[list[str]]:
    gathered: dict[str, list[str]] = {}
    for claim, each in zip(claims, claim_stems, strict=True):
        gathered.setdefault(claim.article, []).extend(each)
    return gathered.values()


def _ranked(
    claims: tuple[Claim, ...],
    articles: Profiles,
    arrived: int,
    vectors: NDArray[np.float32],
    words: csr_array,
) -> Iterator[tuple[int, int, float]]:
    """For each claim of an arrived article, every claim it may be compared with and the rank of that pair."""
    told = words.sum(axis=1)
    known = (words > 0).astype(np.float32)
    for position, linked in enumerate(links(articles, arrived)):
        own = articles.rows[position]
        for other, closeness in ((position, NEAREST), *linked.items()):
            rows = articles.rows[other]
            cosine = vectors[own] @ vectors[rows].T
            shared = (words[own] @ known[rows].T).toarray()
            overlap = shared / (PRIOR + np.minimum(told[own][:, None], told[rows][None, :]))
            rank = cosine + OVERLAP * overlap + CLOSENESS * min(max(closeness, FARTHEST), NEAREST)
            rank -= SAME_ARTICLE * (other == position)
            for i, row in enumerate(own):
                for j, partner in enumerate(rows):
                    if other != position or _comparable(claims[row], claims[partner]):
                        yield int(row), int(partner), float(rank[i, j])


def _comparable(one: Claim, other: Claim) -> bool:
    """Whether two claims of one article can face each other."""
    narrated = all(claim.holder is None or claim.holder.narrator for claim in (one, other))
    return not narrated and not one.span.overlap(other.span)
