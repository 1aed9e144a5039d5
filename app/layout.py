"""How what was found is laid out for a reader, on a terminal or on a page: what stands under what, and what once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from app.wording import VERBS
from corpus.records import Claim, Span
from nli.records import Dispute, Finding, Relation


@dataclass(frozen=True, slots=True)
class Reply:
    """A finding seen from one of its claims: that claim, the other one, and how the first stands to the second."""

    asked: Claim
    asked_spans: tuple[Span, ...]
    verb: str
    other: Claim
    other_spans: tuple[Span, ...]


def reply(found: Finding, *, left: bool) -> Reply:
    """A finding as it answers its left claim, or its right one."""
    if left:
        return Reply(found.left, found.left_spans, VERBS[found.relation], found.right, found.right_spans)
    verb = "overtakes" if found.relation is Relation.SUPERSEDED else VERBS[found.relation]
    return Reply(found.right, found.right_spans, verb, found.left, found.left_spans)


def said_once(claims: Iterable[Claim]) -> list[tuple[Claim, list[Claim]]]:
    """Each statement once, with the later claims that have the same words (copies)."""
    said: dict[str, list[Claim]] = {}
    for claim in claims:
        said.setdefault(" ".join(claim.text.casefold().split()), []).append(claim)
    return [(first, copies) for first, *copies in said.values()]


def clashing_words(contradictions: Sequence[Finding]) -> dict[str, Sequence[Span]]:
    """For each claim the words that clash in its strongest contradiction."""
    spans: dict[str, Sequence[Span]] = {}
    for each in sorted(contradictions, key=lambda each: -each.score):
        spans = {each.left.id: each.left_spans, each.right.id: each.right_spans} | spans
    return spans


def places(found: Dispute) -> dict[str, int]:
    """For each claim of a dispute the place of its position."""
    return {claim.id: place for claim, place in found.timeline}


def strongest(found: Dispute) -> list[tuple[int, int, Finding]]:
    """The places of each two positions that clash, with their strongest contradiction."""
    place = places(found)
    pairs: dict[tuple[int, int], Finding] = {}
    for each in sorted(found.contradictions, key=lambda each: -each.score):
        one, other = sorted((place[each.left.id], place[each.right.id]))
        pairs.setdefault((one, other), each)
    return [(one, other, each) for (one, other), each in sorted(pairs.items())]


def moments(found: Dispute) -> list[tuple[str | None, list[tuple[Claim, int]]]]:
    """The claims by day, each with the place of its position; undated ones last, under None."""
    by_day = groupby(found.timeline, key=lambda each: each[0].day)
    return [(on.isoformat() if on else None, list(those)) for on, those in by_day]
