"""Both directions, and denials turned round."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.records import Addition, Stance
from nli.calibration import Calibration, read_calibration
from nli.errors import ModelError
from nli.judge import TwoWayJudge, under_denial, wordings
from nli.records import Pair, Probabilities, Scores
from tests.fakes import FakeClassifier
from tests.nli.statements import AGAINST, FOLLOWS, said

PROBABILITY = st.floats(0, 1)


@st.composite
def scores(draw: st.DrawFn) -> Scores:
    one, two = sorted((draw(PROBABILITY), draw(PROBABILITY)))
    return Scores(one, two - one, 1 - two)


@given(scores(), scores())
def test_a_score_is_a_probability_and_does_not_depend_on_which_side_comes_first(one: Scores, other: Scores) -> None:
    score = Calibration().score(one, other)
    assert 0 < score < 1
    assert score == Calibration().score(other, one)


@given(scores(), scores(), st.floats(0, 0.2))
def test_more_contradiction_in_one_direction_never_lowers_the_score(one: Scores, other: Scores, more: float) -> None:
    raised = min(1.0, one.contradiction + more)
    surer = Scores(1 - raised, 0.0, raised)
    assert Calibration().score(surer, other) >= Calibration().score(one, other) - 1e-9


def test_what_only_one_direction_knows_is_not_averaged_away() -> None:
    one_way = Calibration().score(AGAINST, Scores(0.1, 0.7, 0.2))
    assert one_way > Calibration().score(Scores(0.1, 0.5, 0.4), Scores(0.1, 0.5, 0.4))


@pytest.mark.parametrize("stored", ["[]", "{}", '{"surer": "x", "other": 1, "intercept": 0}', "not json"])
def test_a_calibration_that_cannot_be_used_is_an_error(tmp_path_factory: pytest.TempPathFactory, stored: str) -> None:
    folder = tmp_path_factory.mktemp("model")
    (folder / "judge.json").write_text(stored)
    with pytest.raises(ModelError, match=r"judge\.json"):
        read_calibration(folder)


def test_who_denies_a_claim_contradicts_who_makes_it() -> None:
    denied, made = said("the plant was closed", stance=Stance.DENIED), said("the plant was closed", by="Bo Lind")
    judgement = TwoWayJudge(FakeClassifier(), Calibration()).judge([Pair(denied, made, 1.0)])[0]
    assert judgement.score > 0.5
    assert judgement.forward.contradiction > 0.9


def test_two_who_deny_the_same_agree() -> None:
    forward, backward = under_denial(Stance.DENIED, Stance.DENIED, FOLLOWS, FOLLOWS)
    assert forward.entailment > 0.9
    assert backward.contradiction == 0


def test_what_both_sides_left_out_is_asked_with_and_without() -> None:
    signed = replace(said("The contract has been signed"), additions=(Addition(12, "for the trams"),))
    none = replace(said("There is no contract", by="Bo Lind"), additions=(Addition(20, "with the tram maker"),))
    assert wordings(Pair(signed, none, 0.5)) == [
        ("The contract for the trams has been signed", "There is no contract with the tram maker"),
        ("The contract has been signed", "There is no contract"),
    ]
    assert len(wordings(Pair(signed, said("There is no contract", by="Bo Lind"), 0.5))) == 1


@given(scores(), scores(), st.sampled_from(Stance), st.sampled_from(Stance))
def test_a_denial_keeps_probabilities_probabilities(one: Scores, other: Scores, left: Stance, right: Stance) -> None:
    for each in under_denial(left, right, one, other):
        assert abs(each.entailment + each.neutral + each.contradiction - 1) < 1e-6


def test_judgements_come_in_the_order_of_the_pairs() -> None:
    claims = [said(f"The dam holds {number} tons", by=str(number)) for number in range(6)]
    pairs = [Pair(one, other, 0.5) for one in claims for other in claims if one.id < other.id]
    judgements = TwoWayJudge(FakeClassifier(), Calibration()).judge(pairs)
    assert [judgement.pair for judgement in judgements] == pairs


def test_where_only_contradictions_are_wanted_what_is_plainly_none_is_asked_one_way_and_left_out() -> None:
    asked: list[tuple[str, str]] = []

    class Sure:
        name = "sure@0"

        def classify(self, pairs: Sequence[tuple[str, str]]) -> Probabilities:
            asked.extend(pairs)
            clashing = [("not" in premise) != ("not" in hypothesis) for premise, hypothesis in pairs]
            return np.array([(0.01, 0.01, 0.98) if clash else (0.01, 0.985, 0.005) for clash in clashing])

    judge = TwoWayJudge(Sure(), Calibration())
    clash = Pair(said("The contract has been signed"), said("The contract has not been signed", by="Bo"), 0.9)
    apart = Pair(said("The contract has been signed"), said("It rained all day in the north", by="Cy"), 0.1)
    assert judge.doubtful([apart, clash]) == judge.judge([clash])
    assert asked.count((apart.right.judged, apart.left.judged)) == 0
