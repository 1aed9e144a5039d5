"""What the judge is trained on carries the labels that a reader gave, and nothing labelled is taken as neutral."""

import random
from dataclasses import replace

from corpus.records import Addition, Article, Claim, Stance
from eval.gold import Gold, LabelledPair, Side
from eval.training_pairs import Labelled, answering, labelled, replied, told, unlabelled
from nli.records import Pair
from tests.nli.statements import said

LEFT = replace(said("The contract has been signed", article="a"), additions=(Addition(12, "for the trams"),))
RIGHT = said("There is no contract for any tram", by="Bo Lind", article="b")
OTHER = said("It rained all day in the north of the country", by="Cy", article="c")


def gold(label: str, kind: str | None = None) -> Gold:
    sides = Side("a", 0, 28, LEFT.text), Side("b", 0, 33, RIGHT.text)
    pairs = (LabelledPair("1", LEFT.text, RIGHT.text, label, "s", sides, kind),)
    return Gold("made", pairs, "0", (Article("a", LEFT.text), Article("b", RIGHT.text)))


def test_a_labelled_pair_is_taken_in_both_directions_with_and_without_the_words_put_back() -> None:
    rows = list(labelled(gold("contradiction"), (LEFT, RIGHT, OTHER)))
    assert [row["label"] for row in rows] == ["contradiction"] * 3
    assert rows[0]["premise"] == rows[1]["hypothesis"] == "The contract for the trams has been signed"
    assert rows[2]["premise"] == "The contract has been signed"


def test_what_follows_from_what_is_taken_in_its_own_direction() -> None:
    rows = list(labelled(gold("corroboration", "right implies left"), (LEFT, RIGHT)))
    assert {(row["premise"], row["label"]) for row in rows[:2]} == {
        (LEFT.judged, "neutral"),
        (RIGHT.judged, "entailment"),
    }
    later = replace(LEFT, published="2022-01-01"), replace(RIGHT, published="2020-01-01")
    again = list(labelled(gold("corroboration", "right implies left"), later))
    assert again == rows
    assert not list(labelled(gold("corroboration"), (LEFT, RIGHT)))


def test_updates_and_denied_claims_are_left_out() -> None:
    assert not list(labelled(gold("superseded"), (LEFT, RIGHT, OTHER)))
    denied = replace(LEFT, stance=Stance.DENIED)
    assert not list(labelled(gold("contradiction"), (denied, RIGHT)))


def test_a_contradiction_that_does_not_show_in_the_claims_teaches_nothing() -> None:
    (pair,) = gold("contradiction").pairs
    hidden = replace(gold("contradiction"), pairs=(replace(pair, shown=False),))
    assert not list(labelled(hidden, (LEFT, RIGHT, OTHER)))


def test_what_only_restates_is_no_neutral_pair() -> None:
    assert list(labelled(gold("compatible", "other-aspect"), (LEFT, RIGHT)))
    assert not list(labelled(gold("compatible", "restatement"), (LEFT, RIGHT)))


def test_nothing_that_was_labelled_and_nothing_of_one_article_is_taken_as_neutral() -> None:
    taken = answering(gold("corroboration"), (LEFT, RIGHT, OTHER))
    within = replace(OTHER, id="d", article="a")
    pairs = [Pair(LEFT, RIGHT, 0.5), Pair(LEFT, OTHER, 0.1), Pair(LEFT, within, 0.1)]
    rows = unlabelled(pairs, taken, random.Random(0))
    assert [row["label"] for row in rows] == ["neutral"]
    assert {rows[0]["premise"], rows[0]["hypothesis"]} == {LEFT.judged, OTHER.judged}


def test_a_claim_that_somebody_contradicts_gives_no_neutral_pairs() -> None:
    taken = answering(gold("contradiction"), (LEFT, RIGHT, OTHER))
    assert not unlabelled([Pair(LEFT, OTHER, 0.1)], taken, random.Random(0))


def test_pairs_that_tempt_a_judge_come_first() -> None:
    plain = replace(OTHER, id="p", text="Snow fell on Monday in the far south, as ever", article="d")
    pairs = [Pair(plain, OTHER, 0.2), Pair(RIGHT, OTHER, 0.1)]
    for seed in range(5):
        first = unlabelled(pairs, Labelled(), random.Random(seed))[0]
        assert RIGHT.judged in first.values()


def test_what_was_written_against_a_claim_stands_beside_it_both_ways_unless_it_only_follows() -> None:
    article = Article("a", LEFT.text)

    def rows(label: str, claim: Claim = LEFT) -> list[dict[str, str]]:
        reply = {"article": "a", "start": 0, "stop": 28, "text": "No tram was ever ordered", "label": label}
        return list(replied([reply], [article], [claim]))

    assert {(row["premise"], row["hypothesis"]) for row in rows("contradiction")} == {
        (LEFT.judged, "No tram was ever ordered"),
        ("No tram was ever ordered", LEFT.judged),
    }
    assert [row["premise"] for row in rows("entailment")] == [LEFT.judged]
    assert not rows("contradiction", replace(LEFT, stance=Stance.DENIED))
    assert not rows("contradiction", replace(LEFT, article="b"))


def test_partners_are_what_clashes_or_agrees_and_look_alikes_are_no_negatives() -> None:
    [clash] = told(gold("contradiction"), (LEFT, RIGHT, OTHER))
    assert clash["claims"] == [("a", LEFT.judged), ("b", RIGHT.judged)]
    assert (clash["partners"], clash["unsure"]) == ([(0, 1)], [])
    [alike] = told(gold("compatible"), (LEFT, RIGHT))
    assert (alike["partners"], alike["unsure"]) == ([], [(0, 1)])
