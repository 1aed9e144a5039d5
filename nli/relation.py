"""From a judgement, the holders and the times to one of the five relations: tables that one can read aloud."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Self

from corpus.records import Aspect, Claim, Stance
from nli.chronology import Order, order
from nli.cues import pattern, table
from nli.explanation import clash, in_article, reason
from nli.parties import parties, same_holder
from nli.quantities import clashing, counted_on, only_rounded
from nli.records import Finding, Judgement, Kind, Pair, Relation, Thresholds
from nli.terms import stems

COPIED = 0.9
"""Claims as like as this are copies of one text: twice the words in common, in order, over the words of both."""


ONE_EVENT = 0.5
"""Claims of different years that share less of the shorter one's words than this tell of two events."""


THRESHOLDS = Thresholds()


@dataclass(frozen=True, slots=True)
class Case:
    """Two claims that the judge finds contradictory, and their order in time."""

    left: Claim
    right: Claim
    order: Order

    @classmethod
    def of(cls, pair: Pair) -> Self:
        """From the pair."""
        return cls(pair.left, pair.right, order(pair.left, pair.right))

    @property
    def aspects(self) -> tuple[Aspect, Aspect]:
        """Of the left and of the right claim."""
        return self.left.aspect, self.right.aspect

    @property
    def earlier(self) -> Claim:
        """The claim made first; the left where the order is unknown."""
        return self.right if self.order is Order.RIGHT_FIRST else self.left

    @property
    def later(self) -> Claim:
        """The claim made last."""
        return self.left if self.order is Order.RIGHT_FIRST else self.right

    @property
    def apart(self) -> bool:
        """Whether the two are known to be of different times."""
        return self.order in (Order.LEFT_FIRST, Order.RIGHT_FIRST)


def _changeable(claim: Claim) -> bool:
    """A state or plan that can end without having been untrue."""
    emphatic = pattern("emphatic").search(claim.text) is not None
    return claim.aspect in (Aspect.STATE, Aspect.PLAN) and not emphatic and claim.stance is Stance.ASSERTED


def _copied(left: Claim, right: Claim) -> bool:
    """Nearly the same words in the same order, and neither a negation nor a number that makes the difference."""
    numbers = (*clashing(left.text, right.text), *clashing(left.text, right.text, years=True))
    if left.stance != right.stance or any(numbers):
        return False
    if bool(pattern("negation").search(left.text)) != bool(pattern("negation").search(right.text)):
        return False
    return SequenceMatcher(None, stems(left.text), stems(right.text), autojunk=False).ratio() >= COPIED


def _unclear(claim: Claim) -> bool:
    """Its subject is a pronoun for which nothing could be put back."""
    cues = table()["unclear"]
    words = claim.judged.lower().replace("’", "'").split()
    while words and words[0] in cues["before"]:
        words = words[1:]
    subject, contracted, _ = words[0].partition("'") if words else ("", "", "")
    if subject in cues["demonstratives"]:
        return bool(contracted) or (len(words) > 1 and words[1] in cues["verbs_after"])
    return subject in cues["words"]


def _updated(case: Case) -> bool:
    """An earlier state or plan, against something later that does not look back before it."""
    return case.apart and _changeable(case.earlier) and not pattern("anterior").search(case.later.text)


def _counted_on(case: Case) -> bool:
    """A count of one day against one of a later day, however near, that goes on from it."""
    left, right = case.left, case.right
    later = left.day is not None and right.day is not None and left.day < right.day
    return later and counted_on(left.text, right.text)


def _still_ahead(case: Case) -> bool:
    """One side foretells, after the other or beside it in one article: the other cannot refute what is to come."""
    if case.aspects.count(Aspect.FORECAST) != 1:
        return False
    if case.left.article == case.right.article:
        return True
    return case.apart and case.later.aspect is Aspect.FORECAST


def _other_years(case: Case) -> bool:
    """Told of different years, in words of their own: two events, not two accounts of one."""
    left, right = case.left.text, case.right.text
    if not all(clashing(left, right, years=True)) or Aspect.FORECAST in case.aspects:
        return False
    one, other = set(stems(left)), set(stems(right))
    return len(one & other) < ONE_EVENT * min(len(one), len(other))


def _perhaps_updated(case: Case) -> bool:
    """Undated: a state or plan on one side against an event on the other, which may have come after it."""
    unknown = case.order is Order.UNKNOWN
    return unknown and (_changeable(case.left) or _changeable(case.right)) and Aspect.FORECAST not in case.aspects


@dataclass(frozen=True, slots=True)
class Rule:
    """When it fits, a contradiction in the judge's eyes is this relation, because of that."""

    fits: Callable[[Case], bool]
    relation: Relation
    because: str


RULES = (
    Rule(
        lambda case: Aspect.QUESTION in case.aspects or Aspect.CONDITION in case.aspects,
        Relation.COMPATIBLE,
        "a question or a condition asserts nothing that the other side could contradict",
    ),
    Rule(lambda case: Aspect.HOPE in case.aspects, Relation.COMPATIBLE, "a hope is not contradicted by events"),
    Rule(_still_ahead, Relation.COMPATIBLE, "what is foretold lies ahead of what the other side reports"),
    Rule(
        lambda case: _copied(case.left, case.right),
        Relation.COMPATIBLE,
        "nearly the same words, so probably one origin",
    ),
    Rule(
        lambda case: only_rounded(case.left.text, case.right.text),
        Relation.COMPATIBLE,
        "the figures agree within rounding",
    ),
    Rule(
        lambda case: _unclear(case.left) or _unclear(case.right),
        Relation.UNCERTAIN,
        "it is not clear whom or what one side speaks of",
    ),
    Rule(_other_years, Relation.COMPATIBLE, "they tell of different years"),
    Rule(
        lambda case: Aspect.OPINION in case.aspects,
        Relation.UNCERTAIN,
        "one side is an opinion or a reading of facts",
    ),
    Rule(
        _updated, Relation.SUPERSEDED, "both could be true when they were said: what was so, or planned, changed later"
    ),
    Rule(_counted_on, Relation.SUPERSEDED, "a count that went on: the later figure takes the place of the earlier"),
    Rule(
        _perhaps_updated,
        Relation.UNCERTAIN,
        "without dates an update cannot be told from a clash",
    ),
)
"""Read from the top: the first rule that fits decides; where none does, the pair is a contradiction."""

BECAUSE = {
    Kind.NEGATION: "one side negates what the other asserts",
    Kind.ANTONYM: "they say the opposite",
    Kind.NUMERIC: "the numbers differ",
    Kind.DATE: "the dates differ",
    Kind.LEXICAL: "both cannot be so",
    Kind.MODAL: "one side is sure of what the other leaves open",
    Kind.ATTRIBUTION: "it is put into another's mouth",
    Kind.CAUSE: "they give different causes",
    Kind.FAILED_PREDICTION: "what was foretold is not what is reported",
}


def relate(judgement: Judgement, thresholds: Thresholds = THRESHOLDS) -> Finding:
    """The relation of a judged pair, with its parties, kind, clashing spans and reason.

    A contradiction is looked at before an entailment: the judge may see both in a pair, one each way.
    """
    return replace(_related(judgement, thresholds), thresholds=thresholds)


def _related(judgement: Judgement, thresholds: Thresholds) -> Finding:
    left, right = judgement.pair.left, judgement.pair.right
    if judgement.score >= thresholds.contradiction:
        return _contradictory(judgement, Case.of(judgement.pair))
    if judgement.score >= thresholds.doubt:
        return Finding(
            judgement, Relation.UNCERTAIN, reason(left, right, "the judge is not sure that they contradict each other")
        )
    if agreement(judgement) >= thresholds.corroboration:
        return _agreeing(judgement)
    return Finding(judgement, Relation.COMPATIBLE, reason(left, right, "both can be true"))


def agreement(judgement: Judgement) -> float:
    """How surely one claim follows from the other, in either direction, in [0, 1]."""
    return max(judgement.forward.entailment, judgement.backward.entailment)


def agree(found: Finding, thresholds: Thresholds = THRESHOLDS) -> bool:
    """Whether the two say the same, from one origin or from several."""
    harmless = found.relation in (Relation.CORROBORATION, Relation.COMPATIBLE) and found.score < thresholds.doubt
    return harmless and agreement(found.judgement) >= thresholds.corroboration


def one_origin(left: Claim, right: Claim) -> bool:
    """Whether two claims count as one source: of one article, of one holder, or one a copy of the other."""
    return left.article == right.article or same_holder(left, right) or _copied(left, right)


def fitting(case: Case) -> Iterator[Rule]:
    """The rules that fit, in the order in which they are read."""
    return (rule for rule in RULES if rule.fits(case))


def _contradictory(judgement: Judgement, case: Case) -> Finding:
    rule = next(fitting(case), None)
    if rule is not None:
        return Finding(judgement, rule.relation, reason(case.left, case.right, rule.because))
    found = clash(case.left, case.right)
    return Finding(
        judgement,
        Relation.CONTRADICTION,
        reason(case.left, case.right, BECAUSE[found.kind]),
        parties(case.left, case.right, case.order),
        found.kind,
        in_article(found.left, case.left),
        in_article(found.right, case.right),
    )


def _agreeing(judgement: Judgement) -> Finding:
    """One follows from the other: told twice by independent origins, or only once."""
    left, right = judgement.pair.left, judgement.pair.right
    if not one_origin(left, right):
        return Finding(
            judgement, Relation.CORROBORATION, reason(left, right, "both say the same, from different origins")
        )
    return Finding(judgement, Relation.COMPATIBLE, reason(left, right, "the same statement, from one origin"))
