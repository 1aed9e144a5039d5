"""Which claims are compared: by story, generously, within a budget, and the same whatever order they came in."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.records import Claim
from nli.blocking import candidates
from nli.records import Pair, Shelf
from tests.fakes import FakeEncoder
from tests.nli.statements import said

MATTERS = ("the harbour bridge", "the salmon quota", "the tram strike", "the dam at Corrin")
ACTS = ("was approved", "was cancelled on Monday", "cost 12 million", "has many friends", "was never discussed")


def shelf(*claims: Claim) -> Shelf:
    return Shelf(claims, FakeEncoder().encode([claim.judged for claim in claims]))


def ids(pairs: list[Pair]) -> set[tuple[str, str]]:
    return {(pair.left.id, pair.right.id) for pair in pairs}


def some_claims(number: int) -> list[Claim]:
    return [
        said(
            f"{MATTERS[each % 4]} {ACTS[each % 5]}",
            by=f"Speaker {each % 3}" if each % 3 else None,
            article=f"a{each % 6}",
            day=f"2024-03-0{1 + each % 6}",
            start=100 * each,
        )
        for each in range(number)
    ]


@given(st.integers(2, 24), st.integers(1, 6))
@settings(max_examples=30, deadline=None)
def test_pairs_are_of_two_articles_or_of_a_speaker_and_somebody_else(number: int, per_claim: int) -> None:
    for pair in candidates(shelf(*some_claims(number)), Shelf.empty(), per_claim):
        narrated = [claim.holder is None or claim.holder.narrator for claim in (pair.left, pair.right)]
        assert pair.left.article != pair.right.article or not all(narrated)
        assert pair.left.id != pair.right.id
        assert (pair.left.published or "") <= (pair.right.published or "")


@given(st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_the_order_in_which_articles_come_changes_nothing(mixed: random.Random) -> None:
    claims = some_claims(20)
    shuffled = list(claims)
    mixed.shuffle(shuffled)
    assert ids(candidates(shelf(*claims), Shelf.empty(), 3)) == ids(candidates(shelf(*shuffled), Shelf.empty(), 3))


def test_a_claim_chooses_no_more_than_its_budget() -> None:
    claims = some_claims(24)
    assert len(candidates(shelf(*claims), Shelf.empty(), 2)) <= 2 * len(claims)


def test_what_is_stored_is_not_compared_again() -> None:
    stored, new = some_claims(12), said("the tram strike was called off", by="Bo Lind", article="new")
    pairs = candidates(shelf(new), shelf(*stored), 20)
    assert pairs
    assert all(new.id in (pair.left.id, pair.right.id) for pair in pairs)


def test_articles_that_come_one_by_one_lose_no_pair_that_they_have_together() -> None:
    claims = some_claims(18)
    together = ids(candidates(shelf(*claims), Shelf.empty(), 4))
    stored, one_by_one = Shelf.empty(), set()
    for article in sorted({claim.article for claim in claims}):
        new = shelf(*(claim for claim in claims if claim.article == article))
        one_by_one |= ids(candidates(new, stored, 4))
        stored += new
    assert together <= one_by_one


def test_claims_of_one_matter_are_taken_before_claims_of_another() -> None:
    bridge = said("the harbour bridge at Corrin was approved by the council", by="Ada", article="a")
    same = said("no council has approved the harbour bridge at Corrin", by="Bo", article="b")
    others = [
        said(f"the salmon quota of region {each} was approved", by="Cy", article=f"c{each}", start=each)
        for each in range(9)
    ]
    best = candidates(shelf(bridge, same, *others), Shelf.empty(), 1)
    assert {bridge.id, same.id} in [{pair.left.id, pair.right.id} for pair in best]


def test_nothing_new_means_no_pairs() -> None:
    assert candidates(Shelf.empty(), shelf(*some_claims(4)), 20) == []
