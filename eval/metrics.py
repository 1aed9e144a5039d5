"""The measures of the report, each of the data as they are and of every bootstrap draw at once.

`truth` and `said` are boolean arrays (n,), `scores` probabilities in [0, 1], (n,), of `truth` being so; what comes back
is one value a draw, the data as they are first: (1 + draws,). A measure that has nothing to divide by is 0.0: a judge
that flags nothing has no precision to boast of.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from eval.resampling import Draws, Floats, ratio

Flags = NDArray[np.bool_]
Labels = Sequence[str] | NDArray[np.str_]

DRAWS_AT_ONCE = 100
"""Average precision holds a number for every row of so many draws: 100 draws of 20,000 rows are 16 MB."""


def precision(truth: Flags, said: Flags, draws: Draws) -> Floats:
    """Of what was said, how much is so.

    >>> float(precision(np.array([True, False, True]), np.array([True, True, False]), Draws.once(3))[0])
    0.5
    """
    return ratio(draws.sums(truth & said), draws.sums(said))


def recall(truth: Flags, said: Flags, draws: Draws) -> Floats:
    """Of what is so, how much was said.

    >>> float(recall(np.array([True, False, True, True]), np.array([True, True, True, False]), Draws.once(4))[0])
    0.6666666666666666
    """
    return ratio(draws.sums(truth & said), draws.sums(truth))


def f1(truth: Flags, said: Flags, draws: Draws) -> Floats:
    """The harmonic mean of precision and recall.

    >>> float(f1(np.array([True, False, True]), np.array([True, True, False]), Draws.once(3))[0])
    0.5
    """
    return ratio(2 * draws.sums(truth & said), draws.sums(truth) + draws.sums(said))


def average_precision(truth: Flags, scores: Floats, draws: Draws) -> Floats:
    """The area under the precision-recall steps; rows with equal scores come in together, so that order is no matter.

    >>> float(average_precision(np.array([True, False, True]), np.array([0.9, 0.8, 0.7]), Draws.once(3))[0])
    0.8333333333333333
    """
    if not truth.any():
        return np.zeros(len(draws.times))
    order = np.argsort(-scores, kind="stable")
    last_of_tie = np.append(np.flatnonzero(np.diff(scores[order])), len(order) - 1)
    areas = []
    for start in range(0, len(draws.times), DRAWS_AT_ONCE):
        times = draws.rows(start, start + DRAWS_AT_ONCE)[:, order]
        hits = np.cumsum(times * truth[order], axis=1)[:, last_of_tie]
        seen = np.cumsum(times, axis=1)[:, last_of_tie]
        gained = np.diff(hits, axis=1, prepend=0)
        areas.append(ratio((gained * ratio(hits, seen)).sum(axis=1), hits[:, -1]))
    return np.concatenate(areas)


def accuracy(truth: Labels, said: Labels, draws: Draws) -> Floats:
    """How many labels are right.

    >>> float(accuracy(["neutral", "entailment"], ["neutral", "neutral"], Draws.once(2))[0])
    0.5
    """
    return ratio(draws.sums(np.asarray(truth) == np.asarray(said)), draws.sums(np.ones(len(truth))))


def balanced_accuracy(truth: Labels, said: Labels, draws: Draws) -> Floats:
    """The mean recall over the labels that occur, so that a frequent label does not carry the figure.

    >>> said = ["neutral", "neutral", "neutral"]
    >>> float(balanced_accuracy(["neutral", "neutral", "entailment"], said, Draws.once(3))[0])
    0.5
    """
    true, given = np.asarray(truth), np.asarray(said)
    masks = [true == label for label in np.unique(true)]
    recalls = np.array([recall(mask, given == true, draws) for mask in masks])
    occurring = np.array([draws.sums(mask) > 0 for mask in masks], np.float64)
    return ratio(recalls.sum(axis=0), np.asarray(occurring.sum(axis=0)))


def brier(truth: Flags, scores: Floats, draws: Draws) -> Floats:
    """The mean squared distance of the probabilities from what is so: 0 is perfect, .25 is a coin.

    >>> round(float(brier(np.array([True, False]), np.array([0.8, 0.4]), Draws.once(2))[0]), 6)
    0.1
    """
    return ratio(draws.sums((scores - truth) ** 2), draws.sums(np.ones(len(truth))))


def expected_calibration_error(truth: Flags, scores: Floats, draws: Draws, bins: int = 10) -> Floats:
    """How far stated probabilities are from observed shares, over bins of equal width, weighted by their size.

    >>> sure = np.array([0.75, 0.75, 0.75, 0.75])
    >>> float(expected_calibration_error(np.array([True, False, True, True]), sure, Draws.once(4))[0])
    0.0
    """
    which = bin_of(scores, bins)
    gaps = [np.abs(draws.sums((scores - truth) * (which == each))) for each in range(bins)]
    return ratio(np.sum(gaps, axis=0), draws.sums(np.ones(len(truth))))


def bin_of(scores: Floats, bins: int = 10) -> NDArray[np.intp]:
    """The bin of equal width that each score falls into, from 0; a score of 1 belongs to the last."""
    return np.minimum((scores * bins).astype(np.intp), bins - 1)
