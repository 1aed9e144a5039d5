"""Results as a person reads them: two statements one under the other, with who, where, when, what clashes and why.

Everything here gives rich renderables; the console decides what its terminal can show. `plain` is for a console that
shows neither bold nor colour: clashing words then stand between asterisks.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from app.layout import clashing_words, moments, reply, said_once, strongest
from app.schemas import JudgementOut
from app.wording import (
    VERBS,
    Mark,
    because,
    circumstances,
    day,
    letter,
    likelihood,
    particulars,
    source,
    speaker,
    stretches,
)
from corpus.errors import Fault
from corpus.records import Article, Claim, Span
from nli.blocking import Standing
from nli.chronology import Order
from nli.records import Dispute, Finding, Pair, Relation, Scores, Voice
from nli.stories import CLOSE, NEAREST
from nli.why import Why

STYLES = {Mark.SAID: "", Mark.CLASHING: "bold underline", Mark.ADDED: "dim"}
ORDERS = {
    Order.TOGETHER: "made at one time",
    Order.LEFT_FIRST: "the first was made first",
    Order.RIGHT_FIRST: "the second was made first",
    Order.UNKNOWN: "which was made first is not known",
}
NOT_COMPARABLE = ", where only what somebody is quoted or reported to say is compared, and never words that overlap"
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
    return Group(
        Text.assemble((f"{number}. {_named(found)}", "bold reverse")),
        *_side(found.left, found.left_spans, plain=plain),
        *_also(found.left, [each.left for each in copies]),
        Indented(Text(VERBS[found.relation], style="bold"), NARROW),
        *_side(found.right, found.right_spans, plain=plain),
        *_also(found.right, [each.right for each in copies]),
        *_because(found, NARROW),
        Indented(Text(f"Ids: {found.left.id} {found.right.id}", style="dim"), NARROW),
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


def _also(shown: Claim, copies: Iterable[Claim], columns: int = WIDE) -> Iterator[RenderableType]:
    for claim in {each.id: each for each in copies if each.id != shown.id}.values():
        told = f"{claim.outlet or f'article {claim.article}'}, {day(claim.published)}, {source(claim)}"
        yield Text(" " * columns + f"also in {told}", style="dim", no_wrap=True, overflow="ignore")


def answer(found: Finding, asked: str, number: int, *, plain: bool) -> RenderableType:
    """What the corpus says to a claim of the article `asked`: only the other side, for the reader knows the first."""
    told = reply(found, left=found.left.article == asked)
    heading = f"{number}. {told.verb}" + (f" · {found.kind}" if found.kind else "")
    return Group(
        Indented(Text(heading, style="bold"), NARROW),
        *_side(told.other, told.other_spans, plain=plain),
        *_because(found, WIDE),
        Text(),
    )


def dispute(found: Dispute, number: int, *, plain: bool) -> RenderableType:
    """A question with the positions on it: who holds each since when, where to read it, and what clashes with what."""
    spans = clashing_words(found.contradictions)
    clashes = counted(len(found.contradictions), "contradiction")
    lines: list[RenderableType] = [
        Indented(Text(f"{number}. {found.question}", style="bold reverse"), 0),
        Indented(Text(f"{len(found.positions)} positions, {clashes}, newest {day(found.newest)}", style="dim"), NARROW),
    ]
    for place, position in enumerate(found.positions):
        origins = "1 origin" if position.origins == 1 else f"{position.origins} independent origins"
        about = f"since {day(position.since)}, {origins}, clashes with {', '.join(map(letter, position.against))}"
        lines.append(Indented(Text.assemble((f"{letter(place)}  ", "bold"), about), NARROW))
        for voice in position.voices:
            lines += _voice(voice, spans, plain=plain)
    lines += [Indented(each, NARROW) for each in _clashes(found)]
    lines.append(Indented(Text.assemble(("Timeline: ", "bold"), _timeline(found)), NARROW))
    return Group(*lines, Text())


def _voice(voice: Voice, spans: Mapping[str, Sequence[Span]], *, plain: bool) -> Iterator[RenderableType]:
    """Each statement of a speaker once, with where it stands, copies under it."""
    for first, copies in said_once(voice.claims):
        yield Indented(Text.assemble((speaker(first), "bold"), ", ", circumstances(first)), WIDE)
        yield Indented(statement(first, spans.get(first.id, ()), plain=plain), WIDE + NARROW)
        yield Text(" " * (WIDE + NARROW) + source(first), style="dim", no_wrap=True, overflow="ignore")
        yield from _also(first, copies, WIDE + NARROW)


def _clashes(found: Dispute) -> Iterator[Text]:
    """Each pair of positions that clash, by its strongest contradiction."""
    for one, other, each in strongest(found):
        sides = f"{letter(one)} clashes with {letter(other)}: "
        score = f"Score {each.score:.2f}, {likelihood(each.score)[0]}"
        yield Text.assemble((sides, "bold"), f"{particulars(each)}: {because(each)} {score}")


def _timeline(found: Dispute) -> str:
    """Which position was taken on which day."""
    return " · ".join(
        f"{day(when)} {', '.join(map(letter, sorted({place for _, place in those})))}" for when, those in moments(found)
    )


def why(told: Why, *, plain: bool) -> RenderableType:
    """What each stage said of a pair, in the order in which they speak."""
    found = told.finding
    stages = (
        ("Matter", _matter(told.standing)),
        ("Rank", _rank(told.standing)),
        ("Similarity", f"{told.standing.pair.similarity:.2f} (cosine of the claims in their surroundings)"),
        ("Judge", _read(found.judgement.forward, "first", "second")),
        ("Judge", _read(found.judgement.backward, "second", "first")),
        ("Score", _score(told)),
        ("Time", f"{ORDERS[told.order]}; the first is told as {found.left.aspect}, the second as {found.right.aspect}"),
        ("Rules", _rules(told)),
        ("Relation", _relation(found)),
    )
    return Group(
        *_side(found.left, found.left_spans, plain=plain),
        Indented(Text("and", style="bold"), NARROW),
        *_side(found.right, found.right_spans, plain=plain),
        *(Indented(Text.assemble((f"{name}: ", "bold"), said), NARROW) for name, said in stages),
        Text(),
    )


def _matter(stands: Standing) -> str:
    if stands.closeness is None:
        return "both stand in one article" + ("" if stands.comparable else NOT_COMPARABLE)
    matter = "on one matter" if stands.linked else "not on one matter"
    enough = f"{CLOSE:g}, or one among the {NEAREST} nearest of the other, is enough"
    return f"the articles are {matter}: closeness {stands.closeness:.2f}; {enough}"


def _rank(stands: Standing) -> str:
    verdict = "compared" if stands.compared else "not compared; the rest is what would have been said"
    ranks = [
        f"the {one} is number {rank} among the partners of the {other}"
        for rank, one, other in ((stands.left_rank, "second", "first"), (stands.right_rank, "first", "second"))
        if rank is not None
    ]
    told = ", ".join(ranks) or "neither is a partner of the other"
    return f"{told}; the best {stands.per_claim} count: {verdict}"


def _read(scores: Scores, given: str, other: str) -> str:
    """One direction of the judge's answer."""
    return (
        f"if the {given} is so, the {other} follows {scores.entailment:.2f}, is left open {scores.neutral:.2f}, "
        f"is contradicted {scores.contradiction:.2f}"
    )


def _score(told: Why) -> str:
    bounds = told.thresholds
    if told.finding.score >= bounds.contradiction:
        verdict = f"a contradiction (from {bounds.contradiction:g})"
    elif told.finding.score >= bounds.doubt:
        verdict = f"a doubt (from {bounds.doubt:g}), no contradiction (from {bounds.contradiction:g})"
    else:
        verdict = f"neither a contradiction (from {bounds.contradiction:g}) nor a doubt (from {bounds.doubt:g})"
    passed = "" if told.doubtful else "; find without --all passes over it after reading it one way"
    return f"{told.finding.score:.2f}, {verdict}{passed}"


def _rules(told: Why) -> str:
    if told.finding.score < told.thresholds.contradiction:
        return "not asked, for they tell a clash from what only looks like one"
    said = [f"{rule.relation}, because {rule.because}" for rule in told.rules]
    return "; then ".join(said) if said else "none fits, so it stays a contradiction"


def _relation(found: Finding) -> str:
    return f"{_named(found)}: {because(found)}"


def _named(found: Finding) -> str:
    return " · ".join(part for part in (found.relation.value, particulars(found)) if part)


def claims(article: Article, found: Sequence[Claim]) -> RenderableType:
    """An article's claims in the order of its text."""
    title = article.title or f"article {article.id}"
    origin = f"{article.outlet or 'outlet unknown'}, {day(article.published)}, {counted(len(found), 'claim')}"
    lines: list[RenderableType] = [Text(title, style="bold"), Text(origin, style="dim")]
    for claim in found:
        lines.append(Indented(statement(claim, plain=False), NARROW))
        about = (
            f"{speaker(claim)}, {circumstances(claim)} · {claim.aspect.value} · characters {claim.start}-{claim.stop}"
            f" · worth checking {claim.check_worthiness:.2f} · {claim.id}"
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


def compared(articles: int, claims: int, pairs: int) -> str:
    """How much was compared.

    >>> compared(1, 9, 0)
    '1 article, 9 claims, 0 pairs compared'
    """
    return ", ".join((counted(articles, "article"), counted(claims, "claim"), f"{counted(pairs, 'pair')} compared"))


def unread(faults: Sequence[Fault]) -> list[str]:
    """What is said beside a result that does not rest on the whole input; nothing where it does."""
    if not faults:
        return []
    were = "was" if len(faults) == 1 else "were"
    return [
        f"{counted(len(faults), 'part')} of the input could not be read (listed on standard error) "
        f"and {were} not compared"
    ]


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
