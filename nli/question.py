"""What a dispute is about, as a question: made of the words that both sides use, in the order of one of them."""

from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import pairwise, takewhile

from corpus.records import Claim
from nli.cues import pattern
from nli.records import Finding, Kind
from nli.terms import WORD, Weights, stem

FEWEST = 2
"""So many telling words must be shared,"""

SHARE = 0.65
"""and be this much of those of the shorter side: "Port Calder on Sunday?" is no question."""

LONGEST = 70
"""Characters of a side's own words, where too few are shared."""

OPENINGS = {
    Kind.NUMERIC: "How many or how much: ",
    Kind.DATE: "When: ",
    Kind.CAUSE: "Why: ",
}
"""What is asked where the sides clash in that; elsewhere whether it is so."""


def question(strongest: Finding, facing: Iterable[tuple[Claim, Claim]]) -> str:
    """What two positions or more clash over, from the claims of theirs that face each other.

    The pair that shares most gives the words; where no pair shares enough, both sides of the strongest contradiction
    stand in the question.

    >>> from nli.records import Judgement, Pair, Relation, Scores
    >>> never = Claim("1", "a", 0, 32, "The crew never sounded the alarm")
    >>> did = Claim("2", "b", 0, 46, "the crew had sounded the alarm within a minute")
    >>> sure = Scores(0.0, 0.0, 1.0)
    >>> found = Finding(Judgement(Pair(never, did, 0.5), sure, sure, "m", 1.0), Relation.CONTRADICTION, "")
    >>> question(found, [(never, did)])
    'Crew sounded the alarm?'
    """
    weights = _weights()
    sharing = ((_shared(left, right), left, right) for left, right in facing)
    enough = [(sum(weights[each] for each in common), -len(left.judged), left.id, right.id, common, left, right)
              for common, left, right in sharing if common]  # fmt: skip
    if not enough:
        return f"“{_shortened(strongest.left)}” or “{_shortened(strongest.right)}”?"
    *_, common, left, right = max(enough, key=lambda each: each[:4])
    words = _in_order(common, min(left.judged, right.judged, key=len))
    opening = OPENINGS.get(strongest.kind, "") if strongest.kind else ""
    return f"{opening}{words if opening else words[0].upper() + words[1:]}?"


@cache
def _weights() -> Weights:
    """Of the background alone, so that what else is read changes no question."""
    return Weights.of([])


def _shared(left: Claim, right: Claim) -> frozenset[str]:
    """The stems of the telling words that both claims have in their readings; none where these are too few."""
    one, other = _telling(left.judged), _telling(right.judged)
    common = one & other
    few = len(common) < FEWEST or len(common) < SHARE * min(len(one), len(other))
    return frozenset() if few else common


@lru_cache(maxsize=100_000)
def _telling(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in WORD.findall(text) if not _says_little(word))


def _says_little(word: str) -> bool:
    return any(pattern(name).fullmatch(word) for name in ("function", "negation"))


def _in_order(common: frozenset[str], text: str) -> str:
    """The words of these stems as the text has them, with the little words that lead from one to the next."""
    kept = [match for match in WORD.finditer(text) if stem(match.group()) in common]
    parts = [kept[0].group()]
    for one, other in pairwise(kept):
        between = text[one.end() : other.start()].split()
        little = [*takewhile(pattern("function").fullmatch, between)]
        broken = any(map(pattern("function").fullmatch, between[len(little) :]))
        parts += [*(() if broken else little), other.group()]
    return " ".join(parts).rstrip(".,")


def _shortened(claim: Claim) -> str:
    text = claim.reading
    return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0] + " …"
