"""The main job in one screen: articles to claims, claims to pairs, pairs to relations."""

from collections.abc import Callable, Sequence

from corpus.claims import extract_all
from corpus.records import Article
from nli.blocking import PER_CLAIM, candidates
from nli.records import Encoder, Finding, Judge, Shelf
from nli.relation import relate

Progress = Callable[[str, int, int], None]
"""Told as work goes on: the stage, how much is done, of how much."""

ENCODED_AT_ONCE = 256
JUDGED_AT_ONCE = 128
"""So many texts or pairs go to a model before `Progress` hears of them."""


def silent(stage: str, done: int, total: int) -> None:
    """The `Progress` that tells nobody."""


def shelve(articles: Sequence[Article], encoder: Encoder, progress: Progress = silent) -> Shelf:
    """The claims of `articles` with the vectors of their readings."""
    found = extract_all(articles, progress=lambda done: progress("claims", done, len(articles)))
    claims = tuple(claim for claims in found for claim in claims)
    shelf = Shelf.empty()
    for start in range(0, len(claims), ENCODED_AT_ONCE):
        batch = claims[start : start + ENCODED_AT_ONCE]
        shelf += Shelf(batch, encoder.encode([claim.judged for claim in batch]))
        progress("embedding", start + len(batch), len(claims))
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
    pairs = candidates(new, stored, per_claim)
    findings: list[Finding] = []
    for start in range(0, len(pairs), JUDGED_AT_ONCE):
        judged = judge.judge(pairs[start : start + JUDGED_AT_ONCE])
        findings += [relate(judgement) for judgement in judged]
        progress("judging", len(findings), len(pairs))
    return findings
