"""What each stage said of a pair is what the job itself did with it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.records import Aspect, Claim
from nli.blocking import candidates, standing
from nli.pipeline import relations
from nli.records import Relation, Shelf
from nli.relation import THRESHOLDS
from nli.why import why
from tests.fakes import FakeEncoder, FakeJudge
from tests.nli.statements import said
from tests.nli.test_blocking import ids, shelf, some_claims


@given(st.integers(2, 18), st.integers(1, 5))
@settings(max_examples=15, deadline=None)
def test_a_pair_counts_as_compared_just_where_it_is_a_candidate(number: int, per_claim: int) -> None:
    claims = some_claims(number)
    chosen = ids(candidates(shelf(*claims), Shelf.empty(), per_claim))
    for at, one in enumerate(claims):
        for other in claims[at + 1 :]:
            stands = standing(one.id, other.id, shelf(*claims), per_claim)
            assert stands.compared is ((stands.pair.left.id, stands.pair.right.id) in chosen)


def test_the_pair_and_the_finding_are_those_of_the_job() -> None:
    claims = some_claims(14)
    pairs = candidates(shelf(*claims), Shelf.empty(), 4)
    findings = relations(pairs, FakeJudge().judge)
    doubtful = {each.pair for each in FakeJudge().doubtful(pairs)}
    for pair, finding in zip(pairs, findings, strict=True):
        told = why(pair.right.id, pair.left.id, shelf(*claims), FakeJudge(), 4)
        assert told.standing.pair == pair
        assert told.finding == finding
        assert told.doubtful is (pair in doubtful)


def of_two(left: Claim, right: Claim) -> Shelf:
    return Shelf((left, right), FakeEncoder().encode([left.judged, right.judged]))


def test_all_rules_that_fit_are_told_and_the_first_decides() -> None:
    hope = said("The council has signed the tram contract", aspect=Aspect.HOPE)
    question = said("The council has not signed the tram contract", by="Bo Lind", aspect=Aspect.QUESTION)
    told = why(hope.id, question.id, of_two(hope, question), FakeJudge())
    assert told.finding.score >= THRESHOLDS.contradiction
    assert len(told.rules) == 2
    assert told.finding.relation is told.rules[0].relation is Relation.COMPATIBLE
    assert told.rules[0].because in told.finding.reason


def test_a_contradiction_is_one_because_no_rule_fits() -> None:
    signed = said("The council has signed the tram contract")
    denied = said("The council has not signed the tram contract", by="Bo Lind", day="2024-03-02")
    told = why(signed.id, denied.id, of_two(signed, denied), FakeJudge())
    assert (told.finding.relation, told.rules) == (Relation.CONTRADICTION, ())


def test_below_the_score_of_a_contradiction_no_rule_is_asked() -> None:
    one = said("The council has signed the tram contract", aspect=Aspect.HOPE)
    other = said("The river rose", by="Bo Lind", aspect=Aspect.HOPE)
    told = why(one.id, other.id, of_two(one, other), FakeJudge())
    assert told.finding.score < THRESHOLDS.contradiction
    assert told.rules == ()


def test_two_sentences_of_one_narrator_are_no_partners_and_are_judged_here_all_the_same() -> None:
    one = said("The council has signed the tram contract", by=None, article="a")
    other = said("The council has not signed the tram contract", by=None, article="a", start=100)
    told = why(one.id, other.id, of_two(one, other), FakeJudge())
    assert not told.standing.comparable
    assert (told.standing.left_rank, told.standing.right_rank, told.standing.compared) == (None, None, False)
    assert told.standing.closeness is None
    assert told.finding.relation is Relation.CONTRADICTION


def test_one_claim_and_an_unknown_one_are_refused() -> None:
    claims = some_claims(3)
    with pytest.raises(ValueError, match="twice"):
        standing(claims[0].id, claims[0].id, shelf(*claims))
    with pytest.raises(KeyError):
        standing(claims[0].id, "nobody's", shelf(*claims))
