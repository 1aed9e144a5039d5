"""JSON Lines, read line by line, and JSON documents: one article, an array, or {"articles": [...]}."""

import json
from collections.abc import Iterator
from typing import BinaryIO, NoReturn

from corpus.errors import Fault, UnreadableInput
from corpus.readers import encoding, fields, streams
from corpus.records import Article

MOST_LINE = 16_000_000
"""Bytes of one line, so that a file without line ends cannot fill the memory."""
LISTS = ("articles", "items")
"""The names under which a document may hold its articles."""
EXPECTED = "one JSON object a line"
Placed = tuple[str, Article | Fault]
"""What was read, and where: file and line, or file and number in the list."""
UTF8_MARK = b"\xef\xbb\xbf"


def articles(stream: BinaryIO, where: str, name: str | None = None) -> Iterator[Placed]:
    """The articles of a JSON or JSON Lines stream, told apart by its first line: a whole object there means Lines.

    `name` is the id of a lone article that has none. Raises `UnreadableInput` where nothing of it can be read.
    """
    first, number = _first_line(stream, where)
    if first.startswith(b"{") and first.endswith(b"}"):
        yield from _lines(stream, where, first, number)
    else:
        yield from _document(b"\n" * (number - 1) + first + b"\n" + streams.whole(stream, where), where, name)


def lines(stream: BinaryIO, where: str) -> Iterator[Placed]:
    """The articles of a JSON Lines stream; a malformed line is a `Fault` and the rest is read.

    Raises `UnreadableInput` for an empty or binary file.
    """
    first, number = _first_line(stream, where)
    if first in (b"[", b"{"):  # a document under the wrong name: one fault a line would bury the reader
        yield from _document(b"\n" * (number - 1) + first + b"\n" + streams.whole(stream, where), where, None)
    else:
        yield from _lines(stream, where, first, number)


def _first_line(stream: BinaryIO, where: str) -> tuple[bytes, int]:
    """The first line that is not blank, and its number from 1."""
    number = 0
    while True:
        number += 1
        with streams.readable(where):
            line = stream.readline(MOST_LINE)
        if not line:
            raise UnreadableInput(where, "an empty file", EXPECTED)
        if encoding.is_binary(line) and not line.startswith(tuple(mark for mark, _ in encoding.BYTE_ORDER_MARKS)):
            raise UnreadableInput(where, "a binary file", EXPECTED)
        if number == 1:
            line = line.removeprefix(UTF8_MARK)
        if line.strip():
            return line.strip(b" \t\r\n") if len(line) < MOST_LINE else line, number


def _lines(stream: BinaryIO, where: str, first: bytes, number: int) -> Iterator[Placed]:
    line = first
    while line:
        place = f"{where}:{number}"
        if len(line) >= MOST_LINE:
            yield place, Fault(place, f"a line over {MOST_LINE // 1_000_000} MB", EXPECTED)
            _skip_line(stream, where)
        elif line.strip():
            yield from _line(line.strip(), place)
        with streams.readable(f"{where}:{number + 1}"):
            line = stream.readline(MOST_LINE)
        number += 1


def _skip_line(stream: BinaryIO, where: str) -> None:
    with streams.readable(where):
        while (rest := stream.readline(streams.HEAD)) and not rest.endswith(b"\n"):
            continue


def _line(line: bytes, place: str) -> Iterator[Placed]:
    try:
        value = _parsed(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        yield place, Fault(place, f"not UTF-8 (byte {error.start} is {line[error.start]:#04x})", "JSON in UTF-8")
    except (ValueError, RecursionError) as error:
        yield place, Fault(place, f"not JSON ({_reason(error)})", EXPECTED)
    else:
        yield from _each(value, place, None)


def _document(content: bytes, where: str, name: str | None) -> Iterator[Placed]:
    text, _ = encoding.decoded(content, where, "utf-8")
    try:
        value = _parsed(text)
    except json.JSONDecodeError as error:
        raise UnreadableInput(f"{where}:{error.lineno}", f"not JSON ({_reason(error)})", "a JSON document") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableInput(where, f"not JSON ({_reason(error)})", "a JSON document") from error
    yield from _each(value, where, name)


def _each(value: object, where: str, name: str | None) -> Iterator[Placed]:
    """The articles that a parsed JSON value holds."""
    if isinstance(value, dict):
        listed = next((value[key] for key in LISTS if isinstance(value.get(key), list)), None)
        if listed is None or "text" in value:
            yield where, fields.article(value, where, name)
            return
        value = listed
    if not isinstance(value, list):
        yield where, Fault(where, f"{fields.kind(value)}, not an article", "an object with a field text")
        return
    if not value:
        yield where, Fault(where, "an empty list of articles", "at least one article")
    for number, record in enumerate(value, 1):
        place = f"{where}, article {number}"
        if isinstance(record, dict):
            yield place, fields.article(record, place)
        else:
            yield place, Fault(place, f"{fields.kind(record)}, not an article", "an object with a field text")


def _parsed(text: str) -> object:
    return json.loads(text, parse_constant=_refuse)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON value")


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg}, column {error.colno}"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)
