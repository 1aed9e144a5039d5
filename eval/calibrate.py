"""Fit how a judge's two directions make one score: writes judge.json into the model's folder.

    python -m eval.calibrate MODEL NEUTRAL --labelled ARTICLES GOLD [--labelled ARTICLES GOLD]...

GOLD are the labelled pairs of ARTICLES, judged as claims with their readings, as the product judges them. NEUTRAL are
pairs of news that are taken as neutral (`eval.hard_neutrals`): what nearly all candidates are in life. Each pair weighs
alike, so how many there are of either kind decides where a score of .5 lies.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from corpus.claims import extract_all
from eval.answers import answers
from eval.evaluate import found_sides
from eval.gold import Gold, read_articles, read_gold
from nli.calibration import FILE, Calibration, logit
from nli.judge import TwoWayJudge
from nli.loading import load_classifier
from nli.records import Classifier, Pair, Relation, Scores

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


def labelled(gold: Gold, classifier: Classifier) -> tuple[Rows, NDArray[np.bool_]]:
    """The labelled pairs as the judge sees them, and which are contradictions.

    Left out are `uncertain` ones, and contradictions that do not show in the claims.
    """
    spoken_of = {side.article for _, *sides in gold.sided for side in sides}
    claims = extract_all([article for article in gold.articles if article.id in spoken_of])
    answered = answers(gold, [claim for found in claims for claim in found], [])
    kept = [
        (pair, sides)
        for pair, sides in zip(answered, found_sides(gold, answered), strict=True)
        if pair.pair.label != Relation.UNCERTAIN and pair.pair.shown
    ]
    judged = TwoWayJudge(classifier, Calibration()).judge([Pair(*sides, 0.0) for _, sides in kept])
    truth = np.array([answer.pair.label == Relation.CONTRADICTION for answer, _ in kept])
    return features([(each.forward, each.backward) for each in judged]), truth


def passed_over(path: Path, classifier: Classifier) -> Rows:
    """Pairs of news that are taken as neutral, as the judge sees them."""
    pairs = [(pair.premise, pair.hypothesis) for pair in read_gold(path).pairs]
    forward = classifier.classify(pairs)
    backward = classifier.classify([(hypothesis, premise) for premise, hypothesis in pairs])
    return features([(Scores.of(one), Scores.of(other)) for one, other in zip(forward, backward, strict=True)])


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit, write judge.json, and tell how many of each kind are flagged."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("model", "neutral"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--labelled", nargs=2, type=Path, metavar=("ARTICLES", "GOLD"), action="append", required=True)
    chosen = parser.parse_args(arguments)
    classifier = load_classifier(str(chosen.model))
    sets = [
        (gold.name, *labelled(read_gold(gold, read_articles(articles)[0]), classifier))
        for articles, gold in chosen.labelled
    ]
    neutral = passed_over(chosen.neutral, classifier)
    sets.append(("candidates passed over", neutral, np.zeros(len(neutral), bool)))
    fitted = fit(np.concatenate([rows for _, rows, _ in sets]), np.concatenate([truth for _, _, truth in sets]))
    stored = {"surer": fitted.surer, "other": fitted.other, "intercept": fitted.intercept}
    (chosen.model / FILE).write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")
    sys.stdout.writelines(f"{line}\n" for each in sets for line in told(fitted, *each))


def told(fitted: Calibration, name: str, rows: Rows, truth: NDArray[np.bool_]) -> Iterator[str]:
    """What becomes of a set at some scores: how many contradictions are found, how many flagged pairs are right."""
    scores = 1 / (1 + np.exp(-(rows @ (fitted.surer, fitted.other) + fitted.intercept)))
    for threshold in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7):
        flagged = scores >= threshold
        right = int((flagged & truth).sum())
        yield f"{name} at {threshold}: {right} of {truth.sum()} found; {flagged.sum()} of {len(truth)} flagged"


if __name__ == "__main__":
    main()
