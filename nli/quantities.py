"""The numbers in a claim, and whether two claims' numbers can both hold. A first version: no units yet."""

import re
from dataclasses import dataclass
from functools import cache

from corpus.records import Span
from nli.cues import pattern, table

CLOSE = 0.05
"""Two numbers this near, as a share of the larger, agree where one of them is said to be rough."""

YEARS = range(1500, 2101)
ROUGH_REACH = 24
"""So many characters before a number are looked at for a word that makes it rough ("about", "at least")."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number, where it stands, and whether it is said to be rough or a bound."""

    value: float
    span: Span
    rough: bool
    year: bool = False


@cache
def _number() -> re.Pattern[str]:
    words = "|".join(table()["number"])
    scales = "|".join(sorted(table()["scale"], key=len, reverse=True))
    return re.compile(
        rf"(?<![\w-])(?:[$€£]\s?)?(?:(?P<digits>\d[\d,]*(?:\.\d+)?)|(?P<word>{words})\b)"
        rf"(?:[\s\xa0-]?(?P<scale>{scales})\b)?(?![\w.]*\d)",
        re.IGNORECASE,
    )


def quantities(text: str) -> list[Quantity]:
    """The numbers of a text, in order.

    >>> [(each.value, each.rough) for each in quantities("about $2.5bn for 12 planes in 2017")]
    [(2500000000.0, True), (12.0, False), (2017.0, False)]
    """
    found: list[Quantity] = []
    for match in _number().finditer(text):
        digits, word, scale = match["digits"], match["word"], match["scale"]
        value = float(digits.replace(",", "")) if digits else float(table()["number"][word.lower()])
        value *= float(table()["scale"][scale.lower()]) if scale else 1
        reach = max(match.start() - ROUGH_REACH, found[-1].span.stop if found else 0)
        before = text[reach : match.start()]
        year = bool(digits) and len(digits) == 4 and not scale and int(value) in YEARS
        rough = bool(pattern("approximate").search(before)) and not year
        found.append(Quantity(value, Span(match.start(), match.end()), rough, year))
    return found


def agree(one: Quantity, other: Quantity) -> bool:
    """Whether the two can be the same number: equal, or near where one is rough.

    >>> about, exact = quantities("about 5 million")[0], quantities("4.9 million")[0]
    >>> agree(about, exact), agree(exact, quantities("6 million")[0])
    (True, False)
    """
    if one.value == other.value:
        return True
    near = abs(one.value - other.value) <= CLOSE * max(abs(one.value), abs(other.value))
    return near and (one.rough or other.rough) and not one.year


def clashing(left: str, right: str, *, years: bool = False) -> tuple[list[Span], list[Span]]:
    """The numbers of each side that agree with none of the other's; none where one side has no numbers.

    With `years`, the years alone are looked at, else all but these.

    >>> clashing("12 people died in 2017", "15 people died")
    ([Span(start=0, stop=2)], [Span(start=0, stop=2)])
    """
    lefts = [each for each in quantities(left) if each.year == years]
    rights = [each for each in quantities(right) if each.year == years]
    if not lefts or not rights:
        return [], []
    return (
        [each.span for each in lefts if not any(agree(each, other) for other in rights)],
        [each.span for each in rights if not any(agree(each, other) for other in lefts)],
    )


def only_rounded(left: str, right: str) -> bool:
    """Whether both sides give numbers, not all equal, and all of them agree: the same figure, rounded."""
    lefts, rights = quantities(left), quantities(right)
    if not lefts or not rights or {each.value for each in lefts} == {each.value for each in rights}:
        return False
    return not any((*clashing(left, right), *clashing(left, right, years=True)))


def counted_on(earlier: str, later: str) -> bool:
    """Whether a later count may continue an earlier one: "at least nine", then "fourteen are now known".

    >>> counted_on("At least nine people died", "Fourteen people died"), counted_on("9 people died", "14 people died")
    (True, False)
    """
    before, after = clashing(earlier, later)
    if not before or not after:
        return False
    lowest = min(each.value for each in quantities(earlier) if each.span in before)
    highest = max(each.value for each in quantities(later) if each.span in after)
    open_ended = bool(pattern("lower_bound").search(earlier)) and highest > lowest
    return open_ended or bool(pattern("recounted").search(later))
