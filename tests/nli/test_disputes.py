"""One question, two positions or more, who holds which since when; and no story becomes one blob."""

import random
from dataclasses import replace
from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from corpus.records import Claim
from nli.disputes import disputes
from nli.records import Dispute, Finding, Relation
from nli.relation import relate
from tests.nli.statements import FOLLOWS, NEUTRAL, judged, said


def clash(left: Claim, right: Claim, score: float = 0.9) -> Finding:
    return Finding(judged(left, right, score=score), Relation.CONTRADICTION, "because")


def accord(left: Claim, right: Claim) -> Finding:
    return relate(judged(left, right, score=0.02, both=FOLLOWS))


def spoken(number: int, text: str = "", day: str = "") -> Claim:
    """The number's own claim, by its own speaker, on its own day if none is named."""
    by = f"Speaker Number{number}"
    return said(text or f"statement {number} of the matter", by=by, day=day or f"2024-03-{number + 1:02}")


SIGNED = said("The contract for the trams has been signed", by="Ada Brown", day="2024-03-01")
SURE = said("The tram contract has long been signed", by="Bo Lind", day="2024-03-05")
DENIED = said("No contract for the trams has been signed", by="Cy Dunn", day="2024-03-09")
STORY = [clash(SIGNED, DENIED, 0.9), clash(SURE, DENIED, 0.8), accord(SIGNED, SURE)]


@st.composite
def findings(draw: st.DrawFn) -> list[Finding]:
    """Any relations among nine claims."""
    some = [spoken(number) for number in range(9)]
    pairs = list(combinations(some, 2))
    signs = draw(st.lists(st.sampled_from("+-    "), min_size=len(pairs), max_size=len(pairs)))
    scores = draw(st.lists(st.sampled_from([0.45, 0.7, 0.95]), min_size=len(pairs), max_size=len(pairs)))
    made = zip(pairs, signs, scores, strict=True)
    return [accord(*pair) if sign == "+" else clash(*pair, score) for pair, sign, score in made if sign != " "]


def sides(dispute: Dispute) -> list[set[str]]:
    return [{claim.id for claim in position.claims} for position in dispute.positions]


def elsewhere(number: int) -> list[Finding]:
    """A dispute of other people on another matter."""
    left = said("The dam at Corrin is safe", by=f"Other{number} One", day="2023-01-01", article=f"x{number}")
    right = said("The dam at Corrin is not safe", by=f"Other{number} Two", day="2025-01-01", article=f"y{number}")
    return [clash(left, right)]


def test_claims_that_agree_hold_one_position_and_face_the_one_they_contradict() -> None:
    (found,) = disputes(STORY)
    assert sides(found) == [{SIGNED.id, SURE.id}, {DENIED.id}]
    assert [each.against for each in found.positions] == [(1,), (0,)]
    assert [voice.name for voice in found.positions[0].voices] == ["Ada Brown", "Bo Lind"]
    assert [voice.since for voice in found.positions[0].voices] == ["2024-03-01", "2024-03-05"]
    assert [each.since for each in found.positions] == ["2024-03-01", "2024-03-09"]


def test_the_question_is_made_of_the_words_that_both_sides_use() -> None:
    (found,) = disputes([clash(SIGNED, DENIED)])
    assert found.question == "Contract for the trams has been signed?"


@given(findings())
def test_a_question_asks_in_the_words_of_the_claims_alone(some: list[Finding]) -> None:
    for dispute in disputes(some):
        said_by_both = {word.casefold() for claim, _ in dispute.timeline for word in claim.judged.split()}
        assert dispute.question.endswith("?")
        assert set(dispute.question[:-1].casefold().replace("”", "").replace("“", "").split()) <= said_by_both | {"or"}


def test_where_the_sides_share_too_few_words_both_stand_in_the_question() -> None:
    (found,) = disputes([clash(said("Nobody warned us"), said("The crew sounded the alarm", by="Bo Lind"))])
    assert found.question == "“Nobody warned us” or “The crew sounded the alarm”?"


def test_the_timeline_has_every_claim_once_by_day() -> None:
    (found,) = disputes(STORY)
    assert [(claim.id, place) for claim, place in found.timeline] == [(SIGNED.id, 0), (SURE.id, 0), (DENIED.id, 1)]


@given(findings())
def test_every_contradiction_is_in_exactly_one_dispute_and_between_its_positions(some: list[Finding]) -> None:
    found = disputes(some)
    told = [each.id for dispute in found for each in dispute.contradictions]
    assert sorted(told) == sorted(each.id for each in some if each.relation is Relation.CONTRADICTION)
    for dispute in found:
        positions = sides(dispute)
        for each in dispute.contradictions:
            one = next(place for place, ids in enumerate(positions) if each.left.id in ids)
            other = next(place for place, ids in enumerate(positions) if each.right.id in ids)
            assert other in dispute.positions[one].against
            assert one in dispute.positions[other].against


@given(findings())
def test_no_position_contradicts_itself(some: list[Finding]) -> None:
    clashing = {frozenset((each.left.id, each.right.id)) for each in some if each.relation is Relation.CONTRADICTION}
    for dispute in disputes(some):
        for ids in sides(dispute):
            assert not any(frozenset(pair) in clashing for pair in combinations(ids, 2))


@given(findings(), st.randoms(use_true_random=False))
def test_the_order_of_findings_changes_nothing(some: list[Finding], mixed: random.Random) -> None:
    assert disputes(mixed.sample(some, len(some))) == disputes(some)


@given(findings(), st.integers(1, 3))
def test_unrelated_articles_change_no_dispute(some: list[Finding], number: int) -> None:
    others = [each for at in range(number) for each in elsewhere(at)]
    before = {each.id: each for each in disputes(some)}
    after = {each.id: each for each in disputes([*others, *some])}
    assert before.items() <= after.items()
    assert len(after) == len(before) + number


@given(findings())
def test_other_names_for_the_same_people_change_no_side(some: list[Finding]) -> None:
    def renamed(claim: Claim) -> Claim:
        assert claim.holder is not None
        return replace(claim, holder=replace(claim.holder, name=claim.holder.name[::-1]))

    def mirrored(found: Finding) -> Finding:
        pair = found.judgement.pair
        return replace(
            found,
            judgement=replace(found.judgement, pair=replace(pair, left=renamed(pair.left), right=renamed(pair.right))),
        )

    same = disputes(list(map(mirrored, some)))
    assert [(each.id, sides(each)) for each in same] == [(each.id, sides(each)) for each in disputes(some)]


def test_a_later_article_of_the_same_matter_keeps_the_id() -> None:
    (before,) = disputes(STORY)
    later = said("There is no tram contract", by="Di Evans", day="2024-04-01")
    (after,) = disputes([*STORY, clash(SIGNED, later), accord(DENIED, later)])
    assert after.id == before.id
    assert after.newest == "2024-04-01"
    assert sides(after)[1] == {DENIED.id, later.id}


def test_a_chain_of_contradictions_does_not_make_one_blob() -> None:
    chain = [spoken(number) for number in range(8)]
    found = disputes([clash(one, other, 0.95) for one, other in pairwise(chain)])
    assert max(len(each.positions) for each in found) == 3
    assert len(found) == 4


def test_three_figures_that_exclude_each_other_are_three_positions_on_one_question() -> None:
    tolls = [spoken(at, f"{number} people died in the fire") for at, number in enumerate((9, 14, 30))]
    (found,) = disputes([clash(*pair) for pair in combinations(tolls, 2)])
    assert [each.against for each in found.positions] == [(1, 2), (0, 2), (0, 1)]


def test_the_newest_clash_comes_first_and_undated_ones_last() -> None:
    old = clash(spoken(0, day="2020-01-01"), spoken(1, day="2020-01-02"))
    new = clash(spoken(2, day="2019-01-01"), spoken(3, day="2024-01-02"))
    undated = clash(said("It rained", by="Ed Frost", day=None), said("It was dry", by="Flo Gray", day=None))
    assert [each.newest for each in disputes([undated, old, new])] == ["2024-01-02", "2020-01-02", None]


def test_a_pair_that_neither_clashes_nor_agrees_is_passed_over() -> None:
    assert disputes([relate(judged(SIGNED, SURE, score=0.1, both=NEUTRAL))]) == []
    assert disputes([]) == []


def test_a_copy_is_no_second_origin() -> None:
    copy = replace(SIGNED, id="copy", article="copy", outlet="The Copy", holder=None)
    (found,) = disputes([clash(SIGNED, DENIED), clash(copy, DENIED), accord(SIGNED, copy)])
    assert [each.origins for each in found.positions] == [1, 1]


def test_two_speakers_in_two_articles_are_two_origins_unless_one_article_is_a_copy() -> None:
    (apart,) = disputes(STORY)
    (copied,) = disputes(STORY, {SURE.article: SIGNED.article})
    assert [each.origins for each in apart.positions] == [2, 1]
    assert [each.origins for each in copied.positions] == [1, 1]


def test_one_speaker_who_says_both_stands_on_both_sides() -> None:
    back = said("No contract for the trams has been signed", by="Ada Brown", day="2024-04-01")
    (found,) = disputes([clash(SIGNED, back)])
    assert [[voice.name for voice in each.voices] for each in found.positions] == [["Ada Brown"], ["Ada Brown"]]
