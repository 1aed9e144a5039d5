"""Whatever way the articles come, together or one by one, in any order, beside others: the findings are the same."""

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

import corpus
from corpus.records import Article, Claim
from nli.loading import load_encoder, load_judge
from nli.pipeline import compare, shelve
from nli.records import Encoder, Finding, Judge, Judgement, Pair, Relation, Shelf
from tests.fakes import FakeEncoder, FakeJudge

DEMO = Path(corpus.__file__).parent / "data" / "demo" / "articles.jsonl"
ARTICLES = [Article(**json.loads(line)) for line in DEMO.read_text(encoding="utf-8").splitlines()]
Place = tuple[str, int, int]
Found = dict[frozenset[Place], tuple[object, ...]]
"""What was found between which stretches, whichever stands left."""


class Remembering:
    """A judge that reads each pair once: most come again when the same articles do."""

    def __init__(self, judge: Judge) -> None:
        self.name, self._judge, self._known = judge.name, judge, dict[tuple[str, str], Judgement]()

    def judge(self, pairs: Sequence[Pair]) -> list[Judgement]:
        asked = [pair for pair in pairs if (pair.left.id, pair.right.id) not in self._known]
        for judgement in self._judge.judge(asked):
            self._known[judgement.pair.left.id, judgement.pair.right.id] = judgement
        return [replace(self._known[pair.left.id, pair.right.id], pair=pair) for pair in pairs]


# Real weights read one story only, the shortest: four take minutes on a CPU, and the fakes read them all.
STORIES = [
    *(pytest.param("fakes", story, id=f"{story}-fakes") for story in ("s400", "ferry", "plant", "bridge")),
    pytest.param("bundled", "bridge", id="bridge-bundled", marks=[pytest.mark.model, pytest.mark.slow]),
]


@cache
def models(which: str) -> tuple[Encoder, Judge]:
    if which == "fakes":
        return FakeEncoder(), FakeJudge()
    return load_encoder(), Remembering(load_judge())


@pytest.mark.parametrize(("which", "story"), STORIES)
def test_the_order_of_the_articles_changes_no_finding(which: str, story: str) -> None:
    articles = of_story(story)
    assert found(articles[::-1], *models(which)) == found(articles, *models(which))


@pytest.mark.parametrize(("which", "story"), STORIES)
def test_an_article_on_another_matter_changes_no_relation_and_no_contradiction_of_the_others(
    which: str, story: str
) -> None:
    articles, other = of_story(story), of_story("plant" if story == "ferry" else "ferry")[-1]
    before, after = found(articles, *models(which)), found([*articles[:1], other, *articles[1:]], *models(which))
    own = {places: what for places, what in after.items() if other.id not in {place[0] for place in places}}
    # A claim has a budget of pairs, and a stranger may take the last of them; no contradiction hangs on that.
    assert common(before, own) == common(own, before)
    assert clashes(own) == clashes(before)


@pytest.mark.parametrize(("which", "story"), STORIES)
def test_articles_that_arrive_one_by_one_give_the_contradictions_of_all_at_once(which: str, story: str) -> None:
    encoder, judge = models(which)
    stored, findings = Shelf.empty(), []
    for article in of_story(story):
        new = shelve([article], encoder)
        findings += compare(new, stored, judge)
        stored += new
    # Early articles have fewer others to choose from, so that more pairs are compared than all at once.
    singly, together = by_place(findings), found(of_story(story), encoder, judge)
    assert common(singly, together) == common(together, singly)
    assert clashes(together) <= clashes(singly)


def of_story(name: str) -> list[Article]:
    return [article for article in ARTICLES if article.id.startswith(f"{name}-")]


def found(articles: Sequence[Article], encoder: Encoder, judge: Judge) -> Found:
    return by_place(compare(shelve(articles, encoder), Shelf.empty(), judge))


def by_place(findings: Sequence[Finding]) -> Found:
    return {
        frozenset({place(each.left), place(each.right)}): (
            each.relation,
            each.parties,
            each.kind,
            round(each.score, 3),
        )
        for each in findings
    }


def common(findings: Found, others: Found) -> Found:
    return {places: findings[places] for places in findings.keys() & others.keys()}


def clashes(findings: Found) -> set[frozenset[Place]]:
    return {places for places, what in findings.items() if what[0] is Relation.CONTRADICTION}


def place(claim: Claim) -> Place:
    return claim.article, claim.start, claim.stop
