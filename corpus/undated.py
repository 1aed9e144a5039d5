"""When an article without a date was written: not before the newest year that it names."""

import re

YEAR = re.compile(r"(?<![\d.,$€£/])(?:19|20)\d\d(?![\d%]|[.,]\d)")
PLANNED = re.compile(
    r"\b(?:by|until|till|through|will|would|plans?|aims?|target\w*|expect\w*|due|forecast\w*)\b", re.IGNORECASE
)
REACH = 60
"""Characters before a year that may say it lies ahead."""


def newest_year(text: str) -> str | None:
    """The newest year named in the text that nothing near it places in the future; None where it names none.

    >>> newest_year("Shown at Army-2022. The line, planned by 2030, was agreed in December 2017.")
    '2022'
    """
    years = [
        match.group()
        for match in YEAR.finditer(text)
        if not PLANNED.search(re.split(r"[.!?]\s", text[max(0, match.start() - REACH) : match.start()])[-1])
    ]
    return max(years, default=None)
