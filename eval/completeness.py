"""Pair completeness: of the pairs that a reader labelled, how many are still there to be judged.

    python -m eval.completeness ARTICLES GOLD [--claims gold|among|extracted] [--encoder FOLDER]

`gold` pairs the labelled stretches alone; `among` puts them among all the claims that are extracted (so that the
budget of a claim has to be shared with what nobody labelled); `extracted` asks the whole road, where a side may be lost
because no claim was found there.
"""

import argparse
import importlib
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from corpus.records import Article, Claim
from eval.answers import group_by_article, matching
from eval.gold import Gold, gold_claims, read_articles, read_gold
from nli.loading import load_encoder
from nli.pipeline import embed
from nli.records import Encoder, Pair, Shelf

BUDGETS = (5, 10, 20, 40)
MANNERS = ("gold", "among", "extracted")

Pairing = Callable[[Shelf, int], Sequence[Pair]]
"""Claims with their vectors, and the number of pairs a claim may have, to candidate pairs."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of the gold is still there at `per_claim` pairs a claim.

    `gold` pairs were labelled, of `found` both sides are claims, and `paired` are among the `candidates`;
    `clashes` and `paired_clashes` are the contradictions among them. `lost`: ids of pairs found but not paired.
    """

    per_claim: int
    claims: int
    candidates: int
    gold: int
    found: int
    paired: int
    clashes: int
    paired_clashes: int
    lost: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """Pair completeness, in [0, 1]."""
        return self.paired / self.gold if self.gold else 0.0

    @property
    def clash_share(self) -> float:
        """Pair completeness of the contradictions alone, in [0, 1]."""
        return self.paired_clashes / self.clashes if self.clashes else 0.0


def completeness(gold: Gold, claims: Sequence[Claim], candidates: Sequence[Pair], per_claim: int) -> Completeness:
    """How many gold pairs have a candidate that answers them: half of the shorter stretch shared on both sides."""
    by_article = group_by_article(claims)
    partners: dict[str, set[str]] = defaultdict(set)
    for pair in candidates:
        partners[pair.left.id].add(pair.right.id)
        partners[pair.right.id].add(pair.left.id)
    found, paired, clashes, paired_clashes = 0, 0, 0, 0
    lost: list[str] = []
    for gold_pair, left, right in gold.sided:
        lefts, rights = matching(left, by_article), matching(right, by_article)
        among = any(partners[claim.id] & {other.id for other in rights} for claim in lefts)
        found += bool(lefts and rights)
        paired += among
        clashes += gold_pair.contradictory
        paired_clashes += among and gold_pair.contradictory
        if lefts and rights and not among:
            lost.append(gold_pair.id)
    size = len(gold.sided)
    return Completeness(
        per_claim, len(claims), len(candidates), size, found, paired, clashes, paired_clashes, tuple(lost)
    )


def claims_in(manner: str, gold: Gold, extract: Callable[[Article], Iterable[Claim]]) -> tuple[Claim, ...]:
    """The claims to pair: `gold`, `among` or `extracted`, as the head of this module says.

    Where `among` finds a claim on a gold stretch, the gold takes its place but keeps its reading only where the
    offsets are the same.
    """
    if manner == "gold":
        return gold_claims(gold)
    extracted = tuple(claim for article in gold.articles for claim in extract(article))
    if manner == "extracted":
        return extracted
    sides = {claim.id: claim for claim in gold_claims(gold)}
    by_article = group_by_article(sides.values())
    same = {claim.id: claim for claim in extracted if claim.id in sides}
    rest = (
        claim
        for claim in extracted
        if claim.id not in sides
        and not any(claim.span.overlap(side.span) for side in by_article.get(claim.article, ()))
    )
    return (*(same.get(name, claim) for name, claim in sides.items()), *rest)


def completeness_table(
    gold: Gold, claims: Sequence[Claim], encoder: Encoder, pairing: Pairing, budgets: Sequence[int] = BUDGETS
) -> list[Completeness]:
    """Pair completeness at each budget; the claims are encoded once."""
    shelf = embed(claims, gold.articles, encoder)
    return [completeness(gold, claims, pairing(shelf, budget), budget) for budget in budgets]


def nearest(shelf: Shelf, per_claim: int) -> list[Pair]:
    """The baseline pairing: the `per_claim` nearest claims of other articles by cosine, over the whole corpus."""
    if not shelf.claims:
        return []
    cosine = shelf.vectors @ shelf.vectors.T
    names = np.array([claim.article for claim in shelf.claims])
    cosine[names[:, None] == names[None, :]] = -2
    order = np.argsort(-cosine, axis=1)[:, :per_claim]
    chosen = {
        (min(row, int(column)), max(row, int(column)))
        for row, columns in enumerate(order)
        for column in columns
        if cosine[row, column] > -2
    }
    return [Pair(shelf.claims[i], shelf.claims[j], float(cosine[i, j])) for i, j in sorted(chosen)]


def as_text(rows: Sequence[Completeness]) -> str:
    """The table as a person reads it."""
    lines = ["per claim   claims  candidates  sides found   pairs left           contradictions left"]
    for row in rows:
        lines.append(
            f"{row.per_claim:9d} {row.claims:8d} {row.candidates:11d} {row.found:6d}/{row.gold:<5d}"
            f" {row.paired:6d}/{row.gold:<5d} {row.share:5.3f}  "
            f" {row.paired_clashes:6d}/{row.clashes:<5d} {row.clash_share:5.3f}"
        )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """The tables for the pairing that ships and for the baseline, on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--claims", choices=MANNERS, default="among")
    parser.add_argument("--encoder", help="folder or name; the bundled one if not given")
    parser.add_argument("--pairing", default="nli.blocking:candidates", help="MODULE:FUNCTION(new, stored, per_claim)")
    parser.add_argument("--lost", action="store_true", help="name the pairs that were found but not paired")
    chosen = parser.parse_args(arguments)
    articles, unread = read_articles(chosen.articles)
    gold = read_gold(chosen.gold, articles)
    for fault in unread + gold.faults:
        sys.stderr.write(f"{fault}\n")
    encoder = load_encoder(chosen.encoder)
    claims = claims_in(chosen.claims, gold, _named("corpus.claims:extract"))
    candidates = _named(chosen.pairing)
    for title, pairing in (
        (chosen.pairing, lambda shelf, per_claim: candidates(shelf, Shelf.empty(), per_claim)),
        ("nearest by cosine", nearest),
    ):
        rows = completeness_table(gold, claims, encoder, pairing)
        sys.stdout.write(f"{gold.name}, claims: {chosen.claims}, pairing: {title}\n{as_text(rows)}\n\n")
        if chosen.lost and pairing is not nearest:
            sys.stdout.writelines(f"lost at {row.per_claim}: {' '.join(row.lost)}\n" for row in rows)


def _named(path: str) -> Callable[..., Any]:
    module, _, function = path.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found


if __name__ == "__main__":
    main()
