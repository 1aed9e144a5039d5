"""The measures of the report: plain functions of what a reader labelled and what the machine said.

`truth` and `said` are boolean arrays (n,), `scores` probabilities in [0, 1], (n,), of `truth` being so. A measure that
has nothing to divide by is 0.0: a judge that flags nothing has no precision to boast of.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Labels = Sequence[str] | NDArray[np.str_]
Indices = NDArray[np.intp]
Statistic = Callable[[Indices], float]
"""A measure of the rows with these numbers; a row may be there more than once."""

DRAWS = 1000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measure with its 95 % interval by the bootstrap over groups; `groups` is how many were drawn from."""

    value: float
    low: float
    high: float
    groups: int

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


def precision(truth: Flags, said: Flags) -> float:
    """Of what was said, how much is so.

    >>> precision(np.array([True, False, True]), np.array([True, True, False]))
    0.5
    """
    return _share(int((truth & said).sum()), int(said.sum()))


def recall(truth: Flags, said: Flags) -> float:
    """Of what is so, how much was said.

    >>> recall(np.array([True, False, True, True]), np.array([True, True, False, False]))
    0.3333333333333333
    """
    return _share(int((truth & said).sum()), int(truth.sum()))


def f1(truth: Flags, said: Flags) -> float:
    """The harmonic mean of precision and recall.

    >>> f1(np.array([True, False, True]), np.array([True, True, False]))
    0.5
    """
    return _share(2 * int((truth & said).sum()), int(truth.sum()) + int(said.sum()))


def average_precision(truth: Flags, scores: Floats) -> float:
    """The area under the precision-recall steps; rows with equal scores come in together, so that order is no matter.

    >>> average_precision(np.array([True, False, True]), np.array([0.9, 0.8, 0.7]))
    0.8333333333333333
    """
    positives = int(truth.sum())
    if not positives:
        return 0.0
    order = np.argsort(-scores, kind="stable")
    last_of_tie = np.append(np.flatnonzero(np.diff(scores[order])), len(order) - 1)
    hits = np.cumsum(truth[order])[last_of_tie]
    gained = np.diff(hits, prepend=0) / positives
    return float(np.sum(gained * hits / (last_of_tie + 1)))


def accuracy(truth: Labels, said: Labels) -> float:
    """How many labels are right.

    >>> accuracy(["neutral", "entailment"], ["neutral", "neutral"])
    0.5
    """
    return _share(int((np.asarray(truth) == np.asarray(said)).sum()), len(truth))


def balanced_accuracy(truth: Labels, said: Labels) -> float:
    """The mean recall over the labels that occur, so that a frequent label does not carry the figure.

    >>> balanced_accuracy(["neutral", "neutral", "entailment"], ["neutral", "neutral", "neutral"])
    0.5
    """
    true, given = np.asarray(truth), np.asarray(said)
    recalls = [recall(true == label, given == label) for label in np.unique(true)]
    return _share(sum(recalls), len(recalls))


def brier(truth: Flags, scores: Floats) -> float:
    """The mean squared distance of the probabilities from what is so: 0 is perfect, .25 is a coin.

    >>> brier(np.array([True, False]), np.array([0.8, 0.4]))
    0.1
    """
    return float(np.mean((scores - truth) ** 2).round(12)) if len(truth) else 0.0


def expected_calibration_error(truth: Flags, scores: Floats, bins: int = 10) -> float:
    """How far stated probabilities are from observed shares, over bins of equal width, weighted by their size.

    >>> expected_calibration_error(np.array([True, False, True, True]), np.array([0.75, 0.75, 0.75, 0.75]))
    0.0
    """
    if not len(truth):
        return 0.0
    which = np.minimum((scores * bins).astype(int), bins - 1)
    gaps = np.bincount(which, weights=scores - truth, minlength=bins)
    return float(np.abs(gaps).sum() / len(truth))


def bootstrap(statistic: Statistic, groups: Sequence[str], draws: int = DRAWS, seed: int = 0) -> Estimate:
    """`statistic` of all rows, with a 95 % interval from drawing whole groups with replacement.

    Rows of one group (a story, a source) are not independent: drawn row by row, the interval would be too narrow.

    >>> bootstrap(lambda rows: float(len(rows)), ["a", "a", "b", "b"], draws=50)
    Estimate(value=4.0, low=4.0, high=4.0, groups=2)
    """
    return bootstrap_all(lambda rows: np.array([statistic(rows)]), groups, draws, seed)[0]


def bootstrap_all(
    statistics: Callable[[Indices], Floats], groups: Sequence[str], draws: int = DRAWS, seed: int = 0
) -> list[Estimate]:
    """The same for several measures at once, (k,), each over the same draws. Raises ValueError without rows."""
    if not groups:
        raise ValueError("no rows to draw from")
    members = _members(groups)
    random = np.random.default_rng(seed)
    drawn = [
        statistics(np.concatenate([members[group] for group in random.integers(len(members), size=len(members))]))
        for _ in range(draws)
    ]
    low, high = np.quantile(np.array(drawn), (0.025, 0.975), axis=0)
    values = statistics(np.arange(len(groups)))
    return [Estimate(float(v), float(a), float(b), len(members)) for v, a, b in zip(values, low, high, strict=True)]


def _members(groups: Sequence[str]) -> list[Indices]:
    names = np.unique(np.array(groups, dtype=str), return_inverse=True)[1]
    order = np.argsort(names, kind="stable")
    return [rows for rows in np.split(order, np.flatnonzero(np.diff(names[order])) + 1) if len(rows)]


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
