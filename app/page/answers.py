"""What a reviewer can say of a pair: in words, as a form sends it, and by which key."""

from dataclasses import dataclass

from app.store.records import Opinion, Reason, Verdict

STATES = {
    Verdict.OPEN: "not reviewed",
    Verdict.CONFIRMED: "confirmed",
    Verdict.REJECTED: "rejected",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A button: its words, what they mean, its key where scripts run, and the opinion that it stands for."""

    words: str
    meaning: str
    key: str
    verdict: Verdict
    reason: Reason | None = None

    @property
    def sent(self) -> str:
        """What a form sends for it.

        >>> [str(each.sent) for each in ANSWERS]
        ['confirmed', 'not the same thing', 'not now', 'no clash', 'they agree']
        """
        return self.reason or self.verdict


ANSWERS = (
    Answer("They clash", "both cannot be true of the same thing at the same time", "c", Verdict.CONFIRMED),
    Answer(
        "Not the same thing",
        "each speaks of another thing: another batch, bridge or year",
        "t",
        Verdict.REJECTED,
        Reason.NOT_THE_SAME_THING,
    ),
    Answer("Not now", "each could be true when it was said: an update", "n", Verdict.REJECTED, Reason.NOT_NOW),
    Answer("No clash", "of the same thing, and both can be true", "x", Verdict.REJECTED, Reason.NO_CLASH),
    Answer("They agree", "both say the same", "s", Verdict.REJECTED, Reason.AGREEMENT),
)
BACK = Answer("Take back", "nobody has reviewed it", "u", Verdict.OPEN)

BY_SENT = {each.sent: each for each in (*ANSWERS, BACK)}


def judged(opinion: Opinion) -> str:
    """What a reviewer says, without the note.

    >>> judged(Opinion(Verdict.REJECTED, "Ann", Reason.NOT_NOW))
    'rejected: not now'
    """
    return STATES[opinion.verdict] + (f": {opinion.reason}" if opinion.reason else "")
