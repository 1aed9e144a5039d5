"""`counterclaim why`: what each stage said of two claims, also where they were not flagged or not compared."""

from collections.abc import Callable, Sequence

from app import display
from app.commands.status import status
from app.errors import WrongUsage
from app.formats import Format
from app.inputs import gather
from app.messages import progress
from app.models import Models
from app.output import console_for, is_plain, opened, show, write
from app.schemas import WhyOut
from app.settings import Settings
from nli.pipeline import shelve
from nli.records import Shelf
from nli.why import why


def run(left: str, right: str, inputs: Sequence[str], settings: Settings, load: Callable[[Settings], Models]) -> int:
    """Read, look for the two, ask, write; the exit status.

    Raises `WrongUsage` where an id names no claim of the input, or both name one.
    """
    with opened(settings.output) as stream:
        given = gather(inputs)
        models = load(settings)
        with progress() as report:
            shelf = shelve(given.articles, models.encoder, report)
        one, other = identified(left, shelf), identified(right, shelf)
        if one == other:
            raise WrongUsage(f"{left} and {right} are one claim; expected two")
        told = why(one, other, shelf, models.judge, settings.per_claim)
        if settings.format is Format.TABLE:
            console = console_for(stream)
            show([display.why(told, plain=is_plain(console))], console)
        else:
            write([WhyOut.of(told)], settings.format, stream, WhyOut)
    return status(given.faults)


def identified(given: str, shelf: Shelf) -> str:
    """The id that begins so.

    Raises `WrongUsage` where none or several do.
    """
    meant = [claim.id for claim in shelf.claims if given and claim.id.startswith(given)]
    if len(meant) != 1:
        begins = "no id begins" if not meant else f"{len(meant)} ids begin"
        raise WrongUsage(f"{begins} with {given!r}; expected the id of a claim, as `counterclaim claims` lists them")
    return meant[0]
