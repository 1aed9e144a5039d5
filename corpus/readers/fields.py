"""The fields of a record, checked: untrusted values in, an `Article` or a `Fault` out."""

import dataclasses
import re
from collections.abc import Mapping

from corpus.errors import Fault
from corpus.readers import published
from corpus.records import Article

FIELDS = ("id", "title", "text", "outlet", "published", "url")
MOST_TEXT = 1_000_000
"""Characters of one article's text. A long read has 50,000; beyond this it is a book or a mistake."""

SURROGATE = re.compile("[\ud800-\udfff]")


def article(fields: Mapping[str, object], where: str, name: str | None = None) -> Article | Fault:
    """The article that a record gives, or what is wrong with it.

    `name` is its id where the record has none; without either, the id is a digest of the content.

    >>> article({"id": 7, "text": "It rained.", "desk": "weather"}, "a.jsonl:1").metadata
    {'desk': 'weather'}
    >>> str(article({"id": 7, "text": ["It rained."]}, "a.jsonl:2"))
    'a.jsonl:2: the text is a list; expected a string'
    """
    for field in FIELDS[1:]:
        if fault := _not_a_string(fields.get(field), field, where):
            return fault
    key = _identity(fields.get("id"), where)
    if isinstance(key, Fault):
        return key
    text = str(fields.get("text") or "")
    if fault := _not_a_text(text, where):
        return fault
    day = str(fields.get("published") or "").strip()
    if day and not (day := published.iso(day) or ""):
        return Fault(where, f"published {_brief(fields['published'])} is no date", published.EXPECTED)
    value = Article(
        id=key or name or "?",
        text=text,
        title=str(fields.get("title") or ""),
        outlet=_given(fields.get("outlet")),
        published=day or None,
        url=_given(fields.get("url")),
        metadata={field: value for field, value in fields.items() if field not in FIELDS},
    )
    return value if key or name else dataclasses.replace(value, id=value.digest)


def _given(value: object) -> str | None:
    """A string, or None for null and for what is blank.

    >>> _given("bne IntelliNews"), _given(" "), _given(None)
    ('bne IntelliNews', None, None)
    """
    return value if isinstance(value, str) and value.strip() else None


def _identity(value: object, where: str) -> str | Fault | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return _not_a_string(value, "id", where) or _given(value)


def _not_a_string(value: object, field: str, where: str) -> Fault | None:
    if value is None:
        return None
    if not isinstance(value, str):
        return Fault(where, f"the {field} is {kind(value)}", "a string" if field != "id" else "a string or a number")
    if SURROGATE.search(value):
        return Fault(where, f"the {field} has half of a surrogate pair (\\ud800 to \\udfff)", "valid Unicode")
    return None


def _not_a_text(text: str, where: str) -> Fault | None:
    if not text.strip():
        return Fault(where, "an article without text", "a field text that is not blank")
    if len(text) > MOST_TEXT:
        return Fault(where, f"a text of {len(text):,} characters", f"at most {MOST_TEXT:,} characters an article")
    return None


def kind(value: object) -> str:
    """What a JSON value is, in words.

    >>> kind([1]), kind(None), kind(True)
    ('a list', 'null', 'true or false')
    """
    if value is None:
        return "null"
    names = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "a string",
        list: "a list",
        dict: "an object",
    }
    return names.get(type(value), type(value).__name__)


def _brief(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "…"
