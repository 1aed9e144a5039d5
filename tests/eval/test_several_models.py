"""Several models beside each other, and a sample in place of the whole."""

import json
from collections.abc import Sequence
from pathlib import Path

from eval.evaluate import Models, evaluate_file, evaluate_gold
from eval.gold import Gold, LabelledPair, Side, draw_groups, read_articles, read_gold, sampled
from nli.records import Probabilities
from tests.eval.test_evaluate import CLASH, CORPUS, PAIRS, written
from tests.fakes import FakeClassifier, FakeEncoder, FakeJudge


class Denier(FakeClassifier):
    """Calls everything a contradiction."""

    name = "denier@0"

    def classify(self, pairs: Sequence[tuple[str, str]]) -> Probabilities:
        return super().classify([("It is so.", "It is not so.")] * len(pairs))


ALONE = Models(FakeEncoder, FakeClassifier, FakeJudge)
BOTH = Models(FakeEncoder, FakeClassifier, FakeJudge, (Models(FakeEncoder, Denier, FakeJudge),))


def pairs(*groups: str, label: str = "neutral") -> Gold:
    each = [LabelledPair(str(n), f"It rained {n}.", "It was dry.", label, group) for n, group in enumerate(groups)]
    return Gold("made.jsonl", tuple(each), "0" * 16)


def test_the_first_model_is_the_system_and_the_others_stand_beside_it(tmp_path: Path) -> None:
    report = evaluate_file(written(tmp_path / "pairs.jsonl", *PAIRS), models=BOTH)
    measured = [system.name for system in report.systems if not system.baseline]
    assert measured == ["fake-classifier@0", "denier@0"]
    assert report.models == ("fake-classifier@0", "denier@0", "fake-encoder@0")
    assert report.systems[1]["recall"].value == 1.0
    assert [each.said for each in report.predictions][1:] == ["entailment", "neutral", "neutral"]


def test_a_rival_is_given_the_figures_it_would_get_alone(tmp_path: Path) -> None:
    gold = written(tmp_path / "pairs.jsonl", *PAIRS)
    alone = evaluate_file(gold, models=Models(FakeEncoder, Denier, FakeJudge))
    assert evaluate_file(gold, models=BOTH).systems[1] == alone.systems[0]


def test_one_model_given_twice_is_told_apart_by_a_number() -> None:
    twice = Models(FakeEncoder, FakeClassifier, FakeJudge, (ALONE,))
    names = [system.name for system in evaluate_gold(pairs("a", "b"), twice).systems]
    assert names[:2] == ["fake-classifier@0", "fake-classifier@0 (2)"]


def test_on_a_corpus_each_model_goes_the_whole_road(tmp_path: Path) -> None:
    gold, articles = written(tmp_path / "gold.jsonl", CLASH), written(tmp_path / "articles.jsonl", *CORPUS)
    measured = [system.name for system in evaluate_file(gold, articles, BOTH).systems if not system.baseline]
    assert measured == [
        "whole road, fake-judge@0",
        "labelled pairs given, fake-judge@0",
        "whole road, fake-judge@0 (2)",
        "labelled pairs given, fake-judge@0 (2)",
    ]


def test_a_set_that_knows_no_neutral_is_never_answered_with_one() -> None:
    gold = pairs("a", "b", label="contradiction")
    assert {each.said for each in evaluate_gold(gold, ALONE).predictions} == {"neutral"}
    known = Gold(gold.name, gold.pairs, gold.digest, answers=("entailment", "contradiction"))
    report = evaluate_gold(known, ALONE)
    assert {each.said for each in report.predictions} == {"contradiction"}
    assert next(each for each in report.systems if each.name == "one side negated").predictions[0].said == "entailment"


def test_a_sample_takes_whole_groups_and_cuts_the_last() -> None:
    groups = [name for name in "abcdef" for _ in range(4)]
    taken = [groups[row] for row in draw_groups(groups, 10)]
    assert sorted(map(taken.count, set(taken))) == [2, 4, 4]
    assert draw_groups(groups, 10) == draw_groups(groups, 10)


def test_one_large_group_does_not_fill_a_sample() -> None:
    groups = ["large"] * 90 + [str(number) for number in range(10)]
    taken = sampled(pairs(*groups), 20).pairs
    assert sum(pair.group == "large" for pair in taken) == 10
    assert len({pair.group for pair in taken}) == 11


def test_a_sample_says_that_it_is_one() -> None:
    taken = sampled(pairs("a", "a", "b", "c"), 2)
    assert (len(taken.pairs), taken.name) == (2, "made.jsonl, 2 of 4 pairs, drawn by group with seed 0")
    assert sampled(pairs("a", "b"), 2).name == "made.jsonl"


def test_a_sample_of_a_corpus_takes_whole_stories() -> None:
    side = Side("a", 0, 9, "It rained")
    each = [LabelledPair(f"{n}", "It rained", "It rained", "compatible", f"{n % 9}", (side, side)) for n in range(36)]
    taken = sampled(Gold("made.jsonl", tuple(each), "0" * 16), 20).pairs
    assert len({pair.group for pair in taken}) == 5


def test_a_sample_of_a_corpus_keeps_the_articles_of_its_pairs(tmp_path: Path) -> None:
    other = {**CLASH, "id": "P2", "left": {**json.loads(json.dumps(CLASH["left"])), "article": "c"}}
    third = {**CORPUS[0], "id": "c"}
    articles, _ = read_articles(written(tmp_path / "articles.jsonl", *CORPUS, third))
    gold = sampled(read_gold(written(tmp_path / "gold.jsonl", CLASH, other), articles), 1)
    assert {article.id for article in gold.articles} == {side.article for side in gold.pairs[0].sides or ()}
