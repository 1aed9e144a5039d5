from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import wording
from app.wording import LIKELIHOODS, PARTIES, VERBS, Mark, because, circumstances, likelihood, speaker, stretches
from corpus.records import Addition, Claim, Span, Stance
from nli.explanation import reason
from nli.records import Parties, Relation
from tests.app.statements import NOTHING_NEW, RAIN, SIGNED, a_finding


def test_every_relation_and_party_has_words() -> None:
    assert set(VERBS) == set(Relation)
    assert set(PARTIES) == set(Parties)


def test_no_words_take_sides() -> None:
    said = " ".join([*VERBS.values(), *PARTIES.values(), *(" ".join(each[1:]) for each in LIKELIHOODS)])
    assert not {"false", "lie", "lies", "liar", "debunked", "wrong", "untrue"} & set(said.lower().split())


@pytest.mark.parametrize(("score", "word"), [(1, "likely"), (0.6, "likely"), (0.4, "possible"), (0, "unlikely")])
def test_a_score_has_a_word(score: float, word: str) -> None:
    assert likelihood(score)[0] == word


def test_a_named_holder_speaks_for_himself_and_the_outlet_reports_him() -> None:
    assert speaker(SIGNED) == "Ivan Petrov"
    assert circumstances(SIGNED) == "quoted by The Exporter, 23 Aug 2020"
    assert circumstances(NOTHING_NEW) == "reported by Ankara Post, 1 Sep 2022"


def test_a_denial_is_told_as_one() -> None:
    assert (
        circumstances(replace(NOTHING_NEW, stance=Stance.DENIED)) == "denying this, reported by Ankara Post, 1 Sep 2022"
    )


def test_without_outlet_and_date_nothing_is_made_up() -> None:
    assert speaker(RAIN) == "article a3"
    assert circumstances(RAIN) == "in its own words, undated"
    assert wording.source(RAIN) == "article a3, characters 0-9"


def test_the_reason_does_not_repeat_what_is_shown_beside_it() -> None:
    told = replace(a_finding(), reason=reason(SIGNED, NOTHING_NEW, "one side negates what the other asserts"))
    assert "Ivan Petrov" in told.reason
    assert because(told) == "one side negates what the other asserts."
    assert because(a_finding()) == a_finding().reason


def test_added_context_is_told_from_the_words() -> None:
    assert stretches(SIGNED) == [
        ("The contract ", Mark.SAID),
        ("[for the S-400]", Mark.ADDED),
        (" has been signed", Mark.SAID),
    ]


def test_what_stands_for_a_pronoun_follows_it() -> None:
    claim = Claim("c", "a", 0, 13, "It was signed", additions=(Addition(0, "the contract", replaces=2),))
    assert "".join(text for text, _ in stretches(claim)) == claim.reading == "It [the contract] was signed"


def test_clashing_words_count_in_the_article_and_may_reach_beyond_the_claim() -> None:
    assert stretches(SIGNED, [Span(122, 500)])[-1] == ("signed", Mark.CLASHING)


def test_the_space_between_two_marks_is_marked_as_neither() -> None:
    marked = stretches(SIGNED, [Span(104, 112), Span(113, 116)])
    assert ("contract", Mark.CLASHING) in marked
    assert ("has", Mark.CLASHING) in marked


@given(
    st.text("ab ,.\n\xa0", min_size=1, max_size=30),
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=3),
    st.lists(st.integers(0, 30), max_size=3),
)
def test_nothing_is_lost_but_white_space(text: str, spans: list[tuple[int, int]], additions: list[int]) -> None:
    claim = Claim("c", "a", 0, len(text), text, additions=tuple(Addition(min(at, len(text)), "x") for at in additions))
    shown = stretches(claim, [Span(min(each), max(each)) for each in spans])
    own = "".join(part for part, mark in shown if mark is not Mark.ADDED)
    assert "".join(own.split()) == "".join(text.split())
    assert sum(part.count("[x]") for part, mark in shown if mark is Mark.ADDED) == len(additions)
    assert "  " not in "".join(part for part, _ in shown)
