"""The main job in one screen: articles to claims, claims to pairs, pairs to relations."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from corpus.claims import extract_all
from corpus.records import Article, Claim
from nli.blocking import PER_CLAIM, candidates
from nli.records import Encoder, Finding, Judge, Judgement, Pair, Shelf
from nli.relation import relate

Progress = Callable[[str, int, int], None]
"""Told as work goes on: the stage, how much is done, of how much."""

Ask = Callable[[Sequence[Pair]], list[Judgement]]
"""A judge's `judge`, or its `doubtful`."""

ENCODED_AT_ONCE = 256
JUDGED_AT_ONCE = 128
"""So many texts or pairs go to a model before `Progress` hears of them."""


OWN, AROUND = 0.8, 0.2
"""What a claim's reading and its surroundings weigh in its vector: the cosine of two claims is the sum of both cosines,
so weighed (docs/decisions/0008-surroundings.md)."""

REACH = 200
"""Characters before and after a claim that are its surroundings: about a sentence or two."""


def silent(stage: str, done: int, total: int) -> None:
    """The `Progress` that tells nobody."""


def shelve(articles: Sequence[Article], encoder: Encoder, progress: Progress = silent) -> Shelf:
    """The claims of `articles` with their vectors."""
    found = extract_all(articles, progress=lambda done: progress("claims", done, len(articles)))
    return embed([claim for claims in found for claim in claims], articles, encoder, progress)


def embed(claims: Sequence[Claim], articles: Iterable[Article], encoder: Encoder, progress: Progress = silent) -> Shelf:
    """The claims, which stand in `articles`, with unit vectors of their readings and of what stands around them."""
    texts = {article.id: article.text for article in articles}
    shelf = Shelf.empty()
    for start in range(0, len(claims), ENCODED_AT_ONCE):
        batch = claims[start : start + ENCODED_AT_ONCE]
        own = encoder.encode([claim.judged for claim in batch])
        around = encoder.encode([texts[each.article][max(0, each.start - REACH) : each.stop + REACH] for each in batch])
        vectors = np.concatenate([np.sqrt(OWN) * own, np.sqrt(AROUND) * around], axis=1, dtype=np.float32)
        shelf += Shelf(tuple(batch), vectors)
        progress("embedding", len(shelf.claims), len(claims))
    return shelf


def compare(
    new: Shelf,
    stored: Shelf,
    judge: Judge,
    *,
    per_claim: int = PER_CLAIM,
    progress: Progress = silent,
) -> list[Finding]:
    """How the claims of `new` stand to each other and to those of `stored`; pairs within `stored` are not judged again.

    `find` is `compare(all, Shelf.empty())`; an article that arrives is `compare(it, corpus)`.
    """
    return relations(candidates(new, stored, per_claim), judge.judge, progress)


def relations(pairs: Sequence[Pair], ask: Ask, progress: Progress = silent) -> list[Finding]:
    """The findings on candidate pairs, in order: on all of them, or on those that `ask` finds doubtful."""
    findings: list[Finding] = []
    for start in range(0, len(pairs), JUDGED_AT_ONCE):
        batch = pairs[start : start + JUDGED_AT_ONCE]
        findings += [relate(judgement) for judgement in ask(batch)]
        progress("judging", start + len(batch), len(pairs))
    return findings
