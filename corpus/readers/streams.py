"""Bytes in: files, standard input, gzip; bounded, so that no input can fill the memory."""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from corpus.errors import UnreadableInput

MOST_DOCUMENT = 100_000_000
"""Bytes of a document that is read whole (text, HTML, JSON, feed), after decompression. JSON Lines has no limit."""
FREE_OUTPUT = 20_000_000
"""Bytes that a gzip file may unpack to, whatever its ratio."""
MOST_RATIO = 100
"""Unpacked to packed bytes beyond `FREE_OUTPUT`. News text packs 3 to 10 times; a bomb, up to 1,000."""
GZIP = b"\x1f\x8b"
HEAD = 1 << 16
"""Bytes looked at to tell a format."""


@contextmanager
def opened(path: Path) -> Iterator[io.BufferedReader]:
    """The bytes of a file, unpacked if it is gzip by its first bytes, whatever its name.

    Raises `UnreadableInput` where it cannot be opened.
    """
    try:
        raw = path.open("rb")
    except OSError as error:
        raise UnreadableInput(str(path), _reason(error), "a file or folder that can be read") from error
    with raw:
        yield unpacked(raw)


def unpacked(raw: BinaryIO) -> io.BufferedReader:
    """A stream with a `peek` of `HEAD` bytes, unpacked if it is gzip."""
    # Typeshed asks for a RawIOBase; the constructor itself takes whatever has readinto, as its documentation says.
    stream: io.BufferedReader = io.BufferedReader(cast("io.RawIOBase", raw), HEAD)
    if stream.peek(2)[:2] == GZIP:
        return io.BufferedReader(cast("io.RawIOBase", _Unpacked(stream)), HEAD)
    return stream


def whole(stream: BinaryIO, where: str) -> bytes:
    """All of a stream.

    Raises `UnreadableInput` beyond `MOST_DOCUMENT`, and where the stream breaks off.
    """
    with readable(where):
        content = stream.read(MOST_DOCUMENT + 1)
    if len(content) > MOST_DOCUMENT:
        raise UnreadableInput(where, "a document over 100 MB", "at most 100 MB, or JSON Lines, which has no such limit")
    return content


@contextmanager
def readable(where: str) -> Iterator[None]:
    """Turns what goes wrong while reading bytes into `UnreadableInput`."""
    try:
        yield
    except _BombError as error:
        raise UnreadableInput(where, str(error), f"gzip of at most {MOST_RATIO} times its packed size") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableInput(where, f"a broken gzip file ({error})", "a complete gzip file") from error
    except OSError as error:
        raise UnreadableInput(where, _reason(error), "a file that can be read") from error


class _BombError(Exception):
    """A gzip stream that unpacks beyond all measure."""


class _Counted(io.RawIOBase):
    """A stream that knows how much was read from it."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream, self.count = stream, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        chunk = self.stream.read(len(buffer))
        buffer[: len(chunk)] = chunk
        self.count += len(chunk)
        return len(chunk)


class _Unpacked(io.RawIOBase):
    """The inside of a gzip stream; raises `_BombError` when it grows beyond `FREE_OUTPUT` and `MOST_RATIO`."""

    def __init__(self, stream: BinaryIO) -> None:
        self.packed = _Counted(stream)
        self.plain = gzip.GzipFile(fileobj=cast("BinaryIO", self.packed))
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        chunk = self.plain.read1(len(buffer))
        self.count += len(chunk)
        if self.count > FREE_OUTPUT and self.count > MOST_RATIO * self.packed.count:
            raise _BombError(f"gzip that unpacks to over {MOST_RATIO} times its size")
        buffer[: len(chunk)] = chunk
        return len(chunk)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
