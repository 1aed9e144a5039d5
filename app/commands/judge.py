"""`counterclaim judge`: natural language inference for pairs that somebody else has made."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from pydantic import ValidationError

from app import display
from app.commands.status import status
from app.errors import NothingRead
from app.formats import Format
from app.inputs import STANDARD_INPUT
from app.messages import list_faults, say
from app.output import console_for, opened, show, write
from app.schemas import JudgementOut, PairIn
from app.settings import Settings
from corpus.errors import Fault, UnreadableInput
from nli.records import Classifier, Scores

AT_ONCE = 256
"""Pairs judged together: enough to fill the model's batches, few enough that the first answers come soon."""

EXPECTED = '{"id": ..., "premise": "...", "hypothesis": "..."}'


def run(name: str, settings: Settings, load: Callable[[str | None], Classifier]) -> int:
    """Read pairs, judge them batch by batch, write each answer as it comes; the exit status."""
    faults: list[Fault] = []
    with opened(settings.output) as stream:
        pairs = readable(lines(name), name, faults)
        first = next(pairs, None)
        if first is None:
            raise NothingRead(f"nothing to judge: no pair could be read from {name}")
        answers = judged((pair for group in ([first], pairs) for pair in group), load(settings.nli_model))
        if settings.format is Format.TABLE:
            show([display.judgements(answers)], console_for(stream))
        else:
            write(answers, settings.format, stream, JudgementOut)
    if faults:
        say(f"{display.counted(len(faults), 'line')} could not be read, and no judgement stands for them")
    return status(faults)


def judged(pairs: Iterable[PairIn], classifier: Classifier) -> Iterator[JudgementOut]:
    """The answer to each pair, in the order given."""
    remaining = iter(pairs)
    while batch := list(islice(remaining, AT_ONCE)):
        rows = classifier.classify([(pair.premise, pair.hypothesis) for pair in batch])
        for pair, row in zip(batch, rows, strict=True):
            yield JudgementOut.of(pair.id, Scores.of(row), classifier.name)


def readable(rows: Iterable[bytes], name: str, faults: list[Fault]) -> Iterator[PairIn]:
    """The pairs of JSON lines; each other line is listed on standard error, kept in `faults`, and left out.

    >>> faults = []
    >>> [pair.id for pair in readable([b'{"id": 1, "premise": "It rained.", "hypothesis": "It is wet."}'], "-", faults)]
    [1]
    """
    for number, line in enumerate(rows, 1):
        if not line.strip():
            continue
        try:
            yield PairIn.model_validate(json.loads(line))
        except ValidationError as error:
            problem = error.errors()[0]
            field = ".".join(str(part) for part in problem["loc"])
            what = f"{field}: {problem['msg']}" if field else problem["msg"]
        except (ValueError, RecursionError) as error:
            what = f"not JSON ({error})"
        else:
            continue
        faults.append(Fault(f"{'standard input' if name == STANDARD_INPUT else name}:{number}", what, EXPECTED))
        list_faults(faults[-1:])


def lines(name: str) -> Iterator[bytes]:
    """The lines of a file or of standard input, as they come.

    Raises `UnreadableInput`.
    """
    if name == STANDARD_INPUT:
        if sys.stdin.isatty():
            say("reading pairs from the terminal, one JSON object a line; end with Ctrl-D")
        yield from sys.stdin.buffer
        return
    try:
        with Path(name).open("rb") as stream:
            yield from stream
    except OSError as error:
        what = (error.strerror or str(error)).lower()
        raise UnreadableInput(name, what, "a file of JSON lines, or - for standard input") from error
