"""Pairs of claims that readers labelled in real news: the labels are ours and lie here, the articles are not."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from eval.evaluate import evaluate_gold
from eval.gold import Gold, read_gold, sampled
from eval.suites.events import article_of
from eval.suites.pairs import OF_CONTRADICTION, part_of
from eval.suites.records import Bench, Part, read_rows

LABELS = Path(__file__).parents[1] / "data" / "news" / "test_gold.jsonl"


def labelled_in_news(name: str, paths: Sequence[Path], bench: Bench) -> tuple[Part, ...]:
    """The part of labelled claims, from articles to relations; of the articles, those that the labels speak of."""
    gold = gold_in_news(paths[0], LABELS)
    taken = sampled(gold, bench.sample) if bench.sample else gold
    report = evaluate_gold(taken, bench.models, per_claim=bench.per_claim, progress=bench.progress)
    return (part_of(name, report, OF_CONTRADICTION),)


def gold_in_news(articles: Path, labels: Path) -> Gold:
    """The labelled pairs beside those articles of the file that they stand in; raises UnusableGold."""
    rows, _ = read_rows(articles)
    gold = read_gold(labels, [article_of(articles, row) for row in rows])
    spoken_of = {side.article for _, *sides in gold.sided for side in sides}
    return replace(gold, articles=tuple(article for article in gold.articles if article.id in spoken_of))
