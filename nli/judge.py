"""Pairs of claims to judgements: both directions, denials turned round."""

from collections.abc import Iterable, Mapping, Sequence

from corpus.records import Stance
from nli.calibration import Calibration
from nli.records import Classifier, Judgement, Pair, Scores

HARMLESS = 0.01
"""Where only contradictions are wanted, the other way is asked from this probability of one upwards."""


class TwoWayJudge:
    """A classifier asked in both directions, its answers joined and calibrated."""

    def __init__(self, classifier: Classifier, calibration: Calibration) -> None:
        self._classifier, self._calibration = classifier, calibration
        self.name = classifier.name

    def judge(self, pairs: Sequence[Pair]) -> list[Judgement]:
        """One judgement a pair, in order; texts that meet again are asked once."""
        answers = self._ask(
            each for pair in pairs for left, right in wordings(pair) for each in ((left, right), (right, left))
        )
        return [self._surest(pair, answers) for pair in pairs]

    def doubtful(self, pairs: Sequence[Pair]) -> list[Judgement]:
        """The judgements of those pairs that may be contradictions, in order: the rest are asked one way only.

        Where the left claim as premise leaves next to no room for a contradiction, the other way cannot make one
        (`HARMLESS`); a denied claim is always asked both ways.
        """
        answers = self._ask(wording for pair in pairs for wording in wordings(pair))
        kept = [
            pair
            for pair in pairs
            if Stance.DENIED in (pair.left.stance, pair.right.stance)
            or max(answers[wording].contradiction for wording in wordings(pair)) >= HARMLESS
        ]
        answers |= self._ask((right, left) for pair in kept for left, right in wordings(pair))
        return [self._surest(pair, answers) for pair in kept]

    def _ask(self, asked: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Scores]:
        once = list(dict.fromkeys(asked))
        return dict(zip(once, map(Scores.of, self._classifier.classify(once)), strict=True))

    def _surest(self, pair: Pair, answers: Mapping[tuple[str, str], Scores]) -> Judgement:
        return max(
            (self._judgement(pair, answers[left, right], answers[right, left]) for left, right in wordings(pair)),
            key=lambda judgement: judgement.score,
        )

    def _judgement(self, pair: Pair, forward: Scores, backward: Scores) -> Judgement:
        forward, backward = under_denial(pair.left.stance, pair.right.stance, forward, backward)
        return Judgement(pair, forward, backward, self.name, self._calibration.score(forward, backward))


def wordings(pair: Pair) -> list[tuple[str, str]]:
    """How a pair is put to the judge: with the words put back, and where both sides got some, also as it was written.

    Two completions of one referent are seldom worded alike, and a judge takes what is worded otherwise for something
    else; what the writers left out on both sides they may have left out because it is the same.
    """
    readings = [(pair.left.judged, pair.right.judged)]
    if pair.left.additions and pair.right.additions:
        readings.append((pair.left.text, pair.right.text))
    return readings


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
