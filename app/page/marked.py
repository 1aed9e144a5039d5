"""An article's text with its claims marked where they stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.records import Claim


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the text between two edges of claims.

    `begins` are the ids of the claims that begin with it, `ends` the numbers of those that clash and end with it.
    """

    text: str
    claimed: bool
    clashes: bool
    begins: tuple[str, ...]
    ends: tuple[int, ...]


def marked(text: str, claims: Sequence[Claim], numbers: Mapping[str, int]) -> list[Stretch]:
    """The text in stretches, which joined are the text; `numbers` names the claims that clash by their id.

    >>> claims = [Claim("c1", "a1", 0, 9, "It rained"), Claim("c2", "a1", 3, 9, "rained")]
    >>> [(each.text, each.begins, each.ends) for each in marked("It rained.", claims, {"c2": 1})]
    [('It ', ('c1',), ()), ('rained', ('c2',), (1,)), ('.', (), ())]
    """
    begins: dict[int, list[Claim]] = {}
    ends: dict[int, list[Claim]] = {}
    for claim in claims:
        begins.setdefault(claim.start, []).append(claim)
        ends.setdefault(claim.stop, []).append(claim)
    edges = sorted({0, len(text), *begins, *ends})
    stretches: list[Stretch] = []
    around: set[str] = set()
    for start, stop in pairwise(edges):
        around -= {claim.id for claim in ends.get(start, ())}
        around |= {claim.id for claim in begins.get(start, ())}
        stretches.append(
            Stretch(
                text[start:stop],
                claimed=bool(around),
                clashes=any(each in numbers for each in around),
                begins=tuple(claim.id for claim in begins.get(start, ())),
                ends=tuple(sorted(numbers[claim.id] for claim in ends.get(stop, ()) if claim.id in numbers)),
            )
        )
    return stretches
