"""What precision would be where contradictions are as rare as in life, not as frequent as in a labelled set."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eval.resampling import Draws, Estimate, ratio
from eval.scoring import System

ONE_IN = (20, 100, 1000)


@dataclass(frozen=True, slots=True)
class Projection:
    """Of one system, as shipped: recall, the share of other pairs flagged, and precision at each rate in `ONE_IN`."""

    system: str
    recall: Estimate
    false_positive_rate: Estimate
    precision: tuple[tuple[int, Estimate], ...]


def project(systems: Sequence[System]) -> tuple[Projection, ...]:
    """The projection of each system that flags contradictions, where the gold has both these and others."""
    return tuple(_projection(system) for system in systems if "precision" in system and _has_both(system))


def _has_both(system: System) -> bool:
    return len({each.pair.contradictory for each in system.predictions}) == 2


def _projection(system: System) -> Projection:
    draws = Draws.of([each.pair.group for each in system.predictions])
    truth = np.array([each.pair.contradictory for each in system.predictions])
    flagged = np.array([each.said == "contradiction" for each in system.predictions])
    found = ratio(draws.sums(truth & flagged), draws.sums(truth))
    false = ratio(draws.sums(~truth & flagged), draws.sums(~truth))
    precise = [(one_in, ratio(found / one_in, found / one_in + false * (1 - 1 / one_in))) for one_in in ONE_IN]
    return Projection(
        system.name,
        Estimate.of(found, draws.groups),
        Estimate.of(false, draws.groups),
        tuple((one_in, Estimate.of(drawn, draws.groups)) for one_in, drawn in precise),
    )
