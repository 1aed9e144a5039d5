"""docs/relations.md explains every relation, and its examples are those of the demonstration corpus."""

import json
import re
from enum import StrEnum
from pathlib import Path

import pytest

import corpus
from nli.records import Kind, Parties, Relation

PAGE = (Path(__file__).parents[2] / "docs" / "relations.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| `")]
DEMO = Path(corpus.__file__).parents[1] / "eval" / "data" / "demo" / "gold.jsonl"
GOLD = {pair["id"]: pair for pair in map(json.loads, DEMO.read_text(encoding="utf-8").splitlines())}


def name(row: str) -> str:
    return row.split("`")[1]


@pytest.mark.parametrize("values", [Relation, Parties, Kind])
def test_every_value_has_a_row_of_its_own(values: type[StrEnum]) -> None:
    rows = [name(row) for row in ROWS]
    for value in values:
        assert rows.count(value.value) == 1, value


@pytest.mark.parametrize("row", [row for row in ROWS if re.search(r"\bD\d\d\b", row)], ids=name)
def test_a_numbered_example_is_that_pair_and_has_that_name(row: str) -> None:
    number = re.findall(r"\bD\d\d\b", row)[0]
    pair = GOLD[number]
    assert name(row) in {pair["relation"], pair["kind"], pair["parties"]}
    for side in ("left", "right"):
        assert f'"{pair[side]["text"]}"' in row


def test_every_number_in_the_page_is_a_pair_of_the_corpus() -> None:
    assert set(re.findall(r"\bD\d\d\b", PAGE)) <= set(GOLD)
