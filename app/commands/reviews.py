"""`counterclaim reviews`: what people said of pairs, as labelled data and as a threshold."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scipy.cluster.hierarchy import DisjointSet
from scipy.stats import binomtest

from app.commands.status import DONE
from app.errors import CannotWrite, NothingRead
from app.formats import Format
from app.messages import say
from app.output import opened
from app.schemas import ArticleOut
from app.serialisation import serialised
from app.settings import Settings
from app.store.records import Reason, Review, Verdict
from app.store.repository import Store
from corpus.records import Claim
from nli.records import Finding, Relation

GOLD, ARTICLES = "gold.jsonl", "articles.jsonl"

RELATIONS = {
    Reason.NOT_THE_SAME_THING: Relation.COMPATIBLE,
    Reason.NOT_NOW: Relation.SUPERSEDED,
    Reason.NO_CLASH: Relation.COMPATIBLE,
    Reason.AGREEMENT: Relation.CORROBORATION,
}
"""What a rejected pair is in the labelled corpora (docs/decisions/0011-reviews.md)."""

FEWEST = 30
"""Reviewed pairs at or above a threshold, for which alone it is named: with fewer, a 95 % interval is wider than .3."""


def export(folder: Path, settings: Settings) -> int:
    """Write the pairs that were reviewed as a labelled corpus, with the articles they stand in; the exit status."""
    with _store(settings) as store:
        judged = store.reviews.judged()
        if not judged:
            raise NothingRead(_none(settings))
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CannotWrite(str(folder), error.strerror or str(error)) from error
        named = sorted({claim.article for found, _ in judged for claim in (found.left, found.right)})
        articles = (ArticleOut.of(article) for article in map(store.article, named) if article is not None)
        with opened(folder / ARTICLES) as stream:
            stream.writelines(serialised(articles, Format.JSONL, ArticleOut))
    with opened(folder / GOLD) as stream:
        stream.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in gold(judged))
    say(f"written: {folder / GOLD}, {len(judged)} pairs; {folder / ARTICLES}, {len(named)} articles")
    say(f"measure on them: counterclaim evaluate {folder / GOLD} --articles {folder / ARTICLES}")
    return DONE


def threshold(precision: float, settings: Settings) -> int:
    """Say from which score on a part `precision` of the flagged pairs is right, as reviewed; the exit status."""
    with _store(settings) as store:
        judged = store.reviews.judged()
    flagged = [
        (found.score, review.opinion.verdict is Verdict.CONFIRMED)
        for found, review in judged
        if found.relation is Relation.CONTRADICTION
    ]
    if len(flagged) < FEWEST:
        raise NothingRead(
            f"{settings.database_url}: {len(flagged)} of the contradictions are reviewed; expected at least {FEWEST}, "
            "confirmed or rejected"
        )
    cuts = list(cuts_of(flagged))
    reached = [cut for cut in cuts if cut.precision >= precision]
    surely = [cut for cut in cuts if cut.low >= precision]
    with opened(None) as stream:
        stream.write(f"all {cuts[-1]}\n")
        stream.write(f"{precision:g} is reached {reached[-1] if reached else _nowhere(cuts)}\n")
        stream.write(f"{precision:g} is surely reached {surely[-1] if surely else _nowhere(cuts)}\n")
    if reached:
        score = reached[-1].least
        say(f"To show only these: --min-score {score:g}, COUNTERCLAIM_MIN_SCORE={score:g}, or ?min_score={score:g}")
    say("It holds for pairs like those that were reviewed: not for the rest, if only the surest were.")
    return DONE


@dataclass(frozen=True, slots=True)
class Cut:
    """What is flagged at a score of `least` and more: how many reviewed pairs, and how many of them are confirmed."""

    least: float
    right: int
    count: int

    @property
    def precision(self) -> float:
        """The part that is confirmed."""
        return self.right / self.count

    @property
    def low(self) -> float:
        """The lower end of the 95 % interval (Wilson)."""
        return self._interval()[0]

    def __str__(self) -> str:
        """As it is told.

        >>> str(Cut(0.6, 27, 30))
        'from score 0.60: 27 of 30 reviewed pairs confirmed, 0.90 (0.74-0.97)'
        """
        low, high = self._interval()
        told = f"{self.right} of {self.count} reviewed pairs confirmed, {self.precision:.2f} ({low:.2f}-{high:.2f})"
        return f"from score {self.least:.2f}: {told}"

    def _interval(self) -> tuple[float, float]:
        found = binomtest(self.right, self.count).proportion_ci(method="wilson")
        return found.low, found.high


def cuts_of(flagged: Sequence[tuple[float, bool]]) -> Iterator[Cut]:
    """Each hundredth at which something more is flagged, from the highest that flags `FEWEST` pairs.

    >>> [cut.least for cut in cuts_of([(0.915, True)] * FEWEST + [(0.3, False)])]
    [0.91, 0.3]
    """
    # Down to hundredths: a threshold that is written with two digits must let in what it was measured on.
    hundredths = [nearest - (nearest / 100 > score) for score, _ in flagged for nearest in [round(score * 100)]]
    for least in sorted(set(hundredths), reverse=True):
        let_in = [right for at, (_, right) in zip(hundredths, flagged, strict=True) if at >= least]
        if len(let_in) >= FEWEST:
            yield Cut(least / 100, sum(let_in), len(let_in))


def gold(judged: Iterable[tuple[Finding, Review]]) -> Iterator[dict[str, object]]:
    """The reviewed pairs as `eval.gold` reads them; those that share articles, however indirectly, are one story."""
    pairs = list(judged)
    stories = DisjointSet(claim.article for found, _ in pairs for claim in (found.left, found.right))
    for found, _ in pairs:
        stories.merge(found.left.article, found.right.article)
    for found, review in pairs:
        relation = Relation.CONTRADICTION if review.opinion.reason is None else RELATIONS[review.opinion.reason]
        yield {
            "id": found.id,
            "story": min(stories.subset(found.left.article)),
            "relation": relation.value,
            "kind": found.kind.value if found.kind and relation is Relation.CONTRADICTION else review.opinion.reason,
            "left": _side(found.left),
            "right": _side(found.right),
            "note": review.opinion.note,
            "source": "reviews",
        }


def _side(claim: Claim) -> Mapping[str, object]:
    holder = None if claim.holder is None or claim.holder.narrator else claim.holder.name
    return {
        "article": claim.article,
        "start": claim.start,
        "stop": claim.stop,
        "text": claim.text,
        "holder": holder,
    }


def _nowhere(cuts: Sequence[Cut]) -> str:
    return f"at no score that flags {FEWEST} reviewed pairs; the most is {max(cuts, key=lambda cut: cut.precision)}"


def _none(settings: Settings) -> str:
    return (
        f"{settings.database_url}: no pair is reviewed; expected some, confirmed or rejected on the page or over HTTP"
    )


@contextmanager
def _store(settings: Settings) -> Iterator[Store]:
    store = Store(settings.database_url)
    try:
        yield store
    finally:
        store.close()
