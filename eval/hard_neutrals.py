"""Candidates of labelled stories that no reader found worth a label, with what a judge says of them.

    python -m eval.hard_neutrals ARTICLES GOLD OUTPUT [--judge MODEL] [--each 48]

GOLD are labelled stories of ARTICLES whose contradictions were all to be labelled, so that what is left of a story's
candidates is nearly all neutral: what a judge meets in life, and where it goes wrong. OUTPUT gets every such pair, JSON
Lines, in one direction drawn by chance: `premise`, `hypothesis`, `label` (neutral), `story`, and `contradiction`, the
judge's probability. `nli.training` learns most from those where it is high (`nli/training/RUNS.md`). Written story by
story: killed, the same command goes on where it stopped.
"""

import argparse
import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from corpus.claims import extract_all
from corpus.records import Article, Stance
from eval.gold import Gold, read_articles, read_gold
from eval.training_pairs import Labelled, answering, training_row, without_label
from nli.blocking import candidates
from nli.loading import load_classifier, load_encoder
from nli.pipeline import embed
from nli.records import Classifier, Encoder, Pair, Shelf
from nli.training.data import rows

SEED = 5
EACH = 48
PER_CLAIM = 8

Asked = tuple[str, str]
"""Premise and hypothesis."""


def stories_of(gold: Gold) -> dict[str, list[Article]]:
    """The articles that each labelled story speaks of, in the order of their ids."""
    spoken_of: dict[str, set[str]] = defaultdict(set)
    for pair, left, right in gold.sided:
        spoken_of[pair.group] |= {left.article, right.article}
    by_id = {article.id: article for article in gold.articles}
    return {story: [by_id[name] for name in sorted(named)] for story, named in sorted(spoken_of.items())}


def left_over(pairs: Sequence[Pair], labels: Labelled) -> list[Pair]:
    """Candidates that bear no label, and in which nobody denies a claim: the judge is shown claims as they are said."""
    return [pair for pair in without_label(pairs, labels) if Stance.DENIED not in (pair.left.stance, pair.right.stance)]


def passed_over(story: str, articles: Sequence[Article], gold: Gold, encoder: Encoder, each: int) -> list[Asked]:
    """At most `each` pairs of a story that its readers left over, premise first."""
    chance = random.Random(f"{SEED} {story}")
    claims = [claim for found in extract_all(articles) for claim in found]
    found = left_over(candidates(embed(claims, articles, encoder), Shelf.empty(), PER_CLAIM), answering(gold, claims))
    drawn = chance.sample(found, min(each, len(found)))
    return [
        (pair.left.judged, pair.right.judged) if chance.random() < 0.5 else (pair.right.judged, pair.left.judged)
        for pair in drawn
    ]


def judged(pairs: Sequence[Asked], story: str, judge: Classifier) -> Iterator[dict[str, Any]]:
    """The pairs as rows, with what the judge says of them."""
    for (premise, hypothesis), said in zip(pairs, judge.classify(pairs), strict=True):
        yield {
            **training_row(premise, hypothesis, "neutral"),
            "story": story,
            "contradiction": round(float(said[2]), 4),
        }


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and write the pairs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("articles", "gold", "output"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--judge", help="folder or name of the judge; without it the bundled one")
    parser.add_argument("--each", type=int, default=EACH, help="pairs a story at most")
    chosen = parser.parse_args(arguments)
    gold = read_gold(chosen.gold, read_articles(chosen.articles)[0])
    encoder, judge = load_encoder(), load_classifier(chosen.judge)
    done = {row["story"] for row in rows(chosen.output)} if chosen.output.exists() else set()
    for story, articles in stories_of(gold).items():
        if story in done:
            continue
        found = list(judged(passed_over(story, articles, gold, encoder, chosen.each), story, judge))
        with chosen.output.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in found)
        sys.stdout.write(f"{story}: {len(found)}\n")


if __name__ == "__main__":
    main()
