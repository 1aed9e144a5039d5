"""Which of two claims was made first, and whether they are of one time."""

from enum import StrEnum

from corpus.records import Claim

SAME_TIME = 3
"""Days within which claims speak of one time: of 260 labelled pairs of stories no more than three days apart, 7 are
updates and 158 contradictions."""


class Order(StrEnum):
    """How the making of two claims lies in time."""

    TOGETHER = "together"
    LEFT_FIRST = "left first"
    RIGHT_FIRST = "right first"
    UNKNOWN = "unknown"


def order(left: Claim, right: Claim) -> Order:
    """By the days of publication; by the newest year that an undated article names, where the years differ.

    >>> old, new = Claim("1", "a", 0, 0, "", published="2020-08-01"), Claim("2", "b", 0, 0, "", written="2022")
    >>> order(old, new), order(old, Claim("3", "a", 1, 1, ""))
    (<Order.LEFT_FIRST: 'left first'>, <Order.TOGETHER: 'together'>)
    """
    if left.article == right.article:
        return Order.TOGETHER
    if left.day and right.day:
        days = (right.day - left.day).days
        if abs(days) <= SAME_TIME:
            return Order.TOGETHER
        return Order.LEFT_FIRST if days > 0 else Order.RIGHT_FIRST
    years = [(claim.published or claim.written or "")[:4] for claim in (left, right)]
    if not all(years) or years[0] == years[1]:
        return Order.UNKNOWN
    return Order.LEFT_FIRST if years[0] < years[1] else Order.RIGHT_FIRST
