"""Reading: files, folders and standard input to articles. One door, `read`; one module a format.

streams, encoding   bytes, bounded; characters, or a refusal
fields, published   a record's fields and dates, checked
text page jsonl feed
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import BinaryIO

from corpus.errors import Fault, UnreadableInput
from corpus.readers import streams
from corpus.readers.encoding import BYTE_ORDER_MARKS
from corpus.records import Article

__all__ = ["Download", "read"]

STDIN = "-"
EXPECTED = "text, Markdown, HTML, JSON, JSON Lines, RSS or Atom"
FORMATS = {
    ".txt": "text",
    ".md": "text",
    ".markdown": "text",
    ".html": "page",
    ".htm": "page",
    ".xhtml": "page",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".xml": "feed",
    ".rss": "feed",
    ".atom": "feed",
}
"""Which format a file's name tells; `.gz` after it is looked through. Any other name: told by its first bytes."""

JSON = re.compile(rb'\{\s*["}]|\[\s*[\[{\]"]')
FEED = re.compile(rb"<(?:\?xml\b|rss\b|feed\b|rdf:RDF\b)")
PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|body|main|article|div|p|h1)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Download:
    """A feed that somebody has fetched: from where, and its bytes, which may be packed with gzip."""

    where: str
    content: bytes


Source = str | Path | Download


def _nothing(_path: Path) -> bool:
    return False


def read(
    sources: Iterable[Source], stdin: BinaryIO | None = None, *, skip: Callable[[Path], bool] = _nothing
) -> Iterator[Article | Fault]:
    """The articles of files, folders and standard input ("-"), and a `Fault` for each part that cannot be read.

    Nothing is raised for bad input: whoever calls counts what comes. An article that comes twice is given once; a
    different article under the same id is a `Fault`. The files that `skip` names are passed over, also in folders.

    >>> [str(fault) for fault in read(["nowhere.txt"])]
    ['nowhere.txt: no such file or directory; expected a file or folder that can be read']
    """
    seen: dict[str, tuple[str, str]] = {}  # id -> digest, where
    for where, each in _all(sources, stdin, skip):
        if isinstance(each, Fault):
            yield each
        elif each.id not in seen:
            seen[each.id] = each.digest, where
            yield each
        elif seen[each.id][0] != each.digest:
            first = seen[each.id][1]
            yield Fault(
                where, f"the id {each.id!r}, which a different article has in {first}", "one article under one id"
            )


def _all(
    sources: Iterable[Source], stdin: BinaryIO | None, skip: Callable[[Path], bool]
) -> Iterator[tuple[str, Article | Fault]]:
    for source in sources:
        try:
            if isinstance(source, Download):
                yield from _from_download(source)
            elif str(source) == STDIN:
                yield from _from_stdin(stdin)
            elif Path(source).is_dir():
                yield from _from_folder(Path(source), skip)
            elif not skip(Path(source)):
                yield from _from_file(Path(source), Path(source).name)
        except UnreadableInput as error:
            yield error.where, Fault(error.where, error.what, error.expected)


def _from_stdin(stdin: BinaryIO | None) -> Iterator[tuple[str, Article | Fault]]:
    where = "standard input"
    if stdin is None:
        raise UnreadableInput(where, "not given", EXPECTED)
    stream = streams.unpacked(stdin)
    try:
        yield from _from_stream(stream, where, None, "")
    finally:
        stream.detach()  # the stream is the caller's to close


def _from_download(given: Download) -> Iterator[tuple[str, Article | Fault]]:
    from corpus.readers import feed

    yield from feed.articles(streams.unpacked(BytesIO(given.content)), given.where)


def _from_folder(folder: Path, skip: Callable[[Path], bool]) -> Iterator[tuple[str, Article | Fault]]:
    """The files of known formats in a folder and below, sorted; hidden ones are passed over, and links to folders."""
    readable = 0
    unlisted: list[OSError] = []
    for place, folders, names in os.walk(folder, onerror=unlisted.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(place, name)
            if name.startswith(".") or _format(name) is None or not path.is_file():
                continue
            readable += 1
            if skip(path):
                continue
            try:
                yield from _from_file(path, path.relative_to(folder).as_posix())
            except UnreadableInput as error:
                yield error.where, Fault(error.where, error.what, error.expected)
    for refused in unlisted:
        where = str(refused.filename)
        yield where, Fault(where, (refused.strerror or str(refused)).lower(), "a folder that can be read")
    if not readable and not unlisted:
        raise UnreadableInput(str(folder), "a folder without a file to read", f"files of {EXPECTED}")


def _from_file(path: Path, name: str) -> Iterator[tuple[str, Article | Fault]]:
    with streams.opened(path) as stream:
        yield from _from_stream(stream, str(path), name, path.name)


def _from_stream(
    stream: BufferedReader, where: str, name: str | None, told_by: str
) -> Iterator[tuple[str, Article | Fault]]:
    """`name` becomes the id of a lone article that has none; without it, a digest of the content does."""
    with streams.readable(where):
        form = _format(told_by) or _sniffed(stream.peek(streams.HEAD))
    # Imported when first needed: trafilatura and feedparser take longer to import than a small corpus to read.
    if form == "text":
        from corpus.readers import text

        yield where, text.article(stream, where, name)
    elif form == "page":
        from corpus.readers import page

        yield where, page.article(stream, where, name)
    elif form == "feed":
        from corpus.readers import feed

        yield from feed.articles(stream, where)
    else:
        from corpus.readers import jsonl

        yield from jsonl.lines(stream, where) if form == "jsonl" else jsonl.articles(stream, where, name)


def _format(name: str) -> str | None:
    """The format that a file's name tells.

    >>> _format("2017.jsonl.gz"), _format("photo.png")
    ('jsonl', None)
    """
    return FORMATS.get(Path(name.lower().removesuffix(".gz")).suffix)


def _sniffed(head: bytes) -> str:
    """The format that the first bytes tell.

    >>> _sniffed(b'[{"text": "It rained."}]'), _sniffed(b"[Updated] It rained."), _sniffed(b"<!DOCTYPE html><title>")
    ('json', 'text', 'page')
    """
    marked = next((encoding for mark, encoding in BYTE_ORDER_MARKS if head.startswith(mark)), None)
    plain = head.decode(marked, "ignore").lstrip("\ufeff").encode("utf-8", "ignore") if marked else head
    start = plain.lstrip()
    if JSON.match(start):
        return "json"
    if not start.startswith(b"<"):
        return "text"
    beginning = start[:2048]
    if PAGE.search(beginning) and not re.search(rb"<(?:rss|feed|rdf:RDF)\b", beginning):
        return "page"
    return "feed" if FEED.match(start) or FEED.search(beginning) else "text"
