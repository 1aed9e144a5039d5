"""Bytes to characters, or a refusal: a wrong guess would be mojibake that nobody sees."""
# ruff: noqa: RUF001 -- the curly quotation marks and dashes of the press are meant

import codecs
import re

import charset_normalizer

from corpus.errors import UnreadableInput

EXPECTED = "text in UTF-8, or with its encoding declared"

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the other's
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
MAGIC = (
    b"%PDF",
    b"PK\x03\x04",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x7fELF",
    b"\xd0\xcf\x11\xe0",
    b"\x28\xb5\x2f\xfd",
)
# What the WHATWG encoding standard makes of these labels, since pages so labelled are written in Windows-1252.
LABELS = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252"}

FAMILY = ("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1257")
"""The encodings that a guess may settle on; they agree on quotation marks and dashes, and differ in letters."""
LEAST_COHERENCE = 0.3
"""charset-normalizer's measure of how much a decoded text is like a language; short texts have none (0)."""
# A sign or capital between small letters ("na•ve", "thatÕs") is a wrong decoding; hyphens, apostrophes, spaces are not.
MOJIBAKE = re.compile(r"[a-z][^\x00-\x7fß-öø-ÿœšžğışčćđěřůąęłńśźżőűа-яёѐ-џά-ώ’‘‐‑–—…\xa0\xad][a-z]")


def decoded(content: bytes, where: str, declared: str | None = None) -> tuple[str, str]:
    r"""The characters, without a byte order mark, and the name of the encoding; all else is kept, CRLF too.

    Raises `UnreadableInput` for what is empty, binary, or in an encoding that cannot be told safely.

    >>> decoded(b"Caf\xc3\xa9", "a.txt")
    ('Café', 'utf-8')
    """
    if not content.removeprefix(codecs.BOM_UTF8).strip():
        raise UnreadableInput(where, "an empty file", EXPECTED)
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _strictly(content[len(mark) :], where, encoding), encoding
    if is_binary(content):
        raise UnreadableInput(where, "a binary file", EXPECTED)
    text = _tried(content, "utf-8")
    # Bytes beyond ASCII that are valid UTF-8 are UTF-8, whatever a page says of itself; a seven-bit encoding that
    # uses escapes (ISO-2022) is valid UTF-8 too, so a declaration goes first where there are none.
    if text is not None and (declared is None or not content.isascii()):
        return text, "utf-8"
    if declared is not None:
        encoding = LABELS.get(declared.lower(), declared)
        return _strictly(content, where, encoding), encoding
    return _guessed(content, where)


def is_binary(content: bytes) -> bool:
    """Whether this is no text in any encoding without NUL: a picture, an archive, a program.

    >>> is_binary(b"%PDF-1.7"), is_binary("naïve".encode("cp1252"))
    (True, False)
    """
    head = content[:8192]
    controls = sum(byte < 9 or 13 < byte < 27 or 27 < byte < 32 for byte in head)
    return head.startswith(MAGIC) or b"\0" in content or controls > len(head) / 50


def _tried(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _strictly(content: bytes, where: str, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        what = f"declared as {encoding}, but byte {error.start} ({content[error.start]:#04x}) is not"
        raise UnreadableInput(where, what, EXPECTED) from error
    except LookupError as error:
        raise UnreadableInput(where, f"declared in an unknown encoding ({encoding!r})", EXPECTED) from error


def _guessed(content: bytes, where: str) -> tuple[str, str]:
    """charset-normalizer's guess, if all of the Windows family that it finds equally likely give the same text.

    Measured on its own: English with curly quotes in Windows-1252 comes back right, "£300" as "Ł300" in the second
    place with the same score, Mac Roman "naïve" as "na•ve" in the first. So only what is unanimous is taken.
    """
    matches = [match for match in charset_normalizer.from_bytes(content) if match.encoding in FAMILY]
    best = min((match.chaos for match in matches), default=0.0)
    likely = [match for match in matches if match.chaos == best]
    readings = {reading for match in likely if (reading := _tried(content, match.encoding))}
    readings |= {reading for match in likely[:1] for reading in _rivals(content, match.encoding)}
    coherent = any(match.coherence >= LEAST_COHERENCE for match in likely)
    if len(readings) != 1 or not coherent or MOJIBAKE.search(next(iter(readings))):
        what = "not UTF-8, and which other encoding it is cannot be told safely"
        raise UnreadableInput(where, what, f"{EXPECTED} (iconv -f … -t utf-8)")
    return readings.pop(), f"{likely[0].encoding} (guessed)"


def _rivals(content: bytes, encoding: str) -> list[str]:
    """What the two most common Windows encodings of Latin letters make of it, where the guess is Latin too."""
    latin = ("cp1250", "cp1252", "cp1254")
    return [text for rival in latin if (text := _tried(content, rival))] if encoding in latin else []
