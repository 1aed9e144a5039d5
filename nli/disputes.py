"""Contradictions and agreements joined into disputes: one question each, with the positions that are held on it.

Claims that agree, and do not contradict each other, become positions; positions that clash become disputes
(`nli.signed`). docs/decisions/0009-disputes.md has why this way, and what was measured.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, product

from corpus.records import Claim
from nli.parties import same_holder
from nli.question import question
from nli.records import Dispute, Finding, Position, Relation, Voice, in_time
from nli.relation import agree, agreement, one_origin
from nli.signed import Graph, camps, graph, groups

Clashes = Mapping[tuple[int, int], Sequence[Finding]]
"""The contradictions between two groups of claims, the one with the earlier claim first."""


def disputes(findings: Iterable[Finding], origins: Mapping[str, str] | None = None) -> list[Dispute]:
    """The disputes among findings in any order, the newest clash first, undated ones last.

    Every contradiction is in exactly one. A claim may be in several, where those that contradict it have no more in
    common than that. Findings that neither contradict nor agree are passed over. `origins` gives for an article the
    one that it is a copy of (`corpus.origins`); one that it does not name is its own.
    """
    told = sorted({each.id: each for each in findings}.values(), key=_by_age)
    clashing = [each for each in told if each.relation is Relation.CONTRADICTION]
    agreeing = [each for each in told if agree(each)]
    both = {claim.id: claim for each in (*clashing, *agreeing) for claim in (each.left, each.right)}
    claims = sorted(both.values(), key=in_time)
    place = {claim.id: at for at, claim in enumerate(claims)}
    contradicting = graph((place[each.left.id], place[each.right.id], each.score) for each in clashing)
    supporting = graph((place[each.left.id], place[each.right.id], agreement(each.judgement)) for each in agreeing)
    alike = groups(len(claims), supporting, contradicting)
    group = {at: number for number, members in enumerate(alike) for at in members}
    between: dict[tuple[int, int], list[Finding]] = defaultdict(list)
    for each in clashing:
        one, other = sorted((group[place[each.left.id]], group[place[each.right.id]]))
        between[one, other].append(each)
    facing = graph((one, other, max(each.score for each in pairs)) for (one, other), pairs in between.items())
    found = []
    for sides in camps(facing, _means(supporting, alike, group)):
        members = sorted(number for side in sides for number in side)
        within = {pair: between[pair] for pair in combinations(members, 2) if pair in between}
        found.append(_dispute({number: [claims[at] for at in alike[number]] for number in members}, within, origins))
    return sorted(found, key=lambda each: (each.newest or "", each.score, each.id), reverse=True)


def _by_age(found: Finding) -> tuple[tuple[str, str, int, str], ...]:
    """A clash is there since the later of its claims."""
    return max(in_time(found.left), in_time(found.right)), min(in_time(found.left), in_time(found.right))


def _means(weights: Graph, alike: Sequence[Sequence[int]], group: Mapping[int, int]) -> Graph:
    """How much the claims of two groups agree, on average."""
    sums: dict[tuple[int, int], float] = defaultdict(float)
    for one in sorted(weights):
        for other in sorted(weights[one]):
            if group[one] < group[other]:
                sums[group[one], group[other]] += weights[one][other]
    return graph((one, other, total / (len(alike[one]) * len(alike[other]))) for (one, other), total in sums.items())


def _dispute(held: Mapping[int, Sequence[Claim]], clashes: Clashes, origins: Mapping[str, str] | None) -> Dispute:
    """From the claims of each group, the earliest first, and the contradictions between these groups."""
    places = {number: place for place, number in enumerate(held)}
    positions = tuple(
        Position(
            _voices(claims),
            _independent(claims, origins or {}),
            tuple(sorted(places[other] for pair in clashes if number in pair for other in pair if other != number)),
        )
        for number, claims in held.items()
    )
    contradictions = tuple(sorted((each for pairs in clashes.values() for each in pairs), key=_by_age))
    strongest = max(contradictions, key=lambda each: (each.score, each.id))
    facing = (pair for one, other in clashes for pair in product(held[one], held[other]))
    return Dispute(question(strongest, facing), positions, contradictions)


def _voices(claims: Sequence[Claim]) -> tuple[Voice, ...]:
    """The claims by who makes them, in the order in which each first speaks."""
    by_holder: list[list[Claim]] = []
    for claim in claims:
        own = next((each for each in by_holder if same_holder(each[0], claim)), None)
        if own is None:
            by_holder.append([claim])
        else:
            own.append(claim)
    return tuple(Voice(_name(each), tuple(each)) for each in by_holder)


def _name(claims: Sequence[Claim]) -> str | None:
    """The fullest name that they go by."""
    return max((claim.holder.name for claim in claims if claim.holder), key=len, default=claims[0].outlet)


def _independent(claims: Sequence[Claim], origins: Mapping[str, str]) -> int:
    """How many origins the claims have: those that are one source, through others if need be, count once."""
    sources: list[list[Claim]] = []
    for claim in claims:
        same = [source for source in sources if any(_one_source(claim, each, origins) for each in source)]
        sources = [source for source in sources if source not in same]
        sources.append([claim, *(each for source in same for each in source)])
    return len(sources)


def _one_source(claim: Claim, other: Claim, origins: Mapping[str, str]) -> bool:
    copied = origins.get(claim.article, claim.article) == origins.get(other.article, other.article)
    return copied or one_origin(claim, other)
