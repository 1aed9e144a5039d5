"""What is said beside the results, on standard error: faults one a line, a note, progress on a terminal."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from app.wording import printable
from corpus.errors import Fault
from nli.pipeline import Progress as Report
from nli.pipeline import silent


def say(line: str) -> None:
    """One line on standard error."""
    sys.stderr.write(printable(line) + "\n")


def list_faults(faults: Iterable[Fault]) -> None:
    """Each fault on a line of its own: where, what, and what was expected."""
    for fault in faults:
        say(" ".join(str(fault).split()))


@contextmanager
def progress() -> Iterator[Report]:
    """A bar a stage, gone when the work is done; silence where standard error is no terminal."""
    console = Console(stderr=True)
    if not console.is_terminal or console.is_dumb_terminal:
        yield silent
        return
    bars = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=console, transient=True,
    )  # fmt: skip
    tasks: dict[str, TaskID] = {}

    def report(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bars.add_task(stage, total=total)
        bars.update(tasks[stage], completed=done, total=total)

    with bars:
        yield report
