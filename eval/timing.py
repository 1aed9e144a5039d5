"""How fast the judge was on the pairs of the run itself, so that a report's figures and its speed are of one thing."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

ALONE = 32
"""So many pairs are asked again, one by one, to see how long a single answer takes."""


@dataclass(frozen=True, slots=True)
class Speed:
    """How long a model took for `count` pairs in batches, in seconds, and for each of some pairs asked alone."""

    model: str
    unit: str
    count: int
    seconds: float
    alone: tuple[float, ...]

    @property
    def per_second(self) -> float:
        """Pairs a second, in batches; 0 where there were none."""
        return self.count / self.seconds if self.seconds else 0.0

    def milliseconds(self, quantile: float) -> float:
        """How long one pair alone took, at a quantile in [0, 1]; 0 where none was asked.

        >>> Speed("m", "pairs", 8, 2.0, (0.01, 0.02, 0.03)).milliseconds(0.5)
        20.0
        """
        return float(np.quantile(self.alone, quantile)) * 1000 if self.alone else 0.0


class Stopwatch:
    """Counts what a model was asked, and how long it took."""

    def __init__(self) -> None:
        self._count, self._seconds = 0, 0.0

    def time(self, work: Callable[[Sequence[Asked]], Answer], asked: Sequence[Asked]) -> Answer:
        """What `work` answers; its seconds and the length of `asked` are added up."""
        began = time.perf_counter()
        answer = work(asked)
        self._seconds += time.perf_counter() - began
        self._count += len(asked)
        return answer

    def speed(self, model: str, unit: str, work: Callable[[Sequence[Asked]], object], asked: Sequence[Asked]) -> Speed:
        """What was counted, and how long some of `asked`, spread over all of them, take one by one."""
        alone = []
        for one in asked[:: max(1, len(asked) // ALONE)][:ALONE]:
            began = time.perf_counter()
            work([one])
            alone.append(time.perf_counter() - began)
        return Speed(model, unit, self._count, self._seconds, tuple(alone))
