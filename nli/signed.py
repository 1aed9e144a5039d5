"""Signed graphs taken apart: groups that are friends inside, and camps of groups that are enemies of each other.

Plus is a friendship, minus an enmity. Such a graph falls into groups with friends inside and enemies outside just when
no cycle has exactly one minus (Davis 1967, "Clustering and structural balance in graphs"). What judges say is seldom
that clean, and the best division is hard to find (correlation clustering; Bansal, Blum and Chawla 2004), so both steps
are greedy, the strongest evidence first, and the same whatever order the evidence came in.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, count

ALIKE = 0.5
"""Two groups become one where their nodes are friends so much on average; two that are not count 0."""

FACING = 0.5
"""A group joins a camp where it is the enemy, so much on average, of those that it would face: of more than half of
them, however sure each enmity is. In a chain (A against B, B against C, C against D) that keeps D out: of the two that
it would face it is the enemy of one."""

Graph = Mapping[int, Mapping[int, float]]
"""Node to node to weight in [0, 1], both ways."""


def graph(weighted: Iterable[tuple[int, int, float]]) -> Graph:
    """From pairs of nodes with their weights.

    >>> graph([(0, 1, 0.9)])[1]
    {0: 0.9}
    """
    both: dict[int, dict[int, float]] = defaultdict(dict)
    for one, other, weight in weighted:
        both[one][other] = both[other][one] = weight
    return dict(both)


def groups(number: int, friends: Graph, enemies: Graph) -> list[list[int]]:
    """The nodes 0 to `number`, less one, in groups of friends without an enmity inside; sorted, by their first node.

    Agglomeration by average linkage with enmities as cannot-link constraints (GASP; Bailoni et al. 2022).

    >>> groups(3, graph([(0, 1, 0.9), (1, 2, 0.8)]), graph([(0, 2, 0.7)]))
    [[0, 1], [2]]
    """
    growing = _Growing(number, friends, enemies)
    while (best := growing.best()) is not None:
        growing.join(*best)
    return sorted(growing.members.values())


class _Growing:
    """Groups on their way: who is in each, the sum of friendships between any two, and which may not be joined."""

    def __init__(self, number: int, friends: Graph, enemies: Graph) -> None:
        self.members = {node: [node] for node in range(number)}
        self._sums = {node: dict(friends.get(node, {})) for node in self.members}
        self._apart = {node: set(enemies.get(node, ())) for node in self.members}
        self._names = count(number)
        self._heap = [self._offer(one, other) for one, row in self._sums.items() for other in row if one < other]
        heapq.heapify(self._heap)

    def _offer(self, one: int, other: int) -> tuple[float, list[list[int]], int, int]:
        """The mean friendship, rounded, so that ties are ties in whatever order it was summed; then the first nodes."""
        sizes = len(self.members[one]) * len(self.members[other])
        mean = round(self._sums[one][other] / sizes, 9)
        return -mean, sorted([self.members[one], self.members[other]]), one, other

    def best(self) -> tuple[int, int] | None:
        """The two groups to join next; None where no two are friends enough."""
        while self._heap and -self._heap[0][0] >= ALIKE:
            *_, one, other = heapq.heappop(self._heap)
            if one in self.members and other in self.members and other not in self._apart[one]:
                return one, other
        return None

    def join(self, one: int, other: int) -> None:
        """Makes one group of two, under a new name."""
        joined = next(self._names)
        self.members[joined] = sorted(self.members.pop(one) + self.members.pop(other))
        self._apart[joined] = self._apart[one] | self._apart[other]
        for third in self._apart[joined]:
            self._apart[third].add(joined)
        self._sums[joined] = {}
        for third in (self._sums[one].keys() | self._sums[other].keys()) & self.members.keys():
            both = self._sums[one].get(third, 0.0) + self._sums[other].get(third, 0.0)
            self._sums[joined][third] = self._sums[third][joined] = both
            heapq.heappush(self._heap, self._offer(joined, third))


def camps(enemies: Graph, friends: Graph) -> Iterator[list[list[int]]]:
    """The nodes that are enemies, in sides that face each other; every enmity is within exactly one camp.

    Each camp is grown from the strongest enmity that is in none yet. A node may be in several.

    >>> list(camps(graph([(0, 1, 0.9), (1, 2, 0.8), (2, 3, 0.7)]), {}))
    [[[0, 2], [1]], [[2], [3]]]
    """
    placed: set[tuple[int, int]] = set()
    strongest_first = sorted((-weight, one, other) for one, row in enemies.items() for other, weight in row.items())
    for _, one, other in strongest_first:
        if one > other or (one, other) in placed:
            continue
        sides = [[one], [other]]
        while (joining := _joining(sides, enemies, friends, placed)) is not None:
            node, side = joining
            if side == len(sides):
                sides.append([])
            sides[side].append(node)
        members = sorted(node for side in sides for node in side)
        placed.update(pair for pair in combinations(members, 2) if pair[1] in enemies[pair[0]])
        yield sides


def _joining(
    sides: Sequence[Sequence[int]], enemies: Graph, friends: Graph, placed: set[tuple[int, int]]
) -> tuple[int, int] | None:
    """The node to join next and its side, a new one if none is free of its enemies; None where none is enemy enough.

    It is the one that is most the enemy of those it faces and the friend of those it joins. A node one of whose
    enmities with the sides is in another camp stays out.
    """
    members = [node for side in sides for node in side]
    offers = []
    for node in {near for member in members for near in enemies[member]}.difference(members):
        if any((min(node, each), max(node, each)) in placed for each in members if each in enemies[node]):
            continue
        free = [at for at, side in enumerate(sides) if not any(each in enemies[node] for each in side)]
        for at in free or [len(sides)]:
            own = [*sides, []][at]
            faced = _mean(enemies[node], [each for each in members if each not in own])
            if faced >= FACING:
                offers.append((round(faced + _mean(friends.get(node, {}), own), 9), -node, -at))
    return None if not offers else (-max(offers)[1], -max(offers)[2])


def _mean(weights: Mapping[int, float], nodes: Sequence[int]) -> float:
    return sum(weights.get(each, 0.0) for each in nodes) / max(len(nodes), 1)
