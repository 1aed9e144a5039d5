"""`counterclaim find`: the contradictions among articles."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TextIO

from app import display
from app.commands.status import status
from app.drafts import ORDER
from app.formats import Format
from app.inputs import gather
from app.messages import progress, say
from app.models import Models
from app.output import console_for, is_plain, opened, show, write
from app.schemas import FindingOut
from app.settings import Settings
from corpus.errors import Fault
from corpus.records import Article
from nli.blocking import candidates
from nli.pipeline import Progress, relations, shelve, silent
from nli.records import Finding, Relation, Shelf


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a comparison: how much was compared, and the pairs found in the order they are shown."""

    articles: int
    claims: int
    compared: int
    findings: tuple[Finding, ...]

    @property
    def contradictions(self) -> int:
        """How many of the pairs are contradictions."""
        return sum(each.relation is Relation.CONTRADICTION for each in self.findings)


def find(
    articles: Sequence[Article], models: Models, per_claim: int, *, every: bool, report: Progress = silent
) -> Found:
    """The pairs that are worth comparing, with their relations: `every` one, or those that may be contradictions."""
    shelf = shelve(articles, models.encoder, report)
    pairs = candidates(shelf, Shelf.empty(), per_claim)
    findings = relations(pairs, models.judge.judge if every else models.judge.doubtful, report)
    return Found(len(articles), len(shelf.claims), len(pairs), tuple(sorted(findings, key=strongest_first)))


def strongest_first(found: Finding) -> tuple[object, ...]:
    """The order of every listing: by relation, then score to two decimals, then the newest; ids settle the rest.

    Equal to what a person sees: two scores that print alike are alike.
    """
    newest = max(found.left.published or "", found.right.published or "")
    day = int(newest[:10].replace("-", "") or 0)
    return (ORDER.index(found.relation), -round(found.score, 2), -day, found.left.id, found.right.id)


def shown(findings: Sequence[Finding], *, every: bool, min_score: float) -> list[Finding]:
    """Those that were asked for: contradictions that score enough, and the other relations if `every`."""
    return [
        each for each in findings if (each.score >= min_score if each.relation is Relation.CONTRADICTION else every)
    ]


def run(inputs: Sequence[str], settings: Settings, load: Callable[[Settings], Models]) -> int:
    """Read, compare, write; the exit status."""
    with opened(settings.output) as stream:
        given = gather(inputs)
        models = load(settings)
        with progress() as report:
            found = find(given.articles, models, settings.per_claim, every=settings.all, report=report)
        listed = shown(found.findings, every=settings.all, min_score=settings.min_score)
        present(found, listed, given.faults, settings.format, stream)
    clash = any(each.relation is Relation.CONTRADICTION for each in listed)
    return status(given.faults, contradiction=clash and settings.fail_on_contradiction)


def present(found: Found, listed: Sequence[Finding], faults: Sequence[Fault], form: Format, stream: TextIO) -> None:
    """The pairs in their format, and how much was compared: at the foot of a page, else on standard error."""
    if form is Format.TABLE:
        console = console_for(stream)
        plain = is_plain(console)
        groups = enumerate(display.folded(listed), 1)
        show((display.finding(each, number, copies, plain=plain) for number, (each, copies) in groups), console)
        show(summary(found, listed, faults), console)
    else:
        write((FindingOut.of(each) for each in listed), form, stream, FindingOut)
        for line in summary(found, listed, faults):
            say(line)


def summary(found: Found, listed: Sequence[Finding], faults: Sequence[Fault]) -> list[str]:
    """How much was compared and what came of it; never a clean bill where something could not be read.

    >>> summary(Found(2, 9, 0, ()), [], [])
    ['2 articles, 9 claims, 0 pairs compared: no contradictions found']
    >>> summary(Found(2, 9, 0, ()), [], [Fault("a.txt", "empty", "text")])[1]
    '1 part of the input could not be read (listed on standard error) and was not compared'
    """
    number = sum(each.relation is Relation.CONTRADICTION for each in listed)
    outcome = display.counted(number, "contradiction") if number else "no contradictions found"
    if not number and faults:
        outcome = "no contradictions found in what could be read"
    copies = number - sum(each.relation is Relation.CONTRADICTION for each, _ in display.folded(listed))
    if copies:
        outcome += f", {copies:,} of them in the same words as another"
    hidden = found.contradictions - number
    if hidden:
        outcome += f" ({hidden:,} below the minimum score)"
    return [f"{display.compared(found.articles, found.claims, found.compared)}: {outcome}", *display.unread(faults)]
