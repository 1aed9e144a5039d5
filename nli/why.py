"""What each stage said of one pair of claims, flagged or not, compared or not: by the functions that the job runs."""

from dataclasses import dataclass

from nli.blocking import PER_CLAIM, Standing, standing
from nli.chronology import Order
from nli.records import Finding, QuickJudge, Shelf, Thresholds
from nli.relation import THRESHOLDS, Case, Rule, fitting, relate


@dataclass(frozen=True, slots=True)
class Why:
    """A pair before the judge, what the judge makes of it, and the relation that follows.

    `doubtful`: whether the quick judge leaves it to be judged both ways where contradictions alone are wanted.
    `rules` are those that fit, in the order in which they are read, where the score is a contradiction's: the first
    decided. They are empty below that score, where none is asked.
    """

    standing: Standing
    doubtful: bool
    finding: Finding
    order: Order
    rules: tuple[Rule, ...]
    thresholds: Thresholds


def why(one: str, other: str, shelf: Shelf, judge: QuickJudge, per_claim: int = PER_CLAIM) -> Why:
    """How the claims with these ids come to their relation, among all the claims on the shelf.

    A pair that would not be compared is judged all the same. Raises as `nli.blocking.standing` does.
    """
    stands = standing(one, other, shelf, per_claim)
    (judgement,) = judge.judge([stands.pair])
    case = Case.of(stands.pair)
    asked = judgement.score >= THRESHOLDS.contradiction
    return Why(
        stands,
        doubtful=bool(judge.doubtful([stands.pair])),
        finding=relate(judgement),
        order=case.order,
        rules=tuple(fitting(case)) if asked else (),
        thresholds=THRESHOLDS,
    )
