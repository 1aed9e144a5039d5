"""Signed graphs, taken apart: friends together, enemies apart, and no chain of enmities makes one camp."""

import random
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from nli.signed import ALIKE, Graph, camps, graph, groups

Weighted = dict[tuple[int, int], float]

NODES = 9


@st.composite
def signed(draw: st.DrawFn) -> tuple[Weighted, Weighted]:
    """Friendships and enmities; no two nodes are both."""
    pairs = list(combinations(range(NODES), 2))
    signs = draw(st.lists(st.sampled_from("+-    "), min_size=len(pairs), max_size=len(pairs)))
    weights = draw(st.lists(st.sampled_from([0.45, 0.6, 0.8, 0.95]), min_size=len(pairs), max_size=len(pairs)))
    made = list(zip(pairs, signs, weights, strict=True))
    return ({pair: w for pair, sign, w in made if sign == "+"}, {pair: w for pair, sign, w in made if sign == "-"})


def of(weighted: Weighted) -> Graph:
    return graph((one, other, weight) for (one, other), weight in weighted.items())


def shuffled(weighted: Weighted, mixed: random.Random) -> Graph:
    return of(dict(mixed.sample(sorted(weighted.items()), len(weighted))))


@given(signed())
def test_groups_are_a_division_without_an_enmity_inside(given_: tuple[Weighted, Weighted]) -> None:
    friends, enemies = given_
    found = groups(NODES, of(friends), of(enemies))
    assert sorted(node for group in found for node in group) == list(range(NODES))
    for group in found:
        assert not any(pair in enemies for pair in combinations(group, 2))


@given(signed())
def test_no_two_groups_that_are_left_are_friends_enough_to_be_one(given_: tuple[Weighted, Weighted]) -> None:
    friends, enemies = given_
    for one, other in combinations(groups(NODES, of(friends), of(enemies)), 2):
        pairs = [(min(a, b), max(a, b)) for a in one for b in other]
        if not any(pair in enemies for pair in pairs):
            assert sum(friends.get(pair, 0.0) for pair in pairs) / len(pairs) < ALIKE + 1e-6


@given(signed())
def test_every_enmity_is_within_exactly_one_camp_and_across_its_sides(given_: tuple[Weighted, Weighted]) -> None:
    friends, enemies = given_
    within: list[tuple[int, int]] = []
    for sides in camps(of(enemies), of(friends)):
        members = [node for side in sides for node in side]
        assert len(sides) >= 2
        assert all(sides)
        assert len(members) == len(set(members))
        within += [pair for pair in combinations(sorted(members), 2) if pair in enemies]
        assert not any(pair in enemies for side in sides for pair in combinations(sorted(side), 2))
    assert sorted(within) == sorted(enemies)


@given(signed(), st.randoms(use_true_random=False))
def test_the_order_of_the_evidence_changes_nothing(given_: tuple[Weighted, Weighted], mixed: random.Random) -> None:
    friends, enemies = given_
    assert groups(NODES, shuffled(friends, mixed), shuffled(enemies, mixed)) == groups(NODES, of(friends), of(enemies))
    assert [*camps(shuffled(enemies, mixed), shuffled(friends, mixed))] == [*camps(of(enemies), of(friends))]


def test_one_friend_among_three_strangers_does_not_make_a_group() -> None:
    close = dict.fromkeys(combinations(range(3), 2), 0.9)
    assert groups(4, of(close | {(2, 3): 0.9}), {}) == [[0, 1, 2], [3]]


def test_three_that_are_enemies_of_each_other_have_a_side_each() -> None:
    assert [*camps(graph([(0, 1, 0.9), (1, 2, 0.8), (0, 2, 0.7)]), {})] == [[[0], [1], [2]]]


def test_two_who_have_the_same_enemy_stand_on_one_side() -> None:
    assert [*camps(graph([(0, 2, 0.9), (1, 2, 0.8)]), {})] == [[[0, 1], [2]]]


def test_a_chain_of_enmities_is_not_one_camp() -> None:
    chain = graph((node, node + 1, 0.95) for node in range(8))
    assert max(len(side) for sides in camps(chain, {}) for side in sides) == 2
    assert max(sum(map(len, sides)) for sides in camps(chain, {})) == 3


def test_of_two_that_could_join_the_friend_joins_first() -> None:
    # 2 and 3 are enemies of 0 and, a little, of each other: only one of them can stand beside 1.
    enemies = graph([(0, 1, 0.9), (0, 2, 0.6), (0, 3, 0.8), (2, 3, 0.45)])
    assert next(camps(enemies, graph([(1, 2, 0.5)]))) == [[0], [1, 2]]
    assert next(camps(enemies, {})) == [[0], [1, 3]]
