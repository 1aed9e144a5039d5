"""The bootstrap over groups: intervals for any measure, from whole groups drawn with replacement.

Rows of one group (a story, a source) are not independent: drawn row by row, an interval would be too narrow. All draws
are made at once, as how often each group came, so that a measure made of sums is one product of matrices.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

DRAWS = 1000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measure with its 95 % interval by the bootstrap over groups; `groups` is how many were drawn from."""

    value: float
    low: float
    high: float
    groups: int

    @classmethod
    def of(cls, drawn: Floats, groups: int) -> Self:
        """From the values of all draws, the data as they are first; draws without a value (nan) do not count."""
        low, high = np.nanquantile(drawn[1:], (0.025, 0.975)) if np.isfinite(drawn[1:]).any() else (np.nan, np.nan)
        return cls(float(drawn[0]), float(low), float(high), groups)

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.2f}-{self.high:.2f})"


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """How often each group was drawn, (1 + draws, groups), the data as they are first; the group of each row, (n,)."""

    times: Floats
    group_of: NDArray[np.intp]

    @classmethod
    def of(cls, groups: Sequence[str], draws: int = DRAWS, seed: int = 0) -> Self:
        """Draws of as many groups as there are. The same each time. Raises ValueError without rows.

        >>> drawn = Draws.of(["a", "a", "b"], draws=50)
        >>> drawn.times.shape, drawn.sums([1, 1, 1])[0]
        ((51, 2), np.float64(3.0))
        """
        if not groups:
            raise ValueError("no rows to draw from")
        names, group_of = np.unique(np.array(groups, dtype=str), return_inverse=True)
        random = np.random.default_rng(seed)
        times = random.multinomial(len(names), np.full(len(names), 1 / len(names)), size=draws)
        return cls(np.concatenate([np.ones((1, len(names))), times]), group_of)

    @classmethod
    def once(cls, rows: int) -> Self:
        """No draw: the data as they are alone."""
        return cls(np.ones((1, rows)), np.arange(rows))

    @property
    def groups(self) -> int:
        """How many groups are drawn from."""
        return int(self.times.shape[1])

    def sums(self, values: ArrayLike) -> Floats:
        """The sum of `values` (n,) over the rows of each draw: (1 + draws,)."""
        weights = np.asarray(values, np.float64)
        return self.times @ np.bincount(self.group_of, weights=weights, minlength=self.groups)

    def rows(self, start: int, stop: int) -> Floats:
        """How often each row is there in the draws from `start` to `stop`: (draws, n)."""
        return self.times[start:stop, self.group_of]


def ratio(part: Floats, whole: Floats) -> Floats:
    """`part / whole`, and 0 where there is nothing to divide by."""
    return np.divide(part, whole, out=np.zeros(np.broadcast(part, whole).shape), where=whole > 0)
