"""Two reports on the same data, set side by side: better, worse, or not to be told apart.

Both are drawn together (a paired bootstrap): what is hard for both takes nothing from the difference between them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.resampling import Draws, Estimate
from eval.scoring import Prediction, System, measured

LOWER_IS_BETTER = ("Brier", "calibration error")
GUARDED = ("F1", "average precision")
"""Where one of these is surely lower than it was, the comparison has found a regression."""

EXPECTED = "the report.json of counterclaim evaluate --report, on the same data"


class Incomparable(ValueError):
    """A report that cannot be compared with: which, why, and what was expected."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}; expected {EXPECTED}")
        self.where, self.what = where, what


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a report.json says: of which data (digest), by which models, and what each system said of each pair id."""

    where: str
    digest: str
    made: str
    models: tuple[str, ...]
    measures: Mapping[str, tuple[str, ...]]
    said: Mapping[str, Mapping[str, tuple[str, float]]]


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure of one system, then and now; `change` is now less then, with its interval."""

    system: str
    against: str
    measure: str
    before: float
    now: float
    change: Estimate

    @property
    def verdict(self) -> str:
        """`better` or `worse` where the interval leaves no doubt."""
        if self.change.low <= 0 <= self.change.high:
            return "not told apart"
        return "better" if (self.change.value < 0) == (self.measure in LOWER_IS_BETTER) else "worse"

    @property
    def regressed(self) -> bool:
        """Whether it is F1 or average precision, and surely lower than it was."""
        return self.measure in GUARDED and self.change.high < 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """The differences from an earlier report, over the pairs that both have."""

    earlier: Earlier
    pairs: int
    differences: tuple[Difference, ...]

    @property
    def regressed(self) -> bool:
        """Whether any system has become worse at finding contradictions."""
        return any(difference.regressed for difference in self.differences)


def read_report(path: Path) -> Earlier:
    """What is needed of a report.json; raises Incomparable where it is none, or holds no predictions."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Incomparable(str(path), (error.strerror or str(error)).lower()) from error
    except ValueError as error:
        raise Incomparable(str(path), f"not JSON ({error})") from error
    if not isinstance(told, dict) or not isinstance(told.get("systems"), dict):
        raise Incomparable(str(path), "not a report")
    if not told.get("predictions"):
        raise Incomparable(str(path), "a report without predictions, made by an earlier version")
    try:
        return _earlier(str(path), told)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Incomparable(str(path), f"not a whole report ({error!r})") from error


def _earlier(where: str, told: Mapping[str, Any]) -> Earlier:
    baselines = told["baselines"]
    names = [name for name in told["systems"] if name not in baselines]
    said: dict[str, dict[str, tuple[str, float]]] = {name: {} for name in names}
    for each in told["predictions"]:
        for name in names:
            answer, score = each["systems"][name]
            said[name][each["id"]] = (str(answer), float(score))
    measures = {name: tuple(told["systems"][name]) for name in names}
    return Earlier(where, told["digest"], told["made"], tuple(told["models"]), measures, said)


def require_same_data(digest: str, earlier: Earlier) -> None:
    """Raise Incomparable where the earlier report is not of the gold with this digest."""
    if digest != earlier.digest:
        raise Incomparable(earlier.where, f"a report on other data (SHA-256 {earlier.digest}, not {digest})")


def set_beside(systems: Sequence[System], digest: str, earlier: Earlier) -> Comparison:
    """How each measured system differs from the one of its name then, or else the one in its place.

    Raises Incomparable where the reports are of other data, or share no pair.
    """
    require_same_data(digest, earlier)
    places = list(earlier.said)
    differences: list[Difference] = []
    shared: set[str] = set()
    for place, system in enumerate(each for each in systems if not each.baseline):
        against = system.name if system.name in earlier.said else next(iter(places[place : place + 1]), None)
        if against is None:
            continue
        then = earlier.said[against]
        now = [each for each in system.predictions if each.pair.id in then]
        if not now:
            raise Incomparable(earlier.where, "a report without one of these pairs")
        shared |= {each.pair.id for each in now}
        wanted = tuple(name for name, _ in system.measures if name in earlier.measures[against])
        before = [Prediction(each.pair, *then[each.pair.id]) for each in now]
        differences += _differences((system.name, against), now, before, wanted)
    return Comparison(earlier, len(shared), tuple(differences))


def _differences(
    names: tuple[str, str], now: Sequence[Prediction], then: Sequence[Prediction], wanted: Sequence[str]
) -> list[Difference]:
    draws = Draws.of([each.pair.group for each in now])
    both = zip(wanted, measured(then, wanted, draws), measured(now, wanted, draws), strict=True)
    return [
        Difference(*names, name, float(before[0]), float(after[0]), Estimate.of(after - before, draws.groups))
        for name, before, after in both
    ]
