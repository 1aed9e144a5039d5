"""From the probabilities of two directions to one score with a meaning: fitted by `eval`, read here from judge.json."""

import json
import math
from dataclasses import dataclass
from pathlib import Path

from nli.errors import ModelError
from nli.records import Scores

FILE = "judge.json"
SMALLEST = 1e-4


@dataclass(frozen=True, slots=True)
class Calibration:
    """Platt scaling (Platt 1999) of both directions, the surer one first.

    `score = sigmoid(surer * logit(larger) + other * logit(smaller) + intercept)` over the two probabilities of
    contradiction. A contradiction holds both ways, but a judge often sees it only when the more specific side is the
    premise: so the surer direction weighs more, and the other is heard. At one false flag in a hundred unrelated pairs
    of news, both together find twice what the larger alone does (docs/decisions/0003-both-directions.md).
    """

    surer: float = 0.6
    other: float = 0.4
    intercept: float = 0.0

    def score(self, forward: Scores, backward: Scores) -> float:
        """The probability, in (0, 1), that the two claims contradict each other.

        >>> round(Calibration().score(Scores(0.1, 0.1, 0.8), Scores(0.3, 0.3, 0.4)), 3)
        0.661
        """
        smaller, larger = sorted((forward.contradiction, backward.contradiction))
        return 1 / (1 + math.exp(-(self.surer * logit(larger) + self.other * logit(smaller) + self.intercept)))


def logit(probability: float) -> float:
    """The logarithm of the odds; probabilities nearer to 0 or 1 than the judge can know are drawn in.

    >>> logit(0.5)
    0.0
    """
    inside = min(max(probability, SMALLEST), 1 - SMALLEST)
    return math.log(inside / (1 - inside))


def read_calibration(folder: Path) -> Calibration:
    """The calibration that a model's folder brings in judge.json; the default where there is none.

    Raises `ModelError` where the file is not what it must be.
    """
    file = folder / FILE
    if not file.is_file():
        return Calibration()
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
        return Calibration(float(stored["surer"]), float(stored["other"]), float(stored["intercept"]))
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(
            str(folder), f"{FILE} cannot be used ({error!r})", "numbers surer, other and intercept"
        ) from error
