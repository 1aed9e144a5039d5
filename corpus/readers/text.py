"""Plain text and Markdown: the whole file is the text, exactly as given."""

import dataclasses
import re
from typing import BinaryIO

from corpus import cleaning
from corpus.errors import Fault
from corpus.readers import encoding, fields, published, streams
from corpus.records import Article

MOST_TITLE = 200
"""Characters of a first line that may be a title."""
HEADING = re.compile(r"#{1,6}[ \t]+([^\n]*)")
PROSE_ENDS = (".", ",", ";", ".”", '."', ".’", ".'")


def article(stream: BinaryIO, where: str, name: str | None = None) -> Article | Fault:
    """The article of a text file: title, date and outlet from lines at its head if they are unmistakably that.

    Raises `UnreadableInput` for what is empty or no text.
    """
    text, coding = encoding.decoded(streams.whole(stream, where), where)
    front = cleaning.front_matter(text)
    told = dict(front.fields) if front else {}
    if day := told.get("published"):
        iso = published.iso_of_any(day)
        if iso is None:
            return Fault(where, f"the date {day!r} is none", f"{published.EXPECTED}, or in words such as 21 April 2017")
        told["published"] = iso
    body = text[front.span.stop :] if front else text
    record = {"title": title(body), **told, "text": text}
    value = fields.article(record, where, name)
    if isinstance(value, Article) and coding != "utf-8":
        return dataclasses.replace(value, metadata={"encoding": coding})
    return value


def title(text: str) -> str:
    r"""The first line that is not blank, if it is a heading or at least no sentence and more follows it.

    >>> title("# Ferry deal signed\n\nThe ministry said so."), title("The ministry said so.\nIt rained.")
    ('Ferry deal signed', '')
    """
    first, _, rest = text.lstrip("\ufeff\r\n\t \xa0").partition("\n")
    first = first.strip()
    if heading := HEADING.fullmatch(first):
        return heading[1].rstrip("# \t")
    is_prose = len(first) > MOST_TITLE or first.endswith(PROSE_ENDS) or not rest.strip()
    return "" if is_prose else first
