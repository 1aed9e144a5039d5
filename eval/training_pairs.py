"""Pairs for training the judge, as the product will put them to it: claims with their readings, blocked by story.

    python -m eval.training_pairs OUTPUT [--labelled NAME ARTICLES GOLD]... [--replied NAME ARTICLES REPLIES]...
                                         [--news ARTICLES [--except STORIES.json]]

Writes into OUTPUT, for each labelled corpus, `NAME_gold.jsonl`, its labelled pairs in both directions,
`NAME_none.jsonl`, candidates of the same stories that nobody labelled, and `NAME_stories.jsonl`, which claims are
partners in pairing; for each set of replies `NAME_replied.jsonl`,
claims of articles beside what was written to stand against them; and `news_none.jsonl`, candidates of news on one
story that nobody has read. What nobody labelled is nearly all neutral, and taken as neutral. Updates and opinions are
left out: what they are in the judge's eyes is not what they are in a reader's.
"""

import argparse
import gzip
import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.claims import extract_all
from corpus.records import Article, Claim, Stance
from eval.answers import answers, group_by_article, matching
from eval.evaluate import found_sides
from eval.gold import Gold, LabelledPair, Side, read_articles, read_gold
from nli.blocking import candidates
from nli.cues import pattern
from nli.loading import load_encoder
from nli.pipeline import embed, shelve
from nli.quantities import clashing
from nli.records import Encoder, Pair, Relation, Shelf
from nli.terms import stems
from nli.training import data

BOTH = {Relation.CONTRADICTION: ("contradiction", "contradiction"), Relation.COMPATIBLE: ("neutral", "neutral")}
"""What left as premise and right as premise say where a relation alone tells it."""

IMPLIED = {
    "same": ("entailment", "entailment"),
    "left implies right": ("entailment", "neutral"),
    "right implies left": ("neutral", "entailment"),
}
"""What they say of a corroboration, by its kind; one without a kind is left out."""

RESTATED = 0.7
"""Compatible claims that share more of the shorter one's words may follow from each other: left out."""

RESTATEMENT = "restatement"
"""The kind of a compatible pair that says much the same: readers differ on whether one follows from the other."""

SEED = 11
CLASHING = (Relation.CONTRADICTION, Relation.SUPERSEDED, Relation.UNCERTAIN)
UNLABELLED_PAIRS, UNLABELLED_PER_CLAIM, UNLABELLED_STORIES = 4_000, 8, 100
NEWS_PAIRS, NEWS_PER_CLAIM, NEWS_ARTICLES, ARTICLES_A_STORY = 4_500, 6, 260, 3


@dataclass(frozen=True, slots=True)
class Labelled:
    """What a reader has labelled: pairs of claims by their ids, and the claims that clash or may clash with another."""

    pairs: frozenset[frozenset[str]] = frozenset()
    clashing: frozenset[str] = frozenset()


def training_row(premise: str, hypothesis: str, label: str) -> dict[str, str]:
    """One example as the mixes read it."""
    return {"premise": premise, "hypothesis": hypothesis, "label": label}


def labelled(gold: Gold, claims: Sequence[Claim]) -> Iterator[dict[str, str]]:
    """The labelled pairs in both directions, with their readings; where words were put back, also as written.

    A contradiction that does not show in the claims teaches a judge that sees no more than these the wrong thing.
    """
    answered = answers(gold, claims, [])
    for answer, sides in zip(answered, found_sides(gold, answered), strict=True):
        labels = _labels(answer.pair)
        if labels is None or Stance.DENIED in (sides[0].stance, sides[1].stance):
            continue
        left, right = _as_labelled(answer.pair, *sides)
        if labels == ("neutral", "neutral") and _near(left, right):
            continue
        yield training_row(left.judged, right.judged, labels[0])
        yield training_row(right.judged, left.judged, labels[1])
        if left.additions or right.additions:
            yield training_row(left.text, right.text, labels[0])


def _labels(pair: LabelledPair) -> tuple[str, str] | None:
    if pair.kind == RESTATEMENT or not pair.shown:
        return None
    relation = Relation(pair.label)
    return IMPLIED.get(pair.kind or "") if relation is Relation.CORROBORATION else BOTH.get(relation)


def _as_labelled(pair: LabelledPair, earlier: Claim, later: Claim) -> tuple[Claim, Claim]:
    """The two claims in the order of the labelled sides, which need not be that of their days."""
    first = pair.sides[0] if pair.sides else None
    swapped = first is not None and first.share(later) > first.share(earlier)
    return (later, earlier) if swapped else (earlier, later)


def _near(left: Claim, right: Claim) -> bool:
    one, other = set(stems(left.text)), set(stems(right.text))
    return len(one & other) > RESTATED * min(len(one), len(other))


def without_label(pairs: Iterable[Pair], taken: Labelled) -> list[Pair]:
    """Candidates of two articles that bear no label, and none of whose claims clashes with another.

    A claim that somebody contradicts may be contradicted again by one that says the same.
    """
    return [
        pair
        for pair in pairs
        if pair.left.article != pair.right.article
        and frozenset((pair.left.id, pair.right.id)) not in taken.pairs
        and not {pair.left.id, pair.right.id} & taken.clashing
    ]


def unlabelled(pairs: Iterable[Pair], taken: Labelled, chance: random.Random) -> list[dict[str, str]]:
    """Candidates of two articles that nobody labelled, as neutral, in one direction by chance.

    Near copies are left out. Those that a judge falls for come first, where one side alone is negated or numbers
    differ.
    """
    kept = [pair for pair in without_label(pairs, taken) if not _near(pair.left, pair.right)]
    chance.shuffle(kept)
    rows = []
    for pair in sorted(kept, key=_tempting, reverse=True):
        premise, hypothesis = chance.sample((pair.left.judged, pair.right.judged), 2)
        rows.append(training_row(premise, hypothesis, "neutral"))
    return rows


def _tempting(pair: Pair) -> bool:
    negated = [bool(pattern("negation").search(claim.judged)) for claim in (pair.left, pair.right)]
    return negated[0] != negated[1] or any(clashing(pair.left.judged, pair.right.judged))


def replied(
    replies: Iterable[Mapping[str, Any]], articles: Iterable[Article], claims: Iterable[Claim]
) -> Iterator[dict[str, str]]:
    """Claims of articles as premises of what was written to stand against them; both ways, unless it only follows.

    A reply is `{"article", "start", "stop", "text", "label"}`: what NLI says of the text beside the claim that
    stands there.
    """
    texts, by_article = {article.id: article.text for article in articles}, group_by_article(claims)
    for reply in replies:
        article, start, stop = reply["article"], reply["start"], reply["stop"]
        claim = next(iter(matching(Side(article, start, stop, texts[article][start:stop]), by_article)), None)
        if claim is None or claim.stance is Stance.DENIED:
            continue
        yield training_row(claim.judged, reply["text"], reply["label"])
        if reply["label"] != "entailment":
            yield training_row(reply["text"], claim.judged, reply["label"])


def answering(gold: Gold, claims: Sequence[Claim]) -> Labelled:
    """All pairs of claims that answer a labelled pair."""
    by_article = group_by_article(claims)
    answered = [
        (pair, frozenset((one.id, other.id)))
        for pair, left, right in gold.sided
        for one in matching(left, by_article)
        for other in matching(right, by_article)
    ]
    clashing_pairs = [ids for pair, ids in answered if pair.label in CLASHING]
    return Labelled(frozenset(ids for _, ids in answered), frozenset().union(*clashing_pairs))


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


def write(folder: Path, name: str, rows: Sequence[dict[str, Any]]) -> None:
    """One file of examples, JSON Lines."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    sys.stdout.write(f"{name}: {len(rows)}\n")


def from_labelled(name: str, articles: Path, gold_path: Path, output: Path, encoder: Encoder) -> None:
    """Write what a labelled corpus gives; of its articles only those that the gold speaks of."""
    chance = random.Random(f"{SEED} {name}")
    gold = read_gold(gold_path, read_articles(articles)[0])
    spoken_of = {side.article for _, *sides in gold.sided for side in sides}
    kept = [article for article in gold.articles if article.id in spoken_of]
    claims = [claim for found in extract_all(kept) for claim in found]
    rows = list(labelled(gold, claims))
    chance.shuffle(rows)
    write(output, f"{name}_gold.jsonl", rows)
    write(output, f"{name}_stories.jsonl", list(told(gold, claims)))
    some = {side.article for _, *sides in stories_of(gold, chance) for side in sides}
    shelf = embed([claim for claim in claims if claim.article in some], kept, encoder)
    blocked = candidates(shelf, Shelf.empty(), UNLABELLED_PER_CLAIM)
    none = unlabelled(blocked, answering(gold, shelf.claims), chance)[:UNLABELLED_PAIRS]
    chance.shuffle(none)
    write(output, f"{name}_none.jsonl", none)


def told(gold: Gold, claims: Sequence[Claim]) -> Iterator[dict[str, Any]]:
    """Each story with its claims, and which of them are partners: rows that `nli.training.encoder` learns from."""
    by_article = group_by_article(claims)
    stories: dict[str, list[tuple[LabelledPair, Side, Side]]] = defaultdict(list)
    for pair, left, right in gold.sided:
        stories[pair.group].append((pair, left, right))
    for pairs in stories.values():
        articles = sorted({side.article for _, *sides in pairs for side in sides})
        present = [claim for article in articles for claim in by_article[article]]
        at = {claim.id: place for place, claim in enumerate(present)}
        partners, unsure = [], []
        for pair, left, right in pairs:
            found = [
                (at[one.id], at[two.id]) for one in matching(left, by_article) for two in matching(right, by_article)
            ]
            sure = 0 if pair.label == Relation.COMPATIBLE else 1
            partners += found[:sure]
            unsure += found[sure:]
        named = [(claim.article, claim.judged) for claim in present]
        yield {"claims": named, "partners": partners, "unsure": unsure}


def stories_of(gold: Gold, chance: random.Random) -> list[tuple[LabelledPair, Side, Side]]:
    """The labelled pairs of at most `UNLABELLED_STORIES` stories, drawn by chance."""
    stories = sorted({pair.group for pair in gold.pairs})
    drawn = set(chance.sample(stories, min(UNLABELLED_STORIES, len(stories))))
    return [sided for sided in gold.sided if sided[0].group in drawn]


def from_replied(name: str, articles: Path, replies_path: Path, output: Path) -> None:
    """Write what was written to stand against claims of articles, beside the claims."""
    replies: list[dict[str, Any]] = list(data.rows(replies_path))
    spoken_of = {reply["article"] for reply in replies}
    read = [article for article in read_articles(articles)[0] if article.id in spoken_of]
    made = list(replied(replies, read, [claim for claims in extract_all(read) for claim in claims]))
    random.Random(f"{SEED} {name}").shuffle(made)
    write(output, f"{name}_replied.jsonl", made)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and write the files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=Path)
    parser.add_argument("--labelled", nargs=3, metavar=("NAME", "ARTICLES", "GOLD"), action="append", default=[])
    parser.add_argument("--replied", nargs=3, metavar=("NAME", "ARTICLES", "REPLIES"), action="append", default=[])
    parser.add_argument("--news", type=Path, help="articles with `story`, JSON Lines, gzip")
    parser.add_argument("--except", dest="without", type=Path, help="a JSON list of stories kept aside")
    chosen = parser.parse_args(arguments)
    encoder = load_encoder()
    for name, articles, gold in chosen.labelled:
        from_labelled(name, Path(articles), Path(gold), chosen.output, encoder)
    for name, articles, replies in chosen.replied:
        from_replied(name, Path(articles), Path(replies), chosen.output)
    if chosen.news:
        aside = set(json.loads(chosen.without.read_text(encoding="utf-8"))) if chosen.without else set()
        chance = random.Random(SEED)
        blocked = candidates(shelve(news(chosen.news, aside, chance), encoder), Shelf.empty(), NEWS_PER_CLAIM)
        write(chosen.output, "news_none.jsonl", unlabelled(blocked, Labelled(), chance)[:NEWS_PAIRS])


if __name__ == "__main__":
    main()
