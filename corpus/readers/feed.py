"""RSS and Atom: every entry that has a text is an article."""

import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO

import feedparser

from corpus.errors import Fault, UnreadableInput
from corpus.readers import encoding, fields, markup, published, streams
from corpus.records import Article

PROLOG = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding=["']([A-Za-z0-9._-]{1,40})["']""")
EXPECTED = "an RSS or Atom feed"


def articles(stream: BinaryIO, where: str) -> Iterator[tuple[str, Article | Fault]]:
    """The entries of a feed; one without text or with a date that is none is a `Fault`.

    Raises `UnreadableInput` for what is no feed, and for XML that defines entities (none is ever expanded).
    """
    content = streams.whole(stream, where)
    declared = PROLOG.match(content)
    text, _ = encoding.decoded(content, where, declared[1].decode() if declared else None)
    if "<!ENTITY" in text:
        raise UnreadableInput(where, "XML that defines entities", f"{EXPECTED} without <!ENTITY>")
    # Always a stream: feedparser would take a string or bytes for an address or a file's name.
    headers = {"content-type": "application/xml; charset=utf-8"}
    parsed = feedparser.parse(io.BytesIO(_without_prolog(text).encode()), response_headers=headers)
    if not parsed.version:
        raise UnreadableInput(where, "XML, but no feed", EXPECTED)
    if not parsed.entries:
        raise UnreadableInput(where, "a feed without entries", "at least one entry")
    if parsed.bozo:  # feedparser reads on past broken XML, so say what may be missing
        yield where, Fault(where, f"broken XML ({parsed.bozo_exception})", EXPECTED)
    outlet = markup.plain(parsed.feed.get("title") or "")
    for number, entry in enumerate(parsed.entries, 1):
        place = f"{where}, entry {number}"
        yield place, _article(entry, place, outlet)


def _without_prolog(text: str) -> str:
    """The feed without its XML declaration, which names the encoding that it no longer has."""
    declaration, closed, rest = text.lstrip().partition("?>")
    return rest if closed and declaration.startswith("<?xml") else text


def _article(entry: Mapping[str, object], where: str, outlet: str) -> Article | Fault:
    record = {
        "id": _key(entry),
        "title": markup.plain(str(entry.get("title") or "")),
        "text": _text(entry),
        "outlet": outlet,
        "url": entry.get("link"),
    }
    written = next((str(entry[key]) for key in ("published", "updated") if entry.get(key)), "")
    if written:
        record["published"] = published.iso_of_any(written)
        if record["published"] is None:
            return Fault(
                where, f"published {written[:60]!r} is no date", f"a date of RFC 2822, or {published.EXPECTED}"
            )
    return fields.article(record, where)


def _key(entry: Mapping[str, object]) -> object:
    """The entry's own id, else its link; a long one by its digest, so that it stays an id."""
    key = entry.get("id") or entry.get("link")
    if isinstance(key, str) and len(key) > 200:
        return hashlib.sha256(key.encode()).hexdigest()[:16]
    return key


def _text(entry: Mapping[str, object]) -> str:
    """The longest of what the entry holds, content and summary, without markup."""
    contents = entry.get("content")
    details = contents if isinstance(contents, list) else []
    written = [entry.get("summary"), *(detail.get("value") for detail in details)]
    return max((markup.plain(each) for each in written if isinstance(each, str)), key=len, default="")
