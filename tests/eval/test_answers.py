"""A finding answers a labelled pair by place, not by words, and the funnel counts what was lost where."""

import importlib.util
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.answers import answers, confusion, funnel, same_holder
from nli.records import Finding, Relation
from tests.eval.made import a_claim, a_finding, a_gold, a_pair, a_side

SIGNED, NOT_SIGNED = a_side("a", 10, "was signed", "Mijeyev"), a_side("b", 0, "nothing was signed", "Turkish officials")
CLASH = a_pair("P1", "contradiction", SIGNED, NOT_SIGNED)
SCORER = Path(__file__).parents[3] / "shared" / "tools" / "score_pairs.py"


def test_a_finding_answers_in_either_order() -> None:
    left, right = a_claim("a", 10, "was signed"), a_claim("b", 0, "nothing was signed")
    for finding in (a_finding(left, right, Relation.CONTRADICTION), a_finding(right, left, Relation.CONTRADICTION)):
        (answer,) = answers(a_gold(CLASH), [left, right], [finding])
        assert answer.flagged
        assert answer.right_relation


def test_half_of_the_shorter_stretch_must_be_shared_on_both_sides() -> None:
    right = a_claim("b", 0, "nothing was signed")
    half, less = a_claim("a", 15, "x" * 10), a_claim("a", 16, "x" * 10)
    for left, said in ((half, "contradiction"), (less, "no claim")):
        (answer,) = answers(a_gold(CLASH), [left, right], [a_finding(left, right, Relation.CONTRADICTION)])
        assert answer.said == said


def test_the_closest_finding_counts_whatever_it_says() -> None:
    left, right = a_claim("a", 10, "was signed"), a_claim("b", 0, "nothing was signed")
    aside = a_claim("a", 13, "x" * 10)
    found = [a_finding(aside, right, Relation.CONTRADICTION), a_finding(left, right, Relation.COMPATIBLE)]
    (answer,) = answers(a_gold(CLASH), [aside, left, right], found)
    assert answer.said == "compatible"


def test_what_was_lost_before_the_judge_is_told_apart() -> None:
    left, right = a_claim("a", 10, "was signed"), a_claim("b", 0, "nothing was signed")
    assert [each.said for each in answers(a_gold(CLASH), [left, right], [])] == ["not compared"]
    assert [each.said for each in answers(a_gold(CLASH), [left], [])] == ["no claim"]


def test_the_funnel_counts_sides_holders_pairs_and_relations() -> None:
    trap = a_pair("P2", "compatible", SIGNED, a_side("b", 40, "the payment is open", "officials"))
    gold = a_gold(CLASH, trap)
    left, right = a_claim("a", 10, "was signed", "Alexander Mijeyev"), a_claim("b", 0, "nothing was signed", "Reuters")
    found = [a_finding(left, right, Relation.CONTRADICTION), a_finding(left, a_claim("c", 0, "x"), Relation.COMPATIBLE)]
    steps = {step.name: (step.through, step.of) for step in funnel(gold, answers(gold, [left, right], found), found)}
    assert steps == {
        "sides found as claims": (2, 3),
        "holders right, of the sides found": (1, 2),
        "pairs with both sides found": (1, 2),
        "pairs compared": (1, 2),
        "contradictions compared": (1, 1),
        "contradictions found": (1, 1),
        "traps flagged": (0, 1),
        "relation right": (1, 2),
        "flagged, of all pairs compared": (1, 2),
    }


@pytest.mark.parametrize(
    ("found", "labelled", "same"),
    [
        ("Alexander Mijeyev", "Mijeyev", True),
        ("the Ministry of Defence", "Defence Ministry", True),
        ("Turkey", "Turkish officials", False),
        ("the", "the", False),
    ],
)
def test_holders_are_the_same_where_one_name_holds_the_other(found: str, labelled: str, *, same: bool) -> None:
    assert same_holder(found, labelled) is same_holder(labelled, found) is same


def test_the_most_frequent_confusion_comes_first() -> None:
    assert confusion("aab", "bba") == (("a", "b", 2), ("b", "a", 1))


PLACES = st.tuples(st.sampled_from("ab"), st.integers(0, 30), st.integers(1, 15))


@pytest.mark.seeds
@pytest.mark.skipif(not SCORER.exists(), reason="the scorer that the seeds came with is not in this repository")
@given(
    st.lists(st.tuples(PLACES, PLACES, st.sampled_from(list(Relation))), max_size=12),
    st.lists(st.tuples(PLACES, PLACES, st.sampled_from(list(Relation))), min_size=1, max_size=5),
)
def test_the_rule_is_that_of_the_seeds_own_scorer(
    found: list[tuple[tuple[str, int, int], tuple[str, int, int], Relation]],
    labelled: list[tuple[tuple[str, int, int], tuple[str, int, int], Relation]],
) -> None:
    findings = [
        a_finding(a_claim(a, start, "x" * size), a_claim(b, begin, "x" * length), relation)
        for (a, start, size), (b, begin, length), relation in found
    ]
    pairs = [
        a_pair(str(at), relation.value, a_side(a, start, "x" * size), a_side(b, begin, "x" * length))
        for at, ((a, start, size), (b, begin, length), relation) in enumerate(labelled)
    ]
    ours = [answer.finding for answer in answers(a_gold(*pairs), [], findings)]
    assert ours == [theirs(findings, pair.sides or ()) for pair in pairs]


def theirs(findings: list[Finding], sides: tuple[object, ...]) -> Finding | None:
    spec = importlib.util.spec_from_file_location("score_pairs", SCORER)
    assert spec
    assert spec.loader
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    left, right = ({name: getattr(side, name) for name in ("article", "start", "stop")} for side in sides)
    close = [
        (
            scorer.closeness({"left": as_row(each.left), "right": as_row(each.right)}, {"left": left, "right": right}),
            each,
        )
        for each in findings
    ]
    kept = [entry for entry in close if entry[0][0] >= 0.5]
    return max(kept, key=lambda entry: entry[0])[1] if kept else None


def as_row(claim: object) -> dict[str, object]:
    return {name: getattr(claim, name) for name in ("article", "start", "stop")}
