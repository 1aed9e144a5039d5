"""Dates of publication, as written, to ISO 8601; what is ambiguous is no date."""

import re
from datetime import date, datetime
from email.utils import parsedate_to_datetime

EXPECTED = "a date in ISO 8601, such as 2017-04-21 or 2017-04-21T10:00:00+03:00"
MOST_WRITTEN = 40
"""Characters of a written date; dateparser is slow and eager on more."""
# A month by name, a day and a year with four digits: nothing is left to guess ("03/04/2017" is).
WRITTEN = re.compile(r"(?=[^\d]*\d{1,2}\b)(?=.*[A-Za-z]{3})(?=.*\b(?:19|20)\d\d\b)[A-Za-z0-9,.: +-]+", re.ASCII)


def iso(written: str) -> str | None:
    """A date or date-time in ISO 8601, normalised, its time zone kept; None if it is none.

    >>> iso("2017-04-21"), iso("20170421T1000Z"), iso("21/04/2017"), iso("2017-02-30")
    ('2017-04-21', '2017-04-21T10:00:00+00:00', None, None)
    """
    for kind in (date, datetime):
        try:
            return kind.fromisoformat(written.strip()).isoformat()
        except ValueError:
            continue
    return None


def iso_of_mail(written: str) -> str | None:
    """The same for the dates of RFC 2822, which RSS uses.

    >>> iso_of_mail("Mon, 06 Sep 2021 10:00:00 +0300")
    '2021-09-06T10:00:00+03:00'
    """
    try:
        return parsedate_to_datetime(written).isoformat()
    except ValueError:
        return None


def iso_of_words(written: str) -> str | None:
    """The same for dates in English words, if they are unambiguous.

    >>> iso_of_words("April 21, 2017"), iso_of_words("21 Apr 2017"), iso_of_words("03/04/2017"), iso_of_words("May")
    ('2017-04-21', '2017-04-21', None, None)
    """
    if len(written) > MOST_WRITTEN or not WRITTEN.fullmatch(written.strip()):
        return None
    import dateparser  # takes longer to import than most corpora to read, and few need it

    settings = {"STRICT_PARSING": True}
    parsed: datetime | None = dateparser.parse(written, languages=["en"], settings=settings)
    if parsed is None:
        return None
    return parsed.isoformat() if ":" in written else parsed.date().isoformat()


def iso_of_any(written: str) -> str | None:
    """Whichever of the three it is.

    >>> iso_of_any("21 April 2017"), iso_of_any("soon")
    ('2017-04-21', None)
    """
    return iso(written) or iso_of_mail(written) or iso_of_words(written)
