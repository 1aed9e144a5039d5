"""Copies of one text are one origin, the earliest; two reports of one event are two."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpus
from corpus.origins import origins, resemblance, sketch
from corpus.records import Article

DEMO = Path(corpus.__file__).parent / "data" / "demo" / "articles.jsonl"
STORIES = Path(corpus.__file__).parents[1] / "eval" / "data" / "stories"
WORDS = [
    "the",
    "ferry",
    "left",
    "harbour",
    "crew",
    "alarm",
    "people",
    "coast",
    "nine",
    "storm",
    "night",
    "ships",
    "late",
]
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=60).map(" ".join)


def articles(path: Path) -> list[Article]:
    read = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [Article(each["id"], each["text"], published=each.get("published")) for each in read]


def copies(found: dict[str, str]) -> dict[str, str]:
    return {article: origin for article, origin in found.items() if article != origin}


def test_the_wire_story_of_the_demonstration_is_one_origin_and_all_else_is_its_own() -> None:
    assert copies(origins(articles(DEMO))) == {"ferry-wire-sentinel": "ferry-wire-post"}


@pytest.mark.slow
def test_copies_in_the_stories_are_found_within_a_story_only() -> None:
    found = copies(origins(articles(STORIES / "train_articles.jsonl")))
    assert len(found) >= 7
    assert all(one.split("-")[0] == other.split("-")[0] for one, other in found.items())


@given(texts)
def test_a_text_resembles_itself_whatever_its_case_and_commas(text: str) -> None:
    assert resemblance(sketch(text), sketch(text.upper().replace(" ", ", "))) == 1


@given(texts, texts)
def test_resemblance_is_the_same_both_ways_and_a_share(one: str, other: str) -> None:
    both = resemblance(sketch(one), sketch(other))
    assert both == resemblance(sketch(other), sketch(one))
    assert 0 <= both <= 1


@given(st.lists(texts, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_articles_changes_nothing_and_an_origin_is_its_own(
    given_: list[str], mixed: random.Random
) -> None:
    some = [Article(f"a{at}", text, published=f"2024-01-0{at + 1}") for at, text in enumerate(given_)]
    found = origins(some)
    assert origins(mixed.sample(some, len(some))) == found
    assert all(found[origin] == origin for origin in found.values())


def test_a_copy_of_a_copy_is_of_the_first_origin() -> None:
    words = [f"word{at}" for at in range(60)]
    chain = [
        Article(f"a{at}", " ".join(words[start : start + 40]), published=f"2024-01-0{at + 1}")
        for at, start in enumerate((0, 10, 20))
    ]
    assert set(origins(chain).values()) == {"a0"}


def test_undated_copies_are_no_origin_of_dated_ones() -> None:
    text = "Nine people died when the ferry capsized off the coast on Sunday."
    assert origins([Article("a", text), Article("b", text, published="2024-10-06")]) == {"a": "b", "b": "b"}
