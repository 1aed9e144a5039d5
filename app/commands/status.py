"""The exit statuses, once for all commands (`docs/cli.md`)."""

from collections.abc import Sequence

from corpus.errors import Fault

DONE = 0
SOME_FAULTY = 1
USAGE = 2
CONTRADICTION = 3
CRASH = 70


def status(faults: Sequence[Fault], *, contradiction: bool = False) -> int:
    """3 before 1: who asks to be stopped by a contradiction is stopped by one, whatever else could not be read.

    >>> fault = Fault("a.txt", "empty", "text")
    >>> status([]), status([fault]), status([fault], contradiction=True)
    (0, 1, 3)
    """
    if contradiction:
        return CONTRADICTION
    return SOME_FAULTY if faults else DONE
