"""Predictions of one system over labelled pairs, measured, with baselines that know almost nothing."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eval import metrics
from eval.gold import LabelledPair
from eval.resampling import Draws, Estimate, Floats
from nli.records import Vectors

NEGATION = re.compile(
    r"\b(?:not|no|never|nobody|nothing|none|neither|nor|without|cannot|den(?:y|ies|ied))\b|n['\u2019]t\b", re.I
)
OF_CONTRADICTIONS = ("precision", "recall", "F1", "average precision", "Brier", "calibration error")
MEASURES = ("accuracy", "balanced accuracy", *OF_CONTRADICTIONS)
NAIVE_COSINE = 0.5


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a system says of one pair: a label, and its probability of a contradiction in [0, 1].

    `scores`: entailment, neutral, contradiction, where an NLI model gave them.
    """

    pair: LabelledPair
    said: str
    score: float
    scores: tuple[float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class System:
    """How one system did: each measure with its interval, by the names in `MEASURES`.

    Precision, recall, F1, average precision, Brier and calibration error are of contradictions. What a system has no
    answer for (a baseline without labels has no accuracy; two-class gold knows no contradictions) is missing.
    `baseline`: it stands there for comparison only.
    """

    name: str
    measures: tuple[tuple[str, Estimate], ...]
    predictions: tuple[Prediction, ...] = ()
    baseline: bool = False

    def __getitem__(self, measure: str) -> Estimate:
        """The measure of that name; raises KeyError where the system has none."""
        return dict(self.measures)[measure]

    def __contains__(self, measure: str) -> bool:
        return measure in dict(self.measures)


def score_system(
    name: str, predictions: Sequence[Prediction], without: Sequence[str] = (), *, baseline: bool = False
) -> System:
    """Every measure of `predictions` but those in `without`, intervals by drawing groups."""
    pairs = [prediction.pair for prediction in predictions]
    two_class = any(pair.label == "not_entailment" for pair in pairs)
    without = (*without, *OF_CONTRADICTIONS) if two_class else without
    wanted = tuple(measure for measure in MEASURES if measure not in without)
    draws = Draws.of([pair.group for pair in pairs])
    estimates = [Estimate.of(each, draws.groups) for each in measured(predictions, wanted, draws)]
    return System(name, tuple(zip(wanted, estimates, strict=True)), tuple(predictions), baseline)


def measured(predictions: Sequence[Prediction], wanted: Sequence[str], draws: Draws) -> list[Floats]:
    """The wanted measures, each of the data as they are and of every draw: (1 + draws,)."""
    two_class = any(each.pair.label == "not_entailment" for each in predictions)
    labels = np.array([each.pair.label for each in predictions], dtype=np.str_)
    said = np.array([_as_two_class(each.said) if two_class else each.said for each in predictions], dtype=np.str_)
    truth, flagged = labels == "contradiction", said == "contradiction"
    scores = np.array([prediction.score for prediction in predictions], np.float64)
    of = {
        "accuracy": lambda: metrics.accuracy(labels, said, draws),
        "balanced accuracy": lambda: metrics.balanced_accuracy(labels, said, draws),
        "precision": lambda: metrics.precision(truth, flagged, draws),
        "recall": lambda: metrics.recall(truth, flagged, draws),
        "F1": lambda: metrics.f1(truth, flagged, draws),
        "average precision": lambda: metrics.average_precision(truth, scores, draws),
        "Brier": lambda: metrics.brier(truth, scores, draws),
        "calibration error": lambda: metrics.expected_calibration_error(truth, scores, draws),
    }
    return [of[measure]() for measure in wanted]


def majority(pairs: Sequence[LabelledPair]) -> list[Prediction]:
    """The most frequent label for every pair; the share of contradictions as the score of each."""
    counted = Counter(pair.label for pair in pairs)
    label = max(sorted(counted), key=lambda name: counted[name])
    base = counted["contradiction"] / len(pairs)
    return [Prediction(pair, label, base) for pair in pairs]


def negation_cue(pairs: Sequence[LabelledPair], otherwise: str) -> list[Prediction]:
    """A contradiction where exactly one side holds a negating word, else `otherwise`."""
    return [
        Prediction(pair, "contradiction" if cued else otherwise, float(cued))
        for pair in pairs
        for cued in [bool(NEGATION.search(pair.premise)) != bool(NEGATION.search(pair.hypothesis))]
    ]


def similarity_only(pairs: Sequence[LabelledPair], premises: Vectors, hypotheses: Vectors) -> list[Prediction]:
    """A contradiction wherever the cosine reaches .5, as pipelines without a judge flag pairs; it is the score too."""
    cosines = np.clip((premises * hypotheses).sum(axis=1), 0, 1)
    return [
        Prediction(pair, "contradiction" if cosine >= NAIVE_COSINE else "other", float(cosine))
        for pair, cosine in zip(pairs, cosines, strict=True)
    ]


def _as_two_class(label: str) -> str:
    return "entailment" if label == "entailment" else "not_entailment"
