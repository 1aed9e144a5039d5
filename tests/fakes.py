"""Models small enough to read: what tests of everything but the models run on."""

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from nli.calibration import Calibration
from nli.judge import TwoWayJudge
from nli.records import Judgement, Pair, Probabilities, Vectors

NEGATIONS = {"not", "no", "never", "n't", "denied"}


def words(text: str) -> list[str]:
    """Lower-case words.

    >>> words("No new agreements!")
    ['no', 'new', 'agreements']
    """
    return re.findall(r"[a-z0-9]+(?:'t)?", text.lower())


class FakeEncoder:
    """A bag of hashed words: texts that share words are near."""

    name = "fake-encoder@0"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(n, 64) float32 unit vectors."""
        vectors = np.full((len(texts), 64), 1e-3, np.float32)
        for row, text in enumerate(texts):
            for word in words(text):
                vectors[row, int(hashlib.sha256(word.encode()).hexdigest(), 16) % 64] += 1
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


class FakeClassifier:
    """Contradiction where exactly one side is negated and they share a word; entailment where all words are shared."""

    name = "fake-classifier@0"

    def classify(self, pairs: Sequence[tuple[str, str]]) -> Probabilities:
        """(n, 3): entailment, neutral, contradiction."""
        return np.array([self._row(*map(words, pair)) for pair in pairs], np.float64).reshape(-1, 3)

    def _row(self, premise: list[str], hypothesis: list[str]) -> tuple[float, float, float]:
        left, right = set(premise) - NEGATIONS, set(hypothesis) - NEGATIONS
        negated = bool(NEGATIONS & set(premise)) != bool(NEGATIONS & set(hypothesis))
        if negated and len(left & right) >= 2:
            return 0.02, 0.03, 0.95
        return (0.95, 0.03, 0.02) if right <= left else (0.05, 0.9, 0.05)

    def cut(self, pairs: Sequence[tuple[str, str]]) -> list[bool]:
        """It reads twenty words."""
        return [sum(len(words(side)) for side in pair) > 20 for pair in pairs]


class FakeJudge:
    """`FakeClassifier` in both directions."""

    name = "fake-judge@0"

    def judge(self, pairs: Sequence[Pair]) -> list[Judgement]:
        """One judgement a pair."""
        return [
            Judgement(each.pair, each.forward, each.backward, self.name, each.score)
            for each in TwoWayJudge(FakeClassifier(), Calibration()).judge(pairs)
        ]

    def doubtful(self, pairs: Sequence[Pair]) -> list[Judgement]:
        """The same, of pairs that may be contradictions."""
        doubtful = TwoWayJudge(FakeClassifier(), Calibration()).doubtful(pairs)
        return self.judge([each.pair for each in doubtful])
