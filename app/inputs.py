"""INPUT... as articles: files, folders, `-`; what could not be read is listed, the rest is read."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from app.errors import NothingRead
from app.messages import list_faults, say
from corpus.errors import Fault
from corpus.readers import read
from corpus.records import Article

STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class Gathered:
    """All articles that could be read, each id once, and all that could not."""

    articles: tuple[Article, ...]
    faults: tuple[Fault, ...]


def gather(inputs: Sequence[str]) -> Gathered:
    """Read every input in turn, listing the faults on standard error.

    Raises `NothingRead` where there is no article at all.
    """
    if STANDARD_INPUT in inputs and sys.stdin.isatty():
        say("reading from the terminal; end with Ctrl-D")
    articles: list[Article] = []
    faults: list[Fault] = []
    for part in read(inputs, sys.stdin.buffer):
        if isinstance(part, Fault):
            list_faults([part])
            faults.append(part)
        else:
            articles.append(part)
    if not articles:
        raise NothingRead(f"nothing to work on: no article could be read from {', '.join(inputs)}")
    return Gathered(tuple(articles), tuple(faults))
