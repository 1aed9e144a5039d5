"""Claims in a line, for the tests of what is said about them."""

from corpus.records import Aspect, Claim, Holder, Span, Stance
from nli.records import Judgement, Pair, Scores

AGAINST = Scores(0.01, 0.04, 0.95)
NEUTRAL = Scores(0.05, 0.9, 0.05)
FOLLOWS = Scores(0.95, 0.04, 0.01)


def said(  # noqa: PLR0913 (each is a word of the sentence that a test writes)
    text: str,
    *,
    by: str | None = "Ada Brown",
    day: str | None = "2024-03-01",
    article: str | None = None,
    aspect: Aspect = Aspect.ACCOMPLISHED,
    stance: Stance = Stance.ASSERTED,
    quoted: bool = False,
    written: str | None = None,
    start: int = 0,
) -> Claim:
    """A claim that `by` makes on `day`, in an article of its own if none is named."""
    article = article or f"{by}-{day}-{text[:12]}"
    holder = Holder(by, Span(start, start + 1)) if by else Holder("The Herald", None, narrator=True)
    return Claim(
        f"{article}:{start}",
        article,
        start,
        start + len(text),
        text,
        outlet="The Herald",
        published=day,
        holder=holder,
        quoted=quoted,
        stance=stance,
        aspect=aspect,
        written=written,
    )


def judged(left: Claim, right: Claim, *, score: float = 0.95, both: Scores = AGAINST) -> Judgement:
    """A judgement that is the same in both directions."""
    return Judgement(Pair(left, right, 0.4), both, both, "judge@0", score)
