"""Pairs of claims to judgements: both directions, denials turned round, small screening for base."""

from collections.abc import Sequence

from corpus.records import Stance
from nli.calibration import Calibration
from nli.records import Classifier, Judge, Judgement, Pair, Scores

SCREEN = 0.05
"""Pairs whose score by the small judge reaches this are judged again by base (`nli/training/RUNS.md`)."""


class TwoWayJudge:
    """A classifier asked in both directions, its answers joined and calibrated."""

    def __init__(self, classifier: Classifier, calibration: Calibration) -> None:
        self._classifier, self._calibration = classifier, calibration
        self.name = classifier.name

    def judge(self, pairs: Sequence[Pair]) -> list[Judgement]:
        """One judgement a pair, in order; texts that meet again are asked once."""
        asked = list(dict.fromkeys(texts for pair in pairs for texts in directions(pair)))
        answers = dict(zip(asked, map(Scores.of, self._classifier.classify(asked)), strict=True))
        return [self._judgement(pair, *(answers[texts] for texts in directions(pair))) for pair in pairs]

    def _judgement(self, pair: Pair, forward: Scores, backward: Scores) -> Judgement:
        forward, backward = under_denial(pair.left.stance, pair.right.stance, forward, backward)
        return Judgement(pair, forward, backward, self.name, self._calibration.score(forward, backward))


class Cascade:
    """Small judges every pair; base judges again those in which small sees any chance of a contradiction."""

    def __init__(self, small: Judge, base: Judge, screen: float = SCREEN) -> None:
        self._small, self._base, self._screen = small, base, screen
        self.name = f"{small.name}+{base.name}"

    def judge(self, pairs: Sequence[Pair]) -> list[Judgement]:
        """One judgement a pair, in order; `model` tells which judge decided."""
        judgements = self._small.judge(pairs)
        again = [row for row, judgement in enumerate(judgements) if judgement.score >= self._screen]
        for row, judgement in zip(again, self._base.judge([pairs[row] for row in again]), strict=True):
            judgements[row] = judgement
        return judgements


def directions(pair: Pair) -> tuple[tuple[str, str], tuple[str, str]]:
    """The pair as (premise, hypothesis), left first and right first."""
    return (pair.left.judged, pair.right.judged), (pair.right.judged, pair.left.judged)


def under_denial(left: Stance, right: Stance, forward: Scores, backward: Scores) -> tuple[Scores, Scores]:
    """What the scores of P and Q say of "not P" and Q, where a holder denies P.

    Q contradicts not-P just where Q entails P, and entails not-P just where it contradicts P; the direction that has
    the denied claim as its hypothesis is the one that knows. Both denied: not-P entails not-Q where Q entails P.

    >>> sure = Scores(0.9, 0.1, 0.0)
    >>> under_denial(Stance.DENIED, Stance.ASSERTED, Scores(0.0, 1.0, 0.0), sure)[0]
    Scores(entailment=0.0, neutral=0.1, contradiction=0.9)
    """
    if left is Stance.DENIED and right is Stance.DENIED:
        return (
            Scores(backward.entailment, 1 - backward.entailment, 0.0),
            Scores(forward.entailment, 1 - forward.entailment, 0.0),
        )
    if left is Stance.DENIED:
        return turned(backward), turned(backward)
    if right is Stance.DENIED:
        return turned(forward), turned(forward)
    return forward, backward


def turned(scores: Scores) -> Scores:
    """Entailment and contradiction exchanged."""
    return Scores(scores.contradiction, scores.neutral, scores.entailment)
