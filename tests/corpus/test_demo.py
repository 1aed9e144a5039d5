"""The demonstration corpus keeps what its README promises: whole articles, exact offsets, all five relations."""

import json
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import corpus
from nli.records import Kind, Parties, Relation

DEMO = Path(corpus.__file__).parent / "data" / "demo" / "articles.jsonl"
GOLD = Path(corpus.__file__).parents[1] / "eval" / "data" / "demo" / "gold.jsonl"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


ARTICLES = {article["id"]: article for article in lines(DEMO)}
PAIRS = lines(GOLD)
SIDES = [pytest.param(pair[side], id=f"{pair['id']}-{side}") for pair in PAIRS for side in ("left", "right")]


@pytest.mark.parametrize("article", ARTICLES.values(), ids=ARTICLES)
def test_an_article_is_short_whole_and_from_nowhere(article: dict[str, str]) -> None:
    assert set(article) == {"id", "title", "text", "outlet", "published", "url"}
    assert 90 <= len(article["text"].split()) <= 220
    assert article["text"].startswith(article["title"])
    assert date.fromisoformat(article["published"]) < date(2026, 1, 1)
    assert str(urlsplit(article["url"]).hostname).endswith(".example")


@pytest.mark.parametrize("side", SIDES)
def test_gold_offsets_slice_to_the_text(side: dict[str, Any]) -> None:
    assert ARTICLES[side["article"]]["text"][side["start"] : side["stop"]] == side["text"]


@pytest.mark.parametrize("side", SIDES)
def test_a_holder_is_named_in_the_article_or_is_its_outlet(side: dict[str, Any]) -> None:
    article = ARTICLES[side["article"]]
    assert side["holder"] == article["outlet"] or side["holder"].lower() in article["text"].lower()


@pytest.mark.parametrize("pair", PAIRS, ids=[pair["id"] for pair in PAIRS])
def test_a_contradiction_has_a_kind_and_parties_and_nothing_else_has_parties(pair: dict[str, Any]) -> None:
    if pair["relation"] == Relation.CONTRADICTION:
        assert pair["kind"] in [kind.value for kind in Kind]
        assert pair["parties"] in [parties.value for parties in Parties]
    else:
        assert pair["parties"] is None


def test_all_five_relations_and_sixteen_articles_of_several_outlets_are_there() -> None:
    assert {pair["relation"] for pair in PAIRS} == {relation.value for relation in Relation}
    assert len({pair["id"] for pair in PAIRS}) == len(PAIRS) == 40
    assert len(ARTICLES) == 16
    assert len({article["outlet"] for article in ARTICLES.values()}) >= 10


def test_a_reversal_has_one_holder_and_a_dispute_two() -> None:
    for pair in PAIRS:
        same = pair["left"]["holder"] == pair["right"]["holder"]
        if pair["parties"] == Parties.DISPUTE:
            assert not same, pair["id"]
        # A company and its spokesman are one holder by two names: D09.
        if pair["parties"] == Parties.REVERSAL and pair["id"] != "D09":
            assert same, pair["id"]


def test_the_wire_copies_share_most_of_their_words_in_order() -> None:
    post, sentinel = (ARTICLES[name]["text"].split() for name in ("ferry-wire-post", "ferry-wire-sentinel"))
    shared = set(pairwise(post)) & set(pairwise(sentinel))
    assert len(shared) > 0.8 * len(set(pairwise(post)))
