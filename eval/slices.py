"""How one system did on parts of the gold: label by label, kind by kind, trap by trap, set by set."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from eval import metrics
from eval.gold import LabelledPair
from eval.resampling import Draws, Estimate, Floats
from eval.scoring import Prediction, System

FEWEST = 5
"""A kind with fewer pairs is counted among the others of its sort: its share would say nothing."""

NO_TRAP = ("contradiction", "uncertain")
"""Readers differ on uncertain pairs: a flag there is no plain mistake."""


@dataclass(frozen=True, slots=True)
class Slice:
    """One part of the gold: its pairs, the contradictions among them, and the measures that mean something there."""

    name: str
    pairs: int
    contradictions: int
    groups: int
    measures: tuple[tuple[str, Estimate], ...]

    def __getitem__(self, measure: str) -> Estimate:
        """The measure of that name; raises KeyError where the slice has none."""
        return dict(self.measures)[measure]


def by_label(system: System) -> tuple[Slice, ...]:
    """Each label: how much of it was called so, and how much was called a contradiction."""
    return _slices(system, lambda pair: pair.label, ("called so", "flagged"))


def by_kind(system: System) -> tuple[Slice, ...]:
    """Each kind that contradictions have: how many of them were found; precision where the kind has other pairs too."""
    kinds = {pair.kind for pair in _pairs(system) if pair.contradictory and pair.kind}
    named = _frequent(system, lambda pair: pair.kind if pair.kind in kinds else None)
    found = _slices(system, named, ("recall", "precision"))
    return tuple(sorted(found, key=lambda each: (each.name.startswith("others"), -each.contradictions)))


def by_trap(system: System) -> tuple[Slice, ...]:
    """Each sort of pair that is no contradiction, by label and kind: how many were flagged all the same."""
    if not any(pair.kind for pair in _pairs(system) if not pair.contradictory):
        return _slices(system, lambda pair: None if pair.label in NO_TRAP else pair.label, ("flagged",))
    named = _frequent(system, lambda pair: None if pair.label in NO_TRAP else f"{pair.label}: {pair.kind or 'any'}")
    return _slices(system, named, ("flagged",))


def by_source(system: System) -> tuple[Slice, ...]:
    """Each set that the gold was taken from, where it names them."""
    return _slices(system, lambda pair: pair.source, ("precision", "recall", "F1", "average precision"))


def by_showing(system: System) -> tuple[Slice, ...]:
    """The gold without the contradictions that show only to a reader of the text around, where it marks such."""
    if all(pair.shown for pair in _pairs(system)):
        return ()
    shown = "contradictions that show in the claims, against all else"
    measures = ("precision", "recall", "F1", "average precision")
    return _slices(system, lambda pair: shown if pair.shown or not pair.contradictory else None, measures)


def _pairs(system: System) -> list[LabelledPair]:
    return [each.pair for each in system.predictions]


def _frequent(system: System, named: Callable[[LabelledPair], str | None]) -> Callable[[LabelledPair], str | None]:
    """The same names, the rare ones of each label under one."""
    counted = Counter(map(named, _pairs(system)))

    def name(pair: LabelledPair) -> str | None:
        given = named(pair)
        return given if given is None or counted[given] >= FEWEST else f"others, fewer than {FEWEST} each"

    return name


def _slices(system: System, named: Callable[[LabelledPair], str | None], wanted: Sequence[str]) -> tuple[Slice, ...]:
    """The slices by name, the largest first; pairs without a name are in none."""
    members: dict[str, list[Prediction]] = {}
    for each in system.predictions:
        if (name := named(each.pair)) is not None:
            members.setdefault(name, []).append(each)
    ordered = sorted(members.items(), key=lambda each: (each[0].startswith("others"), -len(each[1]), each[0]))
    return tuple(_slice(name, predictions, wanted) for name, predictions in ordered)


def _slice(name: str, predictions: Sequence[Prediction], wanted: Sequence[str]) -> Slice:
    draws = Draws.of([each.pair.group for each in predictions])
    truth = np.array([each.pair.contradictory for each in predictions])
    flagged = np.array([each.said == "contradiction" for each in predictions])
    right = np.array([each.said == each.pair.label for each in predictions])
    scores = np.array([each.score for each in predictions], np.float64)
    every, hits = draws.sums(np.ones(len(predictions))), draws.sums(truth & flagged)
    both = truth.any() and not truth.all()
    of: dict[str, Callable[[], Floats | None]] = {
        "called so": lambda: _share(draws.sums(right), every),
        "flagged": lambda: _share(draws.sums(flagged), every),
        "recall": lambda: _share(hits, draws.sums(truth)) if truth.any() else None,
        "precision": lambda: _share(hits, draws.sums(flagged)) if both and flagged.any() else None,
        "F1": lambda: metrics.f1(truth, flagged, draws) if truth.any() else None,
        "average precision": lambda: metrics.average_precision(truth, scores, draws) if both else None,
    }
    drawn = {measure: values for measure in wanted if (values := of[measure]()) is not None}
    measures = tuple((measure, Estimate.of(values, draws.groups)) for measure, values in drawn.items())
    return Slice(name, len(predictions), int(truth.sum()), draws.groups, measures)


def _share(part: Floats, whole: Floats) -> Floats:
    """`part / whole`; nan where a draw has nothing to divide by, so that it does not count."""
    return np.asarray(np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0), np.float64)
