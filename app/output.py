"""Results on their way out: where to, and in which of the formats for machines."""

import io
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from pydantic import BaseModel
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment

from app.errors import CannotWrite
from app.formats import Format
from app.serialisation import serialised
from app.wording import printable

BROKEN_PIPE = 141
"""What a shell reports for a program that a closed pipe has ended (128 + SIGPIPE)."""


@contextmanager
def opened(path: Path | None) -> Iterator[TextIO]:
    """Where results are written: standard output, or a file that appears under its name only when it is whole.

    Raises `CannotWrite` where there can be no such file, before any work is done. A reader that closes the pipe early
    (`| head`) ends the program silently.
    """
    if path is None or str(path) == "-":
        yield from _standard_output()
    elif path.exists() and not path.is_file() and not path.is_dir():
        with path.open("w", encoding="utf-8") as device:  # /dev/null or a named pipe: renaming would replace it
            yield device
    else:
        yield from _whole_file(path.resolve())


def _standard_output() -> Iterator[TextIO]:
    try:
        yield sys.stdout
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes standard output once more at exit; let that go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(BROKEN_PIPE) from None


def _whole_file(path: Path) -> Iterator[TextIO]:
    if path.is_dir():
        raise CannotWrite(str(path), "it is a folder")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        stream = part.open("x", encoding="utf-8", newline="")
    except OSError as error:
        raise CannotWrite(str(path), error.strerror or str(error)) from error
    try:
        with stream:
            yield stream
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


class Page(Console):
    """A console that leaves a closed pipe to `opened`; rich would end the program with 1, which here means "done"."""

    def on_broken_pipe(self) -> None:
        """Raises BrokenPipeError."""
        raise BrokenPipeError


def console_for(stream: TextIO) -> Console:
    """A console for people: as wide as the terminal, without colour where there is none or NO_COLOR asks for none."""
    if stream is sys.stdout and isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")  # a terminal without the character shows "?"; the rest is worth reading
    return Page(file=stream, highlight=False, markup=False, emoji=False)


def is_plain(console: Console) -> bool:
    """Whether it shows neither bold nor colour, so that emphasis needs characters."""
    return console.color_system is None


@dataclass(frozen=True, slots=True)
class Harmless:
    """What a renderable shows, without characters of the articles that would act on the terminal."""

    renderable: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The same segments, cleaned."""
        for segment in console.render(self.renderable, options):
            yield Segment(printable(segment.text), segment.style, segment.control)


def show(renderables: Iterable[RenderableType], console: Console) -> None:
    """Print for people; long addresses stay whole."""
    for renderable in renderables:
        console.print(Harmless(renderable), crop=False)


def write(rows: Iterable[BaseModel], form: Format, stream: TextIO, shape: type[BaseModel]) -> None:
    """The rows for a machine, each as it comes, always in UTF-8; `shape` names the columns of an empty table."""
    if stream is sys.stdout and isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", newline="")
    for part in serialised(rows, form, shape):
        stream.write(part)
