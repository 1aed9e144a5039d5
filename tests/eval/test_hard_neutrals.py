"""What is taken as neutral because readers of the whole story passed it over."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corpus.records import Stance
from eval import hard_neutrals
from eval.hard_neutrals import left_over
from eval.training_pairs import Labelled
from nli.records import Pair, Probabilities
from tests.fakes import FakeEncoder
from tests.nli.statements import said

ONE = said("The bridge was closed on Monday", article="a")
TWO = said("Nobody was hurt when the bridge was closed", by="Bo Lind", article="b")
PAIR = Pair(ONE, TWO, 0.5)

STORY = {
    "a": "The Orra bridge was closed on Monday. Engineers found a crack in a pier. Repairs will cost 4 million.",
    "b": "The Orra bridge will stay closed for a month. Nobody was hurt. The mayor, Bo Lind, said that repairs would "
    "cost 9 million.",
}


class Suspicious:
    """A judge that takes everything for a contradiction."""

    name = "suspicious"

    def classify(self, pairs: Sequence[tuple[str, str]]) -> Probabilities:
        return np.tile([0.0, 0.1, 0.9], (len(pairs), 1))


def test_a_candidate_without_a_label_is_left_over() -> None:
    assert left_over([PAIR], Labelled()) == [PAIR]


@pytest.mark.parametrize(
    ("pair", "labels"),
    [
        (PAIR, Labelled(pairs=frozenset({frozenset({ONE.id, TWO.id})}))),
        (PAIR, Labelled(clashing=frozenset({TWO.id}))),
        (Pair(ONE, replace(TWO, article="a"), 0.5), Labelled()),
        (Pair(ONE, replace(TWO, stance=Stance.DENIED), 0.5), Labelled()),
    ],
    ids=["labelled", "clashes with another", "of one article", "denied"],
)
def test_what_may_be_a_contradiction_is_not_taken_as_neutral(pair: Pair, labels: Labelled) -> None:
    assert left_over([pair], labels) == []


def test_a_story_is_judged_once_and_its_labelled_pair_never(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hard_neutrals, "load_encoder", FakeEncoder)
    monkeypatch.setattr(hard_neutrals, "load_classifier", lambda _: Suspicious())
    four, nine = STORY["a"].index("Repairs"), STORY["b"].index("repairs")
    sides = {
        "left": {"article": "a", "start": four, "stop": four + 28, "text": "Repairs will cost 4 million."},
        "right": {"article": "b", "start": nine, "stop": nine + 29, "text": "repairs would cost 9 million."},
    }
    articles, gold, output = tmp_path / "articles.jsonl", tmp_path / "gold.jsonl", tmp_path / "pairs.jsonl"
    articles.write_text("".join(json.dumps({"id": name, "text": text}) + "\n" for name, text in STORY.items()))
    gold.write_text(json.dumps({"id": "1", "story": "s", "relation": "contradiction", **sides}) + "\n")
    hard_neutrals.main([str(articles), str(gold), str(output)])
    found = [json.loads(line) for line in output.read_text().splitlines()]
    assert found
    assert {(row["label"], row["story"], row["contradiction"]) for row in found} == {("neutral", "s", 0.9)}
    assert not any("million" in row["premise"] or "million" in row["hypothesis"] for row in found)
    hard_neutrals.main([str(articles), str(gold), str(output)])
    assert len(output.read_text().splitlines()) == len(found)
