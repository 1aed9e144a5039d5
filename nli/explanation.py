"""What clashes in two claims, and why, in one sentence. A first version: words and numbers, no alignment yet."""

from dataclasses import dataclass

from corpus.records import Aspect, Claim, Span, Stance
from nli.cues import antonyms, pattern
from nli.quantities import clashing
from nli.records import Kind
from nli.terms import WORD, stem

LONGEST_QUOTE = 90
"""Characters of a claim that a reason quotes."""


@dataclass(frozen=True, slots=True)
class Clash:
    """The kind of a clash and the words that make it, as spans within each claim's text."""

    kind: Kind
    left: tuple[Span, ...]
    right: tuple[Span, ...]


def clash(left: Claim, right: Claim) -> Clash:
    """What clashes in two claims that contradict each other: the first kind of `SIGNS` whose sign is there.

    >>> dead, more = Claim("1", "a", 0, 14, "12 people died"), Claim("2", "b", 0, 14, "15 people died")
    >>> clash(dead, more).kind
    <Kind.NUMERIC: 'numeric'>
    """
    found = (sign(left, right) for sign in SIGNS)
    return next((each for each in found if each is not None), _different(Kind.LEXICAL, left.text, right.text))


def in_article(spans: tuple[Span, ...], claim: Claim) -> tuple[Span, ...]:
    """Spans within a claim's text, moved to the article that it stands in."""
    return tuple(Span(claim.start + each.start, claim.start + each.stop) for each in spans)


def reason(left: Claim, right: Claim, because: str) -> str:
    """Who says what against whom, and why the pair is what it is called, in one sentence."""
    return f"{_says(left)}; {_says(right)}: {because}."


def _says(claim: Claim) -> str:
    who = claim.holder.name if claim.holder else claim.outlet or "an unnamed source"
    verb = "denies that" if claim.stance is Stance.DENIED else "says"
    when = f" ({claim.published[:10]})" if claim.published else ""
    text = claim.text if len(claim.text) <= LONGEST_QUOTE else claim.text[:LONGEST_QUOTE].rsplit(" ", 1)[0] + " …"
    return f"{who}{when} {verb} “{text}”"


def _found(name: str, text: str) -> tuple[Span, ...]:
    """Where words of a cue table stand in the text."""
    return tuple(Span(*match.span()) for match in pattern(name).finditer(text))


def _words(text: str) -> list[tuple[str, Span]]:
    return [(stem(match.group()), Span(*match.span())) for match in WORD.finditer(text)]


def _different(kind: Kind, left: str, right: str) -> Clash:
    """The longest run of words on each side that the other side has not."""
    return Clash(kind, _longest_own(left, right), _longest_own(right, left))


def _longest_own(text: str, other: str) -> tuple[Span, ...]:
    shared = {each for each, _ in _words(other)}
    runs: list[list[Span]] = [[]]
    for each, span in _words(text):
        if each in shared:
            runs.append([])
        else:
            runs[-1].append(span)
    longest = max(runs, key=len)
    return (Span(longest[0].start, longest[-1].stop),) if longest else ()


def _forecast(left: Claim, right: Claim) -> Clash | None:
    if Aspect.FORECAST not in (left.aspect, right.aspect):
        return None
    return _different(Kind.FAILED_PREDICTION, left.text, right.text)


def _denied(left: Claim, right: Claim) -> Clash | None:
    if Stance.DENIED not in (left.stance, right.stance):
        return None
    return _different(Kind.NEGATION, left.text, right.text)


def _numeric(left: Claim, right: Claim) -> Clash | None:
    lefts, rights = clashing(left.text, right.text)
    return Clash(Kind.NUMERIC, tuple(lefts), tuple(rights)) if lefts and rights else None


def _antonym(left: Claim, right: Claim) -> Clash | None:
    rights = dict(_words(right.text))
    lefts = {each for each, _ in _words(left.text)}
    for each, span in _words(left.text):
        for opposite in antonyms().get(each, frozenset()) & rights.keys():
            if opposite not in lefts and each not in rights:
                return Clash(Kind.ANTONYM, (span,), (rights[opposite],))
    return None


def _negated(left: Claim, right: Claim) -> Clash | None:
    """Exactly one side holds negating words: these, and on the other side what is not shared."""
    lefts, rights = _found("negation", left.text), _found("negation", right.text)
    if bool(lefts) == bool(rights):
        return None
    other = _different(Kind.NEGATION, left.text, right.text)
    return Clash(Kind.NEGATION, lefts or other.left, rights or other.right)


def _dated(left: Claim, right: Claim) -> Clash | None:
    early, late = clashing(left.text, right.text, years=True)
    if early and late:
        return Clash(Kind.DATE, tuple(early), tuple(late))
    for unit in ("months", "days"):
        lefts, rights = _found(unit, left.text), _found(unit, right.text)
        named = [{span.of(each.text).lower() for span in spans} for each, spans in ((left, lefts), (right, rights))]
        if lefts and rights and not named[0] & named[1]:
            return Clash(Kind.DATE, lefts, rights)
    return None


def _caused(left: Claim, right: Claim) -> Clash | None:
    if not (_found("cause", left.text) and _found("cause", right.text)):
        return None
    return _different(Kind.CAUSE, left.text, right.text)


def _modal(left: Claim, right: Claim) -> Clash | None:
    if bool(_found("modal", left.text)) == bool(_found("modal", right.text)):
        return None
    return _different(Kind.MODAL, left.text, right.text)


SIGNS = (_forecast, _denied, _numeric, _antonym, _negated, _dated, _caused, _modal)
"""Each tells what clashes if its sign is there; the surest signs first."""
