"""Statements and the checked claims that answer them: does the encoder find these among thousands."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from eval.resampling import Draws, Estimate
from eval.scoring import System
from eval.suites.records import Bench, Part, field, mean, read_rows, sample_rows
from nli.records import Encoder, Vectors

DEPTHS = (1, 5, 20)
DEPTH_OF_MAP = 5
ENCODED_AT_ONCE = 256


def retrieval(name: str, paths: Sequence[Path], bench: Bench) -> tuple[Part, ...]:
    """The part of two files, queries with the ids of what is `relevant`, and the claims; a query is its own group.

    Queries without a relevant claim are left out: no order of the claims is right for them.
    """
    claims, _ = read_rows(paths[1])
    rows, digest = read_rows(paths[0])
    rows = [row for row in rows if field(paths[0], row, "relevant")]
    rows = sample_rows(rows, [str(field(paths[0], row, "id")) for row in rows], bench.sample)
    asked = [str(field(paths[0], row, "text")) for row in rows]
    texts = [f"{row.get('title', '')} {field(paths[1], row, 'text')}".strip() for row in claims]
    at = {str(field(paths[1], row, "id")): number for number, row in enumerate(claims)}
    relevant = [[at[str(each)] for each in row["relevant"] if str(each) in at] for row in rows]
    encoder = bench.models.encoder()
    by_meaning = _encoded(encoder, asked, bench) @ _encoded(encoder, texts, bench).T
    words = TfidfVectorizer(sublinear_tf=True, stop_words="english").fit(texts)
    by_words = (words.transform(asked) @ words.transform(texts).T).toarray()
    systems = (
        System(f"cosine, {encoder.name}", found(by_meaning, relevant)),
        System("words alone (TF-IDF)", found(by_words, relevant), baseline=True),
    )
    headline = (f"MAP@{DEPTH_OF_MAP}", *(f"recall@{depth}" for depth in DEPTHS))
    return (Part(name, digest, len(rows), "queries", len(rows), systems, headline),)


def _encoded(encoder: Encoder, texts: Sequence[str], bench: Bench) -> Vectors:
    batches = []
    for start in range(0, len(texts), ENCODED_AT_ONCE):
        batches.append(encoder.encode(texts[start : start + ENCODED_AT_ONCE]))
        bench.progress("embedding", start + len(batches[-1]), len(texts))
    return np.concatenate(batches)


def found(similarity: NDArray[Any], relevant: Sequence[Sequence[int]]) -> tuple[tuple[str, Estimate], ...]:
    """Mean average precision of the first five and recall at 1, 5 and 20, of similarities (queries, claims)."""
    deepest = min(max(*DEPTHS, DEPTH_OF_MAP), similarity.shape[1])
    order = np.argsort(-similarity, axis=1, kind="stable")[:, :deepest]
    hits = [np.isin(row, each) for row, each in zip(order, relevant, strict=True)]
    draws = Draws.of([str(number) for number in range(len(relevant))])
    precisions = [_average_precision(row[:DEPTH_OF_MAP], len(each)) for row, each in zip(hits, relevant, strict=True)]
    recalls = [
        (f"recall@{depth}", [row[:depth].sum() / len(each) for row, each in zip(hits, relevant, strict=True)])
        for depth in DEPTHS
    ]
    return tuple((measure, mean(values, draws)) for measure, values in ((f"MAP@{DEPTH_OF_MAP}", precisions), *recalls))


def _average_precision(hits: NDArray[np.bool_], relevant: int) -> float:
    at = np.flatnonzero(hits)
    return float(sum((number + 1) / (place + 1) for number, place in enumerate(at)) / min(relevant, len(hits)))
