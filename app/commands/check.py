"""`counterclaim check`: what in the corpus clashes with a statement, or supports it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import RenderableType
from rich.text import Text
from sqlalchemy.engine import make_url

from app import display
from app.archive import open_archive
from app.commands.find import shown
from app.commands.status import status
from app.drafts import ANSWERS, Check, check, statement
from app.errors import NothingRead
from app.formats import Format
from app.inputs import gather
from app.messages import progress, say
from app.models import Models
from app.output import console_for, is_plain, opened, show, write
from app.schemas import FindingOut
from app.settings import Settings
from corpus.errors import Fault
from nli.pipeline import Progress, shelve
from nli.records import Finding, Relation, Shelf


@dataclass(frozen=True, slots=True)
class Corpus:
    """What a statement is held against, however it was come by."""

    shelf: Shelf
    faults: tuple[Fault, ...] = ()


def from_inputs(inputs: Sequence[str]) -> Callable[[Models, Progress], Corpus]:
    """A corpus read from files, now; shelved when the models are there.

    Raises `NothingRead`.
    """
    given = gather(inputs)
    return lambda models, report: Corpus(shelve(given.articles, models.encoder, report), given.faults)


def from_store(url: str) -> Callable[[Models, Progress], Corpus]:
    """The corpus that `counterclaim ingest` has stored; read when the models are there, for it belongs to them.

    Raises `NothingRead` where there is none.
    """
    stored(url, "nothing to check against: no INPUT, and ")

    def shelf(models: Models, _: Progress) -> Corpus:
        archive = open_archive(url, models.encoder, models.judge)
        try:
            return Corpus(archive.store.shelf(archive.models)[0])
        finally:
            archive.store.close()

    return shelf


def stored(url: str, said: str = "") -> None:
    """Raises `NothingRead` where there is no file of a store: asking must not make one."""
    place = make_url(url).database
    if not place or not Path(place).exists():
        raise NothingRead(f"{said}no store at {url}; expected one that `counterclaim ingest` has made")


def run(
    text: str,
    settings: Settings,
    load: Callable[[Settings], Models],
    stock: Callable[[Models, Progress], Corpus],
) -> int:
    """Compare, write; the exit status."""
    with opened(settings.output) as stream:
        models = load(settings)
        with progress() as report:
            corpus = stock(models, report)
            if not corpus.shelf.claims:
                raise NothingRead("nothing to check against: the corpus holds no claims")
            checked = check(
                statement(text, datetime.now(UTC).date()),
                corpus.shelf,
                models,
                per_claim=settings.per_claim,
                progress=report,
            )
        listed = asked_for(checked.findings, settings)
        if settings.format is Format.TABLE:
            console = console_for(stream)
            show(page(checked, listed, plain=is_plain(console)), console)
            show(summary(corpus, listed), console)
        else:
            write((FindingOut.of(each) for each in listed), settings.format, stream, FindingOut)
            for line in summary(corpus, listed):
                say(line)
    clash = any(each.relation is Relation.CONTRADICTION for each in listed)
    return status(corpus.faults, contradiction=clash and settings.fail_on_contradiction)


def asked_for(findings: Sequence[Finding], settings: Settings) -> list[Finding]:
    """What clashes and what supports; the rest if all was asked for."""
    some = shown(findings, every=True, min_score=settings.min_score)
    return [each for each in some if settings.all or each.relation in ANSWERS]


def page(checked: Check, listed: Sequence[Finding], *, plain: bool) -> list[RenderableType]:
    """Each claim of the statement with what the corpus says to it."""
    blocks: list[RenderableType] = []
    for claim in checked.claims:
        blocks.append(Text.assemble(("You asked: ", "bold"), display.statement(claim, plain=plain)))
        answers = [each for each in listed if claim.id in (each.left.id, each.right.id)]
        if not answers:
            blocks.append(Text("  nothing found that clashes with it or supports it\n"))
        for number, each in enumerate(answers, 1):
            blocks.append(display.answer(each, claim.article, number, plain=plain))
    return blocks


def summary(corpus: Corpus, listed: Sequence[Finding]) -> list[str]:
    """How much was compared and what came of it.

    >>> summary(Corpus(Shelf.empty()), [])
    ['compared with 0 claims in 0 articles: 0 clash, 0 support']
    """
    clash, support = (sum(each.relation is relation for each in listed) for relation in ANSWERS)
    articles = display.counted(len({claim.article for claim in corpus.shelf.claims}), "article")
    claims = display.counted(len(corpus.shelf.claims), "claim")
    lines = [f"compared with {claims} in {articles}: {clash} clash, {support} support"]
    if corpus.faults:
        lines.append("not all of the input could be read: see standard error")
    return lines
