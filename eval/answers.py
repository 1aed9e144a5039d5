"""Which finding answers which labelled pair, and where on the road the others were lost.

A finding answers a labelled pair when, in either order, each of its claims lies in the article of the labelled side and
shares at least half of the shorter of the two stretches. Where several do, the one with the largest overlap counts.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.records import Claim
from eval.gold import Gold, LabelledPair, Side
from nli.records import Finding, Relation

SHARED = 0.5
"""The part of the shorter of two stretches that a claim and a labelled side must share to count as the same."""

TRAPS = (Relation.COMPATIBLE, Relation.CORROBORATION, Relation.SUPERSEDED)
"""Pairs that look like contradictions; `uncertain` is left out, since readers differ on those too."""

FILLERS = {"a", "an", "the", "of", "mr", "mrs", "ms", "dr", "sir"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a labelled pair: the claims found at its sides (the closest, if any), and the finding, if any."""

    pair: LabelledPair
    left: Claim | None
    right: Claim | None
    finding: Finding | None

    @property
    def said(self) -> str:
        """The relation, or how far the pair came."""
        if self.finding:
            return self.finding.relation.value
        return "not compared" if self.left and self.right else "no claim"

    @property
    def flagged(self) -> bool:
        """Whether it was called a contradiction."""
        return self.finding is not None and self.finding.relation is Relation.CONTRADICTION

    @property
    def right_relation(self) -> bool:
        """Whether the relation is the labelled one."""
        return self.said == self.pair.label

    @property
    def score(self) -> float:
        """The probability of a contradiction, in [0, 1]; 0 where the pair was lost, for then nobody will see it."""
        return self.finding.score if self.finding else 0.0


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the funnel: how many of how many come through it."""

    name: str
    through: int
    of: int

    @property
    def share(self) -> float:
        """In [0, 1]; 0 where there was nothing."""
        return self.through / self.of if self.of else 0.0


def answers(gold: Gold, claims: Iterable[Claim], findings: Iterable[Finding]) -> tuple[Answer, ...]:
    """What became of each labelled pair, in the order of the gold."""
    by_article = group_by_article(claims)
    between: dict[frozenset[str], list[Finding]] = defaultdict(list)
    for finding in findings:
        between[frozenset((finding.left.article, finding.right.article))].append(finding)
    found = []
    for pair, left, right in gold.sided:
        near = [
            (close, finding)
            for finding in between.get(frozenset((left.article, right.article)), ())
            if (close := closeness(finding, left, right))[0] >= SHARED
        ]
        best = max(near, key=lambda entry: entry[0])[1] if near else None
        nearest_left, nearest_right = (next(iter(matching(side, by_article)), None) for side in (left, right))
        found.append(Answer(pair, nearest_left, nearest_right, best))
    return tuple(found)


def closeness(finding: Finding, left: Side, right: Side) -> tuple[float, float]:
    """The smaller shared part of the two sides in the better order, and the larger sum: to choose the closest by."""
    straight = left.share(finding.left), right.share(finding.right)
    crossed = left.share(finding.right), right.share(finding.left)
    return max(min(straight), min(crossed)), max(sum(straight), sum(crossed))


def group_by_article(claims: Iterable[Claim]) -> dict[str, list[Claim]]:
    """The claims of each article."""
    by_article: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_article[claim.article].append(claim)
    return by_article


def matching(side: Side, by_article: dict[str, list[Claim]]) -> list[Claim]:
    """The claims that stand where the labelled side stands, the closest first."""
    near = [(side.share(claim), claim) for claim in by_article.get(side.article, ())]
    kept = [entry for entry in near if entry[0] >= SHARED]
    # Of two claims that lie wholly in the side, the longer says more of it.
    return [claim for _, claim in sorted(kept, key=lambda entry: (-entry[0], entry[1].start - entry[1].stop))]


def same_holder(found: str, labelled: str) -> bool:
    """Whether two names may be one holder: all words of the shorter are among the longer's, articles and titles aside.

    >>> same_holder("Mijeyev", "Alexander Mijeyev"), same_holder("the ministry", "Turkish officials")
    (True, False)
    """
    one, other = (
        {word for word in re.findall(r"\w+", name.lower()) if word not in FILLERS} for name in (found, labelled)
    )
    return bool(one and other) and (one <= other or other <= one)


def funnel(gold: Gold, answered: Sequence[Answer], findings: Sequence[Finding]) -> tuple[Step, ...]:
    """Where labelled pairs are lost, step by step, and what the machine said of those that came through."""
    sides: dict[tuple[str, int, int], tuple[Side, Claim | None]] = {}
    for answer in answered:
        for side, claim in zip(answer.pair.sides or (), (answer.left, answer.right), strict=True):
            sides.setdefault((side.article, side.start, side.stop), (side, claim))
    held = [(side.holder, claim) for side, claim in sides.values() if side.holder and claim]
    holders = sum(claim.holder is not None and same_holder(claim.holder.name, name) for name, claim in held)
    clashes = [answer for answer in answered if answer.pair.contradictory]
    traps = [answer for answer in answered if answer.pair.label in TRAPS]
    flagged = sum(finding.relation is Relation.CONTRADICTION for finding in findings)
    return (
        Step("sides found as claims", sum(claim is not None for _, claim in sides.values()), len(sides)),
        Step("holders right, of the sides found", holders, len(held)),
        Step("pairs with both sides found", sum(bool(each.left and each.right) for each in answered), len(answered)),
        Step("pairs compared", sum(each.finding is not None for each in answered), len(answered)),
        Step("contradictions compared", sum(each.finding is not None for each in clashes), len(clashes)),
        Step("contradictions found", sum(each.flagged for each in clashes), len(clashes)),
        Step("traps flagged", sum(each.flagged for each in traps), len(traps)),
        Step("relation right", sum(each.right_relation for each in answered), len(gold.sided)),
        Step("flagged, of all pairs compared", flagged, len(findings)),
    )


def confusion(labels: Iterable[str], said: Iterable[str]) -> tuple[tuple[str, str, int], ...]:
    """How often each label was called what: (label, said, times), the most frequent first.

    >>> confusion(["neutral", "neutral"], ["neutral", "entailment"])
    (('neutral', 'entailment', 1), ('neutral', 'neutral', 1))
    """
    counted = Counter(zip(labels, said, strict=True))
    return tuple(
        (label, said, times) for (label, said), times in sorted(counted.items(), key=lambda each: (-each[1], each[0]))
    )
