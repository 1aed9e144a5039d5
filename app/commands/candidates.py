"""`counterclaim candidates`: the pairs that would be judged, to see what is lost before the judge."""

from collections.abc import Callable, Sequence
from typing import Self

from app import display
from app.commands.status import status
from app.formats import Format
from app.inputs import gather
from app.messages import progress, say
from app.output import console_for, opened, show, write
from app.schemas import DECIMALS, ClaimOut, Shape
from app.settings import Settings
from nli.blocking import candidates
from nli.pipeline import shelve
from nli.records import Encoder, Pair, Shelf


class CandidateOut(Shape):
    """A pair of claims before it is judged; `left` is the earlier one."""

    similarity: float
    left: ClaimOut
    right: ClaimOut

    @classmethod
    def of(cls, pair: Pair) -> Self:
        """From the inner value."""
        return cls(
            similarity=round(pair.similarity, DECIMALS), left=ClaimOut.of(pair.left), right=ClaimOut.of(pair.right)
        )


def run(inputs: Sequence[str], settings: Settings, load: Callable[[str | None], Encoder]) -> int:
    """Read, extract, pair, write; the exit status."""
    with opened(settings.output) as stream:
        given = gather(inputs)
        encoder = load(settings.encoder)
        with progress() as report:
            shelf = shelve(given.articles, encoder, report)
            found = candidates(shelf, Shelf.empty(), per_claim=settings.per_claim)
        pairs = sorted(found, key=lambda pair: (-pair.similarity, pair.left.id, pair.right.id))
        if settings.format is Format.TABLE:
            show((display.candidate(pair, number) for number, pair in enumerate(pairs, 1)), console_for(stream))
        else:
            write((CandidateOut.of(pair) for pair in pairs), settings.format, stream, CandidateOut)
        say(f"{display.counted(len(pairs), 'pair')} of {display.counted(len(shelf.claims), 'claim')}")
    return status(given.faults)
