"""Results on their way out: where to, and in which of the formats for machines."""

import csv
import io
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from pydantic import BaseModel
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment

from app.errors import CannotWrite
from app.formats import Format
from app.wording import printable

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that opens with one of these is run as a formula by spreadsheet programs."""

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
    if form is Format.CSV:
        _write_csv(rows, stream, shape)
    elif form is Format.JSON:
        _write_json(rows, stream)
    else:
        for row in rows:
            stream.write(row.model_dump_json() + "\n")


def _write_json(rows: Iterable[BaseModel], stream: TextIO) -> None:
    opening = "[\n"
    for row in rows:
        stream.write(opening + row.model_dump_json())
        opening = ",\n"
    stream.write("[]\n" if opening == "[\n" else "\n]\n")


def _write_csv(rows: Iterable[BaseModel], stream: TextIO, shape: type[BaseModel]) -> None:
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(columns(shape))
    for row in rows:
        table.writerow([cell(value) for value in _flat(row.model_dump(mode="json"))])


def columns(shape: type[BaseModel], prefix: str = "") -> list[str]:
    """The columns of a shape, those of a shape inside it under its name.

    >>> from app.schemas import ScoresOut
    >>> columns(ScoresOut, "forward_")
    ['forward_entailment', 'forward_neutral', 'forward_contradiction']
    """
    names: list[str] = []
    for name, field in shape.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            names += columns(inner, f"{prefix}{name}_")
        else:
            names.append(prefix + name)
    return names


def _flat(row: Mapping[str, Any]) -> Iterator[object]:
    for value in row.values():
        if isinstance(value, Mapping):
            yield from _flat(value)
        else:
            yield value


def cell(value: object) -> str | int | float:
    """One cell: nothing for None, a list as JSON, and text that a spreadsheet cannot take for a formula.

    >>> cell("=SUM(A1)"), cell("It rained"), cell(-0.5), cell(None), cell([[0, 9]])
    ("'=SUM(A1)", 'It rained', -0.5, '', '[[0, 9]]')
    """
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case int() | float():
            return value
        case str():
            return f"'{value}" if value.startswith(FORMULA_STARTS) else value
        case _:
            return json.dumps(value)
