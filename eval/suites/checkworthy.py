"""Sentences that fact-checkers picked: is their check-worthiness the highest."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from corpus.claims import extract_all
from corpus.records import Article
from eval import metrics
from eval.resampling import Draws, Estimate, Floats
from eval.scoring import System
from eval.suites.records import Bench, Part, field, mean, read_rows, sample_rows

POOLED, BY_GROUP = "average precision", "mean average precision"


def ranking(name: str, paths: Sequence[Path], bench: Bench) -> tuple[Part, ...]:
    """The part of a file of sentences labelled 0 or 1; a sentence scores what its most check-worthy claim does."""
    rows, digest = read_rows(paths[0])
    every = [str(row.get("group") or row.get("id") or number) for number, row in enumerate(rows)]
    taken = sample_rows(list(zip(rows, every, strict=True)), every, bench.sample)
    texts = [str(field(paths[0], row, "text")) for row, _ in taken]
    truth = np.array([field(paths[0], row, "label") == 1 for row, _ in taken])
    groups = [group for _, group in taken]
    scores = {
        "check-worthiness of claims": (most_check_worthy(texts, bench), False),
        "number of words": (np.array([len(text.split()) for text in texts], np.float64), True),
        "all alike": (np.zeros(len(texts)), True),
    }
    systems = tuple(
        System(system, ranked(truth, of, groups), baseline=baseline) for system, (of, baseline) in scores.items()
    )
    headline = (BY_GROUP, POOLED) if BY_GROUP in systems[0] else (POOLED,)
    return (Part(name, digest, len(taken), "sentences", len(set(groups)), systems, headline),)


def most_check_worthy(texts: Sequence[str], bench: Bench) -> Floats:
    """Of each text the check-worthiness of its most check-worthy claim; 0 where no claim is found in it."""
    articles = [Article(str(number), text) for number, text in enumerate(texts)]
    found = extract_all(articles, progress=lambda done: bench.progress("claims", done, len(texts)))
    return np.array([max((claim.check_worthiness for claim in claims), default=0.0) for claims in found])


def ranked(truth: metrics.Flags, scores: Floats, groups: Sequence[str]) -> tuple[tuple[str, Estimate], ...]:
    """Average precision over all rows; where groups are lists of their own (debates), its mean over those too."""
    draws = Draws.of(groups)
    pooled = (POOLED, Estimate.of(metrics.average_precision(truth, scores, draws), draws.groups))
    names = np.array(groups)
    if len(set(groups)) == len(groups):
        return (pooled,)
    lists = [name for name in dict.fromkeys(groups) if truth[names == name].any()]
    each = [_alone(truth[names == name], scores[names == name]) for name in lists]
    return ((BY_GROUP, mean(each, Draws.of(lists))), pooled) if lists else (pooled,)


def _alone(truth: metrics.Flags, scores: Floats) -> float:
    return float(metrics.average_precision(truth, scores, Draws.once(len(truth)))[0])
