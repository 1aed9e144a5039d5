"""Fit how a judge's two directions make one score: writes judge.json into the model's folder.

    python -m eval.calibrate MODEL ARTICLES GOLD NEUTRAL

GOLD are the labelled pairs of ARTICLES, judged as claims with their readings, as the product judges them. NEUTRAL are
pairs of unrelated news, labelled neutral: what nearly all candidates are in life. Each pair weighs alike, so how many
there are of either kind decides where a score of .5 lies.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from eval.answers import answers
from eval.evaluate import found_sides
from eval.gold import Gold, read_articles, read_gold
from nli.calibration import FILE, Calibration, logit
from nli.judge import TwoWayJudge
from nli.loading import load_classifier, load_encoder
from nli.pipeline import shelve
from nli.records import Classifier, Encoder, Pair, Relation, Scores

RIDGE = 0.1
"""Strength of the quadratic penalty on the two slopes."""

Rows = NDArray[np.float64]
"""Logit of the larger and of the smaller probability of contradiction: (n, 2)."""


def features(answered: Sequence[tuple[Scores, Scores]]) -> Rows:
    """What the score is made of, one row a pair, (n, 2)."""
    both = [sorted((one.contradiction, other.contradiction), reverse=True) for one, other in answered]
    return np.array([[logit(larger), logit(smaller)] for larger, smaller in both], np.float64).reshape(-1, 2)


def fit(rows: Rows, truth: NDArray[np.bool_]) -> Calibration:
    """The logistic function of largest likelihood.

    >>> rows = np.array([[2.0, 1.0], [-2.0, -3.0], [1.5, 0.0], [-1.0, -2.0]])
    >>> fitted = fit(rows, np.array([True, False, True, False]))
    >>> fitted.surer > 0
    True
    """
    signs = np.where(truth, 1.0, -1.0)

    def loss(each: Rows) -> float:
        margins = signs * (rows @ each[:2] + each[2])
        return float(np.logaddexp(0, -margins).sum() + RIDGE * (each[:2] @ each[:2]))

    surer, other, intercept = minimize(loss, np.array([0.6, 0.4, 0.0])).x
    return Calibration(round(float(surer), 4), round(float(other), 4), round(float(intercept), 4))


def labelled(gold: Gold, classifier: Classifier, encoder: Encoder) -> tuple[Rows, NDArray[np.bool_]]:
    """The labelled pairs as the judge sees them, and which are contradictions; `uncertain` ones are left out."""
    answered = answers(gold, shelve(gold.articles, encoder).claims, [])
    kept = [
        (pair, sides)
        for pair, sides in zip(answered, found_sides(gold, answered), strict=True)
        if pair.pair.label != Relation.UNCERTAIN
    ]
    judged = TwoWayJudge(classifier, Calibration()).judge([Pair(*sides, 0.0) for _, sides in kept])
    truth = np.array([answer.pair.label == Relation.CONTRADICTION for answer, _ in kept])
    return features([(each.forward, each.backward) for each in judged]), truth


def unrelated(path: Path, classifier: Classifier) -> Rows:
    """Pairs of unrelated news as the judge sees them."""
    pairs = [(pair.premise, pair.hypothesis) for pair in read_gold(path).pairs]
    forward = classifier.classify(pairs)
    backward = classifier.classify([(hypothesis, premise) for premise, hypothesis in pairs])
    return features([(Scores.of(one), Scores.of(other)) for one, other in zip(forward, backward, strict=True)])


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit, write judge.json, and tell how often unrelated pairs are flagged."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("model", "articles", "gold", "neutral"):
        parser.add_argument(name, type=Path)
    chosen = parser.parse_args(arguments)
    classifier = load_classifier(str(chosen.model))
    rows, truth = labelled(read_gold(chosen.gold, read_articles(chosen.articles)[0]), classifier, load_encoder())
    neutral = unrelated(chosen.neutral, classifier)
    fitted = fit(
        np.concatenate([rows, neutral]),
        np.concatenate([truth, np.zeros(len(neutral), bool)]),
    )
    stored = {"surer": fitted.surer, "other": fitted.other, "intercept": fitted.intercept}
    (chosen.model / FILE).write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")
    for threshold in (0.3, 0.4, 0.45, 0.5, 0.6):
        cut = logit(threshold)
        flags = [each @ (fitted.surer, fitted.other) + fitted.intercept >= cut for each in (rows, neutral)]
        right = float((flags[0] & truth).sum())
        sys.stdout.write(
            f"at {threshold}: contradictions found {right / truth.sum():.2f}, of those flagged right"
            f" {right / max(1, flags[0].sum()):.2f}, unrelated flagged {flags[1].mean():.4f}\n"
        )


if __name__ == "__main__":
    main()
