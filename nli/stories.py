"""Articles on one matter, whatever their dates: found by what their claims mean and by the rare words they share."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from nli.records import Shelf
from nli.terms import Weights, matrix

SHARED_WORDS = 2.0
"""Closeness is the cosine of the articles' mean claim vectors plus this times the cosine of their rare words."""

CLOSE = 0.6
"""Articles this close are on one matter. On 250 events of AllSides roundups (737 articles, two to four an event) it
keeps 95 % of the links that editors made, and 25 links an article."""

NEAREST = 5
"""So many nearest articles are compared however far they are: in a small corpus nothing else knows what is close."""

BLOCK = 512
"""Articles whose closeness to all others is held in memory at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Profiles:
    """What is known of each article from its claims.

    `rows[k]` are the claims of article `names[k]`; `vectors` (articles, dimensions) and `words` (articles, stems) have
    rows of length one.
    """

    names: tuple[str, ...]
    rows: tuple[NDArray[np.intp], ...]
    vectors: NDArray[np.float32]
    words: csr_array


def profiles(shelf: Shelf, claim_stems: Sequence[Sequence[str]], weights: Weights) -> Profiles:
    """The articles on a shelf; `claim_stems` are those of each claim's reading, in the shelf's order."""
    gathered: dict[str, list[int]] = defaultdict(list)
    for row, claim in enumerate(shelf.claims):
        gathered[claim.article].append(row)
    rows = tuple(np.array(each, np.intp) for each in gathered.values())
    means = np.stack([shelf.vectors[each].mean(axis=0) for each in rows])
    vectors = np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True), np.float32)
    texts = [[stem for row in each for stem in claim_stems[row]] for each in rows]
    return Profiles(tuple(gathered), rows, vectors, matrix(texts, weights, {}, counted=True))


def closeness(articles: Profiles, positions: Sequence[int]) -> NDArray[np.float32]:
    """How close the articles at `positions` are to each article, (positions, articles)."""
    block = np.array(positions, np.intp)
    shared = articles.words[block] @ articles.words.T
    return np.asarray(articles.vectors[block] @ articles.vectors.T + SHARED_WORDS * shared.toarray(), np.float32)


def links(articles: Profiles, positions: Sequence[int]) -> list[dict[int, float]]:
    """For each of the articles at `positions`, the others on its matter: position to closeness."""
    found: list[dict[int, float]] = []
    for start in range(0, len(positions), BLOCK):
        block = positions[start : start + BLOCK]
        for own, row in zip(block, closeness(articles, block), strict=True):
            row[own] = -np.inf
            nearest = np.argsort(-row, kind="stable")[:NEAREST]
            chosen = np.union1d(np.flatnonzero(row >= CLOSE), nearest[np.isfinite(row[nearest])])
            found.append({int(other): float(row[other]) for other in chosen})
    return found
