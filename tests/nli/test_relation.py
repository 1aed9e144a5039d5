"""The five relations, each rule as two statements and a verdict."""

from dataclasses import replace

import pytest

from corpus.records import Addition, Aspect, Claim
from nli.chronology import Order, order
from nli.explanation import clash
from nli.parties import same_holder
from nli.records import Kind, Parties, Relation
from nli.relation import relate
from tests.nli.statements import FOLLOWS, NEUTRAL, judged, said

LATER, MUCH_LATER = "2024-03-02", "2026-08-16"


def relation(left: Claim, right: Claim, score: float = 0.95) -> Relation:
    return relate(judged(left, right, score=score)).relation


def test_an_event_against_its_later_denial_stays_a_contradiction_whatever_the_gap() -> None:
    signed = said("the contract has been signed", day="2020-08-24")
    none = said("there are no agreements", by="Bo Lind", day=MUCH_LATER, aspect=Aspect.STATE)
    assert relation(signed, none) is Relation.CONTRADICTION


def test_a_state_that_a_later_event_changed_is_superseded() -> None:
    state = said("the firm makes no such systems abroad", day="2017-06-02", aspect=Aspect.STATE)
    event = said("the firm has built a plant in Egypt", by="Bo Lind", day=MUCH_LATER)
    assert relation(state, event) is Relation.SUPERSEDED


def test_a_state_against_what_is_said_of_the_same_days_is_a_contradiction() -> None:
    state = said("the reactor is running", aspect=Aspect.STATE)
    event = said("the reactor was shut down on Friday", by="Bo Lind", day=LATER)
    assert relation(state, event) is Relation.CONTRADICTION


def test_a_plan_that_changed_is_superseded() -> None:
    plan = said("the bridge is to open in May", aspect=Aspect.PLAN)
    assert relation(plan, said("the opening was put off", by="Bo Lind", day=MUCH_LATER)) is Relation.SUPERSEDED


def test_a_guarantee_that_was_broken_is_a_contradiction() -> None:
    promise = said("the bridge will open in May, that is guaranteed", aspect=Aspect.PLAN)
    assert relation(promise, said("the opening was put off", by="Bo Lind", day=MUCH_LATER)) is Relation.CONTRADICTION


def test_looking_back_before_a_state_is_no_update_of_it() -> None:
    state = said("the wells are clean", aspect=Aspect.STATE)
    back = said("the wells had been poisoned all along", by="Bo Lind", day=MUCH_LATER)
    assert relation(state, back) is Relation.CONTRADICTION


def test_a_forecast_that_events_refute_is_a_failed_prediction() -> None:
    forecast = said("the deal will never go through", aspect=Aspect.FORECAST)
    found = relate(judged(forecast, said("the deal was closed", by="Bo Lind", day=MUCH_LATER)))
    assert (found.relation, found.kind) == (Relation.CONTRADICTION, Kind.FAILED_PREDICTION)


def test_a_forecast_is_not_refuted_by_what_was_so_before_it() -> None:
    nothing = said("there is no deal", aspect=Aspect.STATE)
    forecast = said("there will be a deal", by="Bo Lind", day=MUCH_LATER, aspect=Aspect.FORECAST)
    assert relation(nothing, forecast) is Relation.COMPATIBLE
    beside = said("there will be a deal", by="Bo Lind", article=nothing.article, aspect=Aspect.FORECAST, start=99)
    assert relation(nothing, beside) is Relation.COMPATIBLE


@pytest.mark.parametrize(
    ("aspect", "expected"),
    [
        (Aspect.HOPE, Relation.COMPATIBLE),
        (Aspect.QUESTION, Relation.COMPATIBLE),
        (Aspect.CONDITION, Relation.COMPATIBLE),
        (Aspect.OPINION, Relation.UNCERTAIN),
    ],
)
def test_what_is_not_asserted_is_not_contradicted(aspect: Aspect, expected: Relation) -> None:
    assert relation(said("the talks end well", aspect=aspect), said("the talks collapsed", by="Bo Lind")) is expected


def test_without_dates_an_update_is_not_told_from_a_clash_and_the_reason_says_so() -> None:
    state = said("the mine employs 400 people", day=None, aspect=Aspect.STATE)
    found = relate(judged(state, said("the mine was closed", by="Bo Lind", day=None)))
    assert found.relation is Relation.UNCERTAIN
    assert "without dates" in found.reason


def test_the_years_that_undated_articles_name_tell_which_came_first() -> None:
    old = said("the mine employs 400 people", day=None, aspect=Aspect.STATE, written="2018")
    assert relation(old, said("the mine was closed", by="Bo Lind", day=None, written="2023")) is Relation.SUPERSEDED


def test_rounding_is_no_contradiction() -> None:
    left, right = said("about 5 million voted"), said("4.9 million voted", by="Bo Lind")
    assert relation(left, right) is Relation.COMPATIBLE


def test_events_of_different_years_do_not_clash_and_two_years_for_one_event_do() -> None:
    bought = said("the navy bought two frigates in 2017")
    assert relation(bought, said("the offer had been withdrawn in 2013", by="Bo Lind")) is Relation.COMPATIBLE
    again = relate(judged(bought, said("the navy bought two frigates in 2013", by="Bo Lind")))
    assert (again.relation, again.kind) == (Relation.CONTRADICTION, Kind.DATE)


def test_a_count_that_went_on_is_superseded_and_two_counts_of_one_day_contradict_each_other() -> None:
    first = said("at least nine people died", day="2024-03-01")
    assert relation(first, said("fourteen people died", by="Bo Lind", day=LATER)) is Relation.SUPERSEDED
    assert relation(first, said("fourteen people died", by="Bo Lind", day="2024-03-01")) is Relation.CONTRADICTION
    assert relation(said("nine died"), said("fourteen died", by="Bo Lind", day=LATER)) is Relation.CONTRADICTION


def test_a_pronoun_that_nobody_could_resolve_leaves_a_clash_uncertain() -> None:
    failed = said("That effort failed", by="Bo Lind")
    unclear = said("But it’s going very well")
    assert relation(said("The effort goes very well"), failed) is Relation.CONTRADICTION
    assert relation(unclear, failed) is Relation.UNCERTAIN
    resolved = replace(unclear, additions=(Addition(4, "The effort", 2),))
    assert relation(resolved, failed) is Relation.CONTRADICTION


def test_copies_of_one_text_are_no_contradiction() -> None:
    words = "the ferry sank off the cape with 12 people aboard, the coast guard said"
    assert relation(said(words, by=None, article="a"), said(words, by=None, article="b")) is Relation.COMPATIBLE


@pytest.mark.parametrize(
    "other",
    [
        "the ferry never sank off the cape with 12 people aboard, the coast guard said",
        "the ferry sank off the cape with 19 people aboard, the coast guard said",
    ],
)
def test_one_word_that_turns_a_claim_makes_it_no_copy(other: str) -> None:
    words = "the ferry sank off the cape with 12 people aboard, the coast guard said"
    left, right = said(words, by=None, article="a"), said(other, by=None, article="b")
    assert relation(left, right) is Relation.CONTRADICTION


def test_independent_origins_that_agree_corroborate_each_other_and_one_origin_does_not() -> None:
    left, right = said("the deal was scrapped"), said("they gave up the whole deal", by="Bo Lind")
    assert relate(judged(left, right, score=0.01, both=FOLLOWS)).relation is Relation.CORROBORATION
    again = said("they gave up the whole deal", day=LATER)
    assert relate(judged(left, again, score=0.01, both=FOLLOWS)).relation is Relation.COMPATIBLE


def test_what_the_judge_is_not_sure_of_is_uncertain_and_what_it_does_not_see_is_compatible() -> None:
    left, right = said("the deal was scrapped"), said("the talks went on", by="Bo Lind")
    assert relation(left, right, score=0.2) is Relation.UNCERTAIN
    assert relate(judged(left, right, score=0.05, both=NEUTRAL)).relation is Relation.COMPATIBLE


def test_one_holder_on_both_sides_is_a_reversal_two_are_a_dispute() -> None:
    left = said("we signed nothing", by="Ada Brown")
    assert relate(judged(left, said("we signed in May", by="Brown", day=MUCH_LATER))).parties is Parties.REVERSAL
    assert relate(judged(left, said("the firm signed in May", by="Bo Lind"))).parties is Parties.DISPUTE


def test_a_paraphrase_against_the_quotation_of_the_same_day_is_a_misquote() -> None:
    paraphrase, quotation = said("the mine was safe"), said("the mine was never safe", day=LATER, quoted=True)
    assert relate(judged(paraphrase, quotation)).parties is Parties.MISQUOTE


def test_nobody_is_joined_on_a_first_name_or_with_nobody() -> None:
    assert same_holder(said("x", by="Ismail Demir"), said("y", by="Demir"))
    assert same_holder(said("x", by="Mevlüt Çavuşoğlu"), said("y", by="Cavusoğlu"))
    assert not same_holder(said("x", by="Ismail Demir"), said("y", by="Ismail"))
    assert not same_holder(said("x", by="Ismail Demir"), said("y", by="Selma Demir"))


@pytest.mark.parametrize(
    ("left", "right", "kind"),
    [
        ("12 people died", "15 people died", Kind.NUMERIC),
        ("prices rose in the north", "prices fell in the north", Kind.ANTONYM),
        ("the contract was signed", "no contract was signed", Kind.NEGATION),
        ("he was arrested in March", "he was arrested in June", Kind.DATE),
        ("a spark caused by a cable lit it", "it was blamed on arson", Kind.CAUSE),
        ("the vote must be held", "the vote is held", Kind.MODAL),
        ("she took over the firm", "her brother runs the firm", Kind.LEXICAL),
    ],
)
def test_the_kind_is_the_surest_sign(left: str, right: str, kind: Kind) -> None:
    assert clash(said(left), said(right, by="Bo Lind")).kind is kind


def test_clashing_spans_are_offsets_into_the_articles() -> None:
    text = "Officials say 12 people died"
    left = said("12 people died", article="a", start=text.index("12"))
    right = said("15 people died", by="Bo Lind", article="b")
    found = relate(judged(left, right))
    assert [span.of(text) for span in found.left_spans] == ["12"]
    assert [span.of(right.text) for span in found.right_spans] == ["15"]


def test_claims_of_one_article_are_of_one_time() -> None:
    assert order(said("x", article="a", day=None), said("y", article="a", day=None)) is Order.TOGETHER
    assert order(said("x", day="2024-03-01"), said("y", day="2024-03-03")) is Order.TOGETHER
    assert order(said("x", day="2024-03-05"), said("y", day="2024-03-01")) is Order.RIGHT_FIRST
    assert order(said("x", day=None), said("y", day="2024-03-01")) is Order.UNKNOWN


def test_the_reason_names_both_holders_and_never_a_verdict() -> None:
    told = relate(judged(said("the dam held"), said("the dam broke", by="Bo Lind"))).reason
    assert "Ada Brown" in told
    assert "Bo Lind" in told
    assert not {"false", "lie", "debunked", "wrong"} & set(told.lower().split())
