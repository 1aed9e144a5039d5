"""Results as a person reads them: two statements one under the other, with who, where, when, what clashes and why.

Everything here gives rich renderables; the console decides what its terminal can show. `plain` is for a console that
shows neither bold nor colour: clashing words then stand between asterisks.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from app.schemas import JudgementOut
from app.wording import PARTIES, VERBS, Mark, because, circumstances, day, likelihood, source, speaker, stretches
from corpus.records import Article, Claim, Span
from nli.records import Finding, Pair, Relation

STYLES = {Mark.SAID: "", Mark.CLASHING: "bold underline", Mark.ADDED: "dim"}
NARROW = 2
WIDE = 4
"""Indents, in columns: the lines about a statement, and its words."""


@dataclass(frozen=True, slots=True)
class Indented:
    """Text wrapped to the console, every line indented, none padded to the right (as `rich.padding.Padding` does)."""

    text: Text
    columns: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The lines."""
        for line in self.text.wrap(console, max(options.max_width - self.columns, 20)):
            line.rstrip()
            yield Text(" " * self.columns).append_text(line)


def statement(claim: Claim, clashing: Sequence[Span] = (), *, plain: bool) -> Text:
    """The claim's words, in quotation marks only where the article has them so.

    >>> statement(Claim("c1", "a1", 100, 109, "It rained"), [Span(103, 109)], plain=True).plain
    'It *rained*'
    """
    text = Text("“" if claim.quoted else "")
    for words, mark in stretches(claim, clashing):
        text.append(f"*{words}*" if plain and mark is Mark.CLASHING else words, STYLES[mark])
    return text.append("”" if claim.quoted else "")


def finding(found: Finding, number: int, copies: Sequence[Finding] = (), *, plain: bool) -> RenderableType:
    """A pair with its relation, as one numbered block, the earlier statement first; `copies` have the same words."""
    heading = [f"{number}. {found.relation.value}", found.kind, found.parties and PARTIES[found.parties]]
    return Group(
        Text.assemble((" · ".join(part for part in heading if part), "bold reverse")),
        *_side(found.left, found.left_spans, plain=plain),
        *_also(found.left, [each.left for each in copies]),
        Indented(Text(VERBS[found.relation], style="bold"), NARROW),
        *_side(found.right, found.right_spans, plain=plain),
        *_also(found.right, [each.right for each in copies]),
        *_because(found, NARROW),
        Text(),
    )


def folded(found: Iterable[Finding]) -> list[tuple[Finding, list[Finding]]]:
    """Each pair once, with the later ones in which the same people say the same words (wire copies)."""
    groups: dict[tuple[object, ...], tuple[Finding, list[Finding]]] = {}
    for each in found:
        key = (each.relation, *(_words(claim) for claim in (each.left, each.right)))
        if key in groups:
            groups[key][1].append(each)
        else:
            groups[key] = each, []
    return list(groups.values())


def _words(claim: Claim) -> tuple[str, str]:
    named = "" if claim.holder is None or claim.holder.narrator else claim.holder.name
    return named.casefold(), " ".join(claim.text.casefold().split())


def _also(shown: Claim, copies: Iterable[Claim]) -> Iterator[RenderableType]:
    for claim in {each.id: each for each in copies if each.id != shown.id}.values():
        told = f"{claim.outlet or f'article {claim.article}'}, {day(claim.published)}, {source(claim)}"
        yield Text(" " * WIDE + f"also in {told}", style="dim", no_wrap=True, overflow="ignore")


def answer(found: Finding, asked: str, number: int, *, plain: bool) -> RenderableType:
    """What the corpus says to a claim of the article `asked`: only the other side, for the reader knows the first."""
    other, spans = (found.right, found.right_spans) if found.left.article == asked else (found.left, found.left_spans)
    verb = "overtakes" if found.relation is Relation.SUPERSEDED and other is found.left else VERBS[found.relation]
    heading = f"{number}. {verb}" + (f" · {found.kind}" if found.kind else "")
    return Group(
        Indented(Text(heading, style="bold"), NARROW),
        *_side(other, spans, plain=plain),
        *_because(found, WIDE),
        Text(),
    )


def claims(article: Article, found: Sequence[Claim]) -> RenderableType:
    """An article's claims in the order of its text."""
    title = article.title or f"article {article.id}"
    origin = f"{article.outlet or 'outlet unknown'}, {day(article.published)}, {counted(len(found), 'claim')}"
    lines: list[RenderableType] = [Text(title, style="bold"), Text(origin, style="dim")]
    for claim in found:
        lines.append(Indented(statement(claim, plain=False), NARROW))
        about = (
            f"{speaker(claim)}, {circumstances(claim)} · {claim.aspect.value} · characters {claim.start}-{claim.stop}"
            f" · worth checking {claim.check_worthiness:.2f}"
        )
        lines.append(Indented(Text(about, style="dim"), WIDE))
    return Group(*lines, Text())


def candidate(pair: Pair, number: int) -> RenderableType:
    """A pair that would be judged."""
    return Group(
        Text(f"{number}. similarity {pair.similarity:.2f}", style="bold"),
        *_side(pair.left, (), plain=False),
        *_side(pair.right, (), plain=False),
        Text(),
    )


def judgements(rows: Iterable[JudgementOut]) -> RenderableType:
    """The three probabilities of each pair, one a line."""
    table = Table(box=None, pad_edge=False)
    table.add_column("id", overflow="fold")
    table.add_column("label")
    for name in ("entailment", "neutral", "contradiction"):
        table.add_column(name, justify="right")
    for row in rows:
        figures = (f"{p:.3f}" for p in (row.entailment, row.neutral, row.contradiction))
        table.add_row(Text(str(row.id)), row.label, *figures)
    return table


def counted(number: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "claim"), counted(2100, "claim")
    ('1 claim', '2,100 claims')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _side(claim: Claim, clashing: Sequence[Span], *, plain: bool) -> tuple[RenderableType, ...]:
    """Who said it and how we know, the words, and where to read them."""
    return (
        Indented(Text.assemble((speaker(claim), "bold"), ", ", circumstances(claim)), NARROW),
        Indented(statement(claim, clashing, plain=plain), WIDE),
        # Never broken, so that a long address can be copied; the terminal wraps it.
        Text(" " * WIDE + source(claim), style="dim", no_wrap=True, overflow="ignore"),
    )


def _because(found: Finding, columns: int) -> Iterator[RenderableType]:
    """Why, and how sure; for pairs that plainly agree the score says nothing."""
    yield Indented(Text.assemble(("Why: ", "bold"), because(found)), columns)
    word, meaning = likelihood(found.score)
    if found.relation is Relation.CONTRADICTION:
        yield Indented(Text.assemble(("Score: ", "bold"), f"{found.score:.2f}, {word}: {meaning}"), columns)
    elif found.relation in (Relation.UNCERTAIN, Relation.SUPERSEDED):
        yield Indented(Text.assemble(("Score: ", "bold"), f"{found.score:.2f} for a contradiction"), columns)
