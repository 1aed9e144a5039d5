"""Pairs for training the judge, as the product will put them to it: claims with their readings, blocked by story.

    python -m eval.training_pairs OUTPUT --stories ARTICLES GOLD --news ARTICLES [--except STORIES.json]

Writes into OUTPUT: `story_gold.jsonl`, labelled pairs of invented stories in both directions; `story_none.jsonl`,
candidates of the same stories that nobody labelled, and `news_none.jsonl`, candidates of real news on one story: both
are nearly all neutral, and taken as neutral without reading. Updates, opinions and corroborations are left out: what
they are in the judge's eyes is not what they are in a reader's.
"""

import argparse
import gzip
import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from corpus.records import Article, Claim, Stance
from eval.answers import answers, group_by_article, matching
from eval.evaluate import found_sides
from eval.gold import Gold, read_articles, read_gold
from nli.blocking import candidates
from nli.loading import load_encoder
from nli.pipeline import shelve
from nli.records import Encoder, Pair, Relation, Shelf
from nli.terms import stems

LABELS = {Relation.CONTRADICTION: "contradiction", Relation.COMPATIBLE: "neutral"}
RESTATED = 0.7
"""Compatible claims that share more of the shorter one's words may follow from each other: left out."""

SEED = 11
STORY_PAIRS, STORY_PER_CLAIM = 3_500, 12
NEWS_PAIRS, NEWS_PER_CLAIM, NEWS_ARTICLES, ARTICLES_A_STORY = 4_500, 6, 260, 3


def training_row(premise: str, hypothesis: str, label: str) -> dict[str, str]:
    """One example as the mixes read it."""
    return {"premise": premise, "hypothesis": hypothesis, "label": label}


def labelled(gold: Gold, shelf: Shelf) -> Iterator[dict[str, str]]:
    """The labelled pairs in both directions, with their readings; where words were put back, also as written."""
    answered = answers(gold, shelf.claims, [])
    for answer, (left, right) in zip(answered, found_sides(gold, answered), strict=True):
        label = LABELS.get(Relation(answer.pair.label))
        if label is None or Stance.DENIED in (left.stance, right.stance) or (label == "neutral" and _near(left, right)):
            continue
        yield training_row(left.judged, right.judged, label)
        yield training_row(right.judged, left.judged, label)
        if left.additions or right.additions:
            yield training_row(left.text, right.text, label)


def _near(left: Claim, right: Claim) -> bool:
    one, other = set(stems(left.text)), set(stems(right.text))
    return len(one & other) > RESTATED * min(len(one), len(other))


def unlabelled(pairs: Iterable[Pair], taken: set[frozenset[str]], chance: random.Random) -> list[dict[str, str]]:
    """Candidates of two articles that nobody labelled, as neutral, in one direction by chance, in a random order."""
    rows = []
    for pair in pairs:
        if pair.left.article != pair.right.article and frozenset((pair.left.id, pair.right.id)) not in taken:
            premise, hypothesis = chance.sample((pair.left.judged, pair.right.judged), 2)
            rows.append(training_row(premise, hypothesis, "neutral"))
    chance.shuffle(rows)
    return rows


def answering(gold: Gold, claims: Sequence[Claim]) -> set[frozenset[str]]:
    """The ids of all pairs of claims that answer a labelled pair."""
    by_article = group_by_article(claims)
    return {
        frozenset((one.id, other.id))
        for _, left, right in gold.sided
        for one in matching(left, by_article)
        for other in matching(right, by_article)
    }


def news(path: Path, without: set[str], chance: random.Random) -> list[Article]:
    """Articles of stories that several outlets report, some of each, none of the stories in `without`."""
    stories: dict[str, list[Article]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row.get("story") and row["story"] not in without:
                fields = {name: row.get(name) for name in ("outlet", "published", "url")}
                stories[row["story"]].append(Article(row["id"], row["text"], row["title"], **fields))
    told_twice = sorted(story for story, articles in stories.items() if len(articles) > 1)
    chance.shuffle(told_twice)
    return [article for story in told_twice for article in stories[story][:ARTICLES_A_STORY]][:NEWS_ARTICLES]


def write(folder: Path, name: str, rows: Sequence[dict[str, str]]) -> None:
    """One file of examples, JSON Lines."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    sys.stdout.write(f"{name}: {len(rows)}\n")


def from_stories(articles: Path, gold_path: Path, output: Path, encoder: Encoder, chance: random.Random) -> None:
    """Write what the labelled stories give."""
    gold = read_gold(gold_path, read_articles(articles)[0])
    shelf = shelve(gold.articles, encoder)
    rows = list(labelled(gold, shelf))
    chance.shuffle(rows)
    write(output, "story_gold.jsonl", rows)
    blocked = candidates(shelf, Shelf.empty(), STORY_PER_CLAIM)
    write(output, "story_none.jsonl", unlabelled(blocked, answering(gold, shelf.claims), chance)[:STORY_PAIRS])


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and write the files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=Path)
    parser.add_argument("--stories", type=Path, nargs=2, metavar=("ARTICLES", "GOLD"), required=True)
    parser.add_argument("--news", type=Path, required=True, help="articles with `story`, JSON Lines, gzip")
    parser.add_argument("--except", dest="without", type=Path, help="a JSON list of stories kept aside")
    chosen = parser.parse_args(arguments)
    chance, encoder = random.Random(SEED), load_encoder()
    from_stories(chosen.stories[0], chosen.stories[1], chosen.output, encoder, chance)
    aside = set(json.loads(chosen.without.read_text(encoding="utf-8"))) if chosen.without else set()
    blocked = candidates(shelve(news(chosen.news, aside, chance), encoder), Shelf.empty(), NEWS_PER_CLAIM)
    write(chosen.output, "news_none.jsonl", unlabelled(blocked, set(), chance)[:NEWS_PAIRS])


if __name__ == "__main__":
    main()
