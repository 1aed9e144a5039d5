"""A dispute in time, drawn to scale: one lane a position, one dot a day on which it was taken."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.layout import moments
from app.wording import MONTHS, day, letter
from nli.records import Dispute

FIRST, LAST = 8.0, 96.0
"""Where the earliest and the latest day stand, in percent of the width."""

LANE, TOP = 36, 22
"""Pixels from lane to lane, and from the top to the first."""

MOST_TICKS = 5


@dataclass(frozen=True, slots=True)
class Dot:
    """A position taken on a day, `count` times; `x` in percent, `y` in pixels."""

    x: float
    y: int
    place: int
    count: int
    label: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A day named on the axis; `anchor` keeps its name inside the drawing."""

    x: float
    label: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """All that is drawn, and how many claims have no day."""

    lanes: tuple[tuple[int, str], ...]
    dots: tuple[Dot, ...]
    ticks: tuple[Tick, ...]
    undated: int

    @property
    def height(self) -> int:
        """In pixels, the axis included."""
        return self.axis + 26

    @property
    def axis(self) -> int:
        """Where the axis runs."""
        return TOP + LANE * len(self.lanes) - 10


def timeline(found: Dispute) -> Timeline | None:
    """The drawing of a dispute; None where no claim is dated."""
    dated = [(date.fromisoformat(on), those) for on, those in moments(found) if on]
    if not dated:
        return None
    first, last = dated[0][0], dated[-1][0]
    dots = []
    for on, those in dated:
        for at in sorted({place for _, place in those}):
            count = sum(place == at for _, place in those)
            label = f"{letter(at)}, {day(on.isoformat())}"
            dots.append(Dot(scaled(on, first, last), TOP + LANE * at, at, count, label))
    lanes = tuple((TOP + LANE * at, letter(at)) for at in range(len(found.positions)))
    named = tuple(_tick(on, label, first, last) for on, label in ticks(first, last))
    return Timeline(lanes, tuple(dots), named, sum(len(those) for on, those in moments(found) if not on))


def scaled(on: date, first: date, last: date) -> float:
    """Where a day stands, in percent of the width.

    >>> scaled(date(2021, 1, 1), date(2020, 1, 1), date(2022, 1, 1))
    52.06
    """
    span = (last - first).days
    return round(FIRST + (LAST - FIRST) * ((on - first).days / span if span else 0.5), 2)


def ticks(first: date, last: date) -> list[tuple[date, str]]:
    """Days to name on the axis: round ones where two or more lie between, else the two ends.

    >>> [label for _, label in ticks(date(2017, 4, 21), date(2022, 8, 17))]
    ['2018', '2019', '2020', '2021', '2022']
    >>> [label for _, label in ticks(date(2022, 8, 3), date(2022, 8, 17))]
    ['3 Aug 2022', '17 Aug 2022']
    """
    for months in (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 6000):
        round_days = list(_every(months, first, last))
        if len(round_days) <= MOST_TICKS:
            break
    if len(round_days) < 2:
        return [(on, day(on.isoformat())) for on in sorted({first, last})]
    yearly = all(on.month == 1 for on in round_days)
    return [(on, str(on.year) if yearly else f"{MONTHS[on.month - 1]} {on.year}") for on in round_days]


def _every(months: int, first: date, last: date) -> Iterator[date]:
    """The first days of every so many months, between two days."""
    number = first.year * 12 + first.month - 1 + (first.day > 1)
    number += -number % months
    while number < 12 * 10_000 and (on := date(number // 12, number % 12 + 1, 1)) <= last:
        yield on
        number += months


def _tick(on: date, label: str, first: date, last: date) -> Tick:
    x = scaled(on, first, last)
    return Tick(x, label, "start" if x < 15 else "end" if x > 88 else "middle")
