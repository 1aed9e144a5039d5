"""What the plots show: precision against recall as the threshold falls, and stated against observed shares."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eval.metrics import bin_of
from eval.resampling import Draws, Estimate, ratio
from eval.scoring import Prediction, System

POINTS = 200
BINS = 10


@dataclass(frozen=True, slots=True)
class Point:
    """What flagging every pair that scores at least `threshold` would find and get right."""

    threshold: float
    recall: float
    precision: float


@dataclass(frozen=True, slots=True)
class Curve:
    """Precision and recall at falling thresholds, at most 200 of them; `shipped` is what the system flags as it is."""

    system: str
    baseline: bool
    points: tuple[Point, ...]
    shipped: Point


@dataclass(frozen=True, slots=True)
class Bin:
    """Pairs whose score lies from `low` to `high`: how many, their mean score, how many of them contradict."""

    low: float
    high: float
    count: int
    stated: float
    observed: Estimate


def curves(systems: Sequence[System]) -> tuple[Curve, ...]:
    """The curve of each system that has scores of contradiction, in order."""
    return tuple(curve(system) for system in systems if "average precision" in system)


def curve(system: System) -> Curve:
    """Its curve. A pair of score 0 was never compared: no threshold would show it, so the curve ends before."""
    truth = np.array([each.pair.contradictory for each in system.predictions])
    scores = np.array([each.score for each in system.predictions], np.float64)
    order = np.argsort(-scores, kind="stable")
    last_of_tie = np.append(np.flatnonzero(np.diff(scores[order])), len(order) - 1)
    kept = last_of_tie[scores[order][last_of_tie] > 0]
    kept = kept[np.unique(np.linspace(0, len(kept) - 1, POINTS).astype(int))] if len(kept) else kept
    hits = np.cumsum(truth[order])
    positives = max(1, int(truth.sum()))
    points = tuple(Point(float(scores[order][at]), hits[at] / positives, hits[at] / (at + 1)) for at in kept)
    flagged = [each for each in system.predictions if each.said == "contradiction"]
    shipped = Point(
        min((each.score for each in flagged), default=1.0), system["recall"].value, system["precision"].value
    )
    return Curve(system.name, system.baseline, points, shipped)


def reliability(predictions: Sequence[Prediction]) -> tuple[Bin, ...]:
    """The bins that hold pairs, ten of equal width."""
    truth = np.array([each.pair.contradictory for each in predictions])
    scores = np.array([each.score for each in predictions], np.float64)
    which = bin_of(scores, BINS)
    bins = []
    for each in np.unique(which):
        rows = which == each
        draws = Draws.of(
            [prediction.pair.group for prediction, inside in zip(predictions, rows, strict=True) if inside]
        )
        shares = ratio(draws.sums(truth[rows]), draws.sums(np.ones(int(rows.sum()))))
        observed = Estimate.of(shares, draws.groups)
        bins.append(Bin(each / BINS, (each + 1) / BINS, int(rows.sum()), float(scores[rows].mean()), observed))
    return tuple(bins)
