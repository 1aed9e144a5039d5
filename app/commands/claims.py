"""`counterclaim claims`: what every article asserts, and who does."""

from collections.abc import Sequence

from app import display
from app.commands.status import status
from app.formats import Format
from app.inputs import gather
from app.messages import progress, say
from app.output import console_for, opened, show, write
from app.schemas import ClaimOut
from app.settings import Settings
from corpus.claims import extract_all


def run(inputs: Sequence[str], settings: Settings) -> int:
    """Read, extract, write; the exit status."""
    with opened(settings.output) as stream:
        given = gather(inputs)
        articles = given.articles
        with progress() as report:
            found = list(extract_all(articles, lambda done: report("claims", done, len(articles))))
        if settings.format is Format.TABLE:
            pages = zip(articles, found, strict=True)
            show((display.claims(article, claims) for article, claims in pages), console_for(stream))
        else:
            rows = (ClaimOut.of(claim) for claims in found for claim in claims)
            write(rows, settings.format, stream, ClaimOut)
        number = sum(len(claims) for claims in found)
        say(f"{display.counted(number, 'claim')} in {display.counted(len(articles), 'article')}")
    return status(given.faults)
