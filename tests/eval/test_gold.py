"""Gold is read whole or told why not, line by line."""

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from corpus.records import Article, Stance
from eval.gold import (
    RELATIONS,
    Gold,
    LabelledPair,
    MalformedGold,
    Side,
    UnusableGold,
    gold_claims,
    read_articles,
    read_gold,
)

PAIR = {"premise": "It rained.", "hypothesis": "It was dry.", "label": "contradiction"}
ARTICLES = (Article("a", "It rained all day.", outlet="Herald"), Article("b", "Nobody saw rain."))
LEFT = {"article": "a", "start": 0, "stop": 9, "text": "It rained", "holder": "Herald"}
CORPUS_PAIR = {
    "id": "P1",
    "story": "weather",
    "relation": "contradiction",
    "kind": "lexical",
    "left": LEFT,
    "right": {"article": "b", "start": 0, "stop": 15, "text": "Nobody saw rain", "holder": None},
}
STORIES = Path(__file__).parents[2] / "eval" / "data" / "stories"
THIN_SPOTS = (
    "misquote",
    "list",
    "at least / up to",
    "scope",
    "question or conditional",
    "same name",
    "wire copy reworded",
    "rounding",
    "update",
    "failed prediction",
    "denial",
    "attribution chain",
)


def gold_of(folder: Path, *rows: object, articles: tuple[Article, ...] = ()) -> Gold:
    path = folder / "gold.jsonl"
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), "utf-8")
    return read_gold(path, articles)


def test_a_contradiction_shows_in_its_claims_unless_a_reader_says_no(tmp_path: Path) -> None:
    gold = gold_of(
        tmp_path, CORPUS_PAIR, {**CORPUS_PAIR, "id": "P2", "shown": False}, {**CORPUS_PAIR, "id": "P3", "shown": "no"}
    )
    assert [(pair.id, pair.shown) for pair in gold.pairs] == [("P1", True), ("P2", False)]
    assert [fault.expected for fault in gold.faults] == ["true or false"]


def test_labelled_pairs_are_read_with_line_numbers_for_names_and_groups(tmp_path: Path) -> None:
    gold = gold_of(tmp_path, PAIR, {**PAIR, "id": "x", "story": "weather"})
    assert [(pair.id, pair.group, pair.label) for pair in gold.pairs] == [
        ("1", "1", "contradiction"),
        ("x", "weather", "contradiction"),
    ]
    assert not gold.faults


def test_a_csv_file_and_a_compressed_one_give_the_same_pairs(tmp_path: Path) -> None:
    table, packed = tmp_path / "gold.csv", tmp_path / "gold.jsonl.gz"
    table.write_text('id,premise,hypothesis,label\n7,"It rained,\nhard.",It was dry.,Contradiction\n', "utf-8")
    packed.write_bytes(gzip.compress(json.dumps({**PAIR, "id": 7, "premise": "It rained,\nhard."}).encode()))
    assert read_gold(table).pairs == read_gold(packed).pairs


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("not json", "not JSON (Expecting value)"),
        ("[1]", "a list, not an object"),
        ({"premise": "It rained."}, "no 'hypothesis'"),
        ({**PAIR, "label": "maybe"}, "label 'maybe'"),
        ({**PAIR, "premise": " "}, "an empty text"),
        ({**PAIR, "premise": 5}, "'premise' is 5"),
        ({**PAIR, "premise": "\ud800"}, "'premise' holds half"),
        ({**CORPUS_PAIR, "relation": "neutral"}, "label 'neutral'"),
        ({**CORPUS_PAIR, "left": "It rained"}, "no 'left'"),
        ({**CORPUS_PAIR, "left": {**CORPUS_PAIR["left"], "stop": "9"}}, "left has offsets 0:'9'"),  # type: ignore[dict-item]
        ({**CORPUS_PAIR, "left": {**CORPUS_PAIR["left"], "stop": 8}}, "offsets 0:8 of 'It rained'"),  # type: ignore[dict-item]
        ({**CORPUS_PAIR, "left": {**CORPUS_PAIR["left"], "article": "z"}}, "article 'z' is not among"),  # type: ignore[dict-item]
        ({**CORPUS_PAIR, "left": {**CORPUS_PAIR["left"], "start": 1, "stop": 10}}, "a[1:10] is 't rained '"),  # type: ignore[dict-item]
    ],
)
def test_a_malformed_line_is_named_and_the_rest_is_read(tmp_path: Path, row: object, told: str) -> None:
    gold = gold_of(tmp_path, PAIR, row, {**PAIR, "id": "x"}, articles=ARTICLES)
    assert [pair.id for pair in gold.pairs] == ["1", "x"]
    assert [fault.where for fault in gold.faults] == [f"{tmp_path / 'gold.jsonl'}:2"]
    assert gold.faults[0].what.startswith(told)


def test_an_id_that_comes_twice_is_a_fault(tmp_path: Path) -> None:
    gold = gold_of(tmp_path, {**PAIR, "id": "x"}, {**PAIR, "id": "x"})
    assert len(gold.pairs) == len(gold.faults) == 1


def test_a_file_that_is_not_utf8_is_a_fault_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_bytes(json.dumps(PAIR).encode() + b"\n\xff\xfe")
    assert [str(fault) for fault in read_gold(path).faults] == [
        f'{path}:2: not UTF-8 (invalid start byte); expected {{"premise", "hypothesis", "label"}} or '
        '{"relation", "left", "right"}'
    ]


def test_the_sides_of_a_corpus_pair_become_claims_with_their_holders(tmp_path: Path) -> None:
    left, right = gold_claims(gold_of(tmp_path, CORPUS_PAIR, articles=ARTICLES))
    assert (left.text, left.outlet, right.text, right.holder) == ("It rained", "Herald", "Nobody saw rain", None)
    assert left.holder is not None
    assert left.holder.narrator


def test_what_a_holder_denies_becomes_a_denied_claim(tmp_path: Path) -> None:
    denied = {**CORPUS_PAIR, "left": {**LEFT, "stance": "denied"}}
    claims = gold_claims(gold_of(tmp_path, denied, articles=ARTICLES))
    assert [claim.stance for claim in claims] == [Stance.DENIED, Stance.ASSERTED]


def test_an_unknown_stance_is_a_fault(tmp_path: Path) -> None:
    doubted = {**CORPUS_PAIR, "left": {**LEFT, "stance": "doubted"}}
    (fault,) = gold_of(tmp_path, doubted, articles=ARTICLES).faults
    assert "'doubted'" in fault.what


def test_gold_without_texts_takes_them_from_the_articles(tmp_path: Path) -> None:
    bare = CORPUS_PAIR | {"left": {"article": "a", "start": 0, "stop": 9}}
    assert gold_of(tmp_path, bare, articles=ARTICLES).pairs[0].premise == "It rained"
    told = gold_of(tmp_path, bare).faults
    assert [fault.what for fault in told] == ["no 'text'"]


def test_a_wrong_pair_cannot_be_built() -> None:
    with pytest.raises(MalformedGold, match="offsets 0:4"):
        Side("a", 0, 4, "It rained")
    with pytest.raises(MalformedGold, match="one of entailment"):
        LabelledPair("1", "It rained.", "It was dry.", "compatible", "1")


@pytest.mark.parametrize(("part", "pairs", "articles"), [("dev", 178, 60), ("train", 942, 302), ("test", 461, 101)])
def test_the_stories_that_ship_have_every_stretch_where_it_is_said_to_be(part: str, pairs: int, articles: int) -> None:
    known, unread = read_articles(STORIES / f"{part}_articles.jsonl")
    gold = read_gold(STORIES / f"{part}_gold.jsonl", known)
    assert (len(gold.pairs), len(gold.articles), gold.faults, unread) == (pairs, articles, (), ())


def test_the_test_part_of_the_stories_is_thick_where_the_others_are_thin() -> None:
    articles, _ = read_articles(STORIES / "test_articles.jsonl")
    rows = [json.loads(line) for line in (STORIES / "test_gold.jsonl").read_text("utf-8").splitlines()]
    spots = Counter(spot for row in rows for spot in row["spots"])
    assert min(spots[spot] for spot in THIN_SPOTS) >= 25
    assert {row["relation"] for row in rows} == set(RELATIONS)
    assert 3 * sum(len(article.text.split()) >= 600 for article in articles) >= len(articles)
    assert sum(article.published is None for article in articles) >= 10


def test_no_article_of_the_test_part_is_told_in_the_others() -> None:
    parts = {part: read_articles(STORIES / f"{part}_articles.jsonl")[0] for part in ("train", "dev", "test")}
    outlets = {part: {article.outlet for article in articles} - {None} for part, articles in parts.items()}
    assert not outlets["test"] & (outlets["train"] | outlets["dev"])
    assert len({article.id for articles in parts.values() for article in articles}) == sum(map(len, parts.values()))


@pytest.mark.parametrize(
    ("name", "content"), [("absent.jsonl", None), ("cut.jsonl.gz", gzip.compress(b"{}" * 99)[:20])]
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, content: bytes | None) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UnusableGold, match=f"{name}.*expected a file of labelled pairs"):
        read_gold(path)


def test_the_two_kinds_of_gold_do_not_go_into_one_file(tmp_path: Path) -> None:
    with pytest.raises(UnusableGold, match="expected one kind"):
        gold_of(tmp_path, PAIR, CORPUS_PAIR, articles=ARTICLES)
