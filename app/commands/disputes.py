"""`counterclaim disputes`: the questions on which articles clash, with who holds which position since when."""

from collections.abc import Callable, Sequence

from rich.console import RenderableType
from rich.text import Text

from app import display
from app.commands.find import Found, find
from app.commands.status import status
from app.formats import Format
from app.inputs import gather
from app.messages import progress, say
from app.models import Models
from app.output import console_for, is_plain, opened, show, write
from app.schemas import DisputedClaim, DisputeOut
from app.settings import Settings
from app.wording import likelihood
from corpus.errors import Fault
from corpus.origins import origins
from nli.disputes import disputes
from nli.records import Dispute


def run(inputs: Sequence[str], settings: Settings, load: Callable[[Settings], Models]) -> int:
    """Read, compare, join, write; the exit status."""
    with opened(settings.output) as stream:
        given = gather(inputs)
        models = load(settings)
        with progress() as report:
            found = find(given.articles, models, settings.per_claim, every=True, report=report)
        joined = disputes(found.findings, origins(given.articles))
        listed = [each for each in joined if each.score >= settings.min_score]
        lines = summary(found, joined, listed, given.faults)
        if settings.format is Format.TABLE:
            console = console_for(stream)
            show((display.dispute(each, at, plain=is_plain(console)) for at, each in enumerate(listed, 1)), console)
            show([*lines, *legend(listed)], console)
        else:
            rows = (DisputeOut.of(each) for each in listed)
            if settings.format is Format.CSV:
                claims = (claim for row in rows for claim in DisputedClaim.each(row))
                write(claims, settings.format, stream, DisputedClaim)
            else:
                write(rows, settings.format, stream, DisputeOut)
            for line in lines:
                say(line)
    return status(given.faults)


def legend(listed: Sequence[Dispute]) -> list[RenderableType]:
    """What the words beside the scores mean, once at the foot of the page."""
    words = dict(likelihood(found.score) for each in listed for found in each.contradictions)
    return [display.Indented(Text(f"{word}: {meaning}"), 0) for word, meaning in sorted(words.items())]


def summary(found: Found, joined: Sequence[Dispute], listed: Sequence[Dispute], faults: Sequence[Fault]) -> list[str]:
    """How much was compared and what came of it.

    >>> summary(Found(2, 9, 0, ()), [], [], [])
    ['2 articles, 9 claims, 0 pairs compared: no disputes found']
    """
    clashes = sum(len(each.contradictions) for each in listed)
    outcome = f"{display.counted(len(listed), 'dispute')} over {display.counted(clashes, 'contradiction')}"
    if not listed:
        outcome = "no disputes found in what could be read" if faults else "no disputes found"
    if hidden := len(joined) - len(listed):
        outcome += f" ({hidden:,} below the minimum score)"
    return [f"{display.compared(found.articles, found.claims, found.compared)}: {outcome}", *display.unread(faults)]
