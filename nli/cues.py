"""The word tables of `data/cues.toml`, read once."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from nli.terms import stem


@cache
def table() -> dict[str, Any]:
    """All tables as they stand in the file."""
    return tomllib.loads((Path(__file__).parent / "data" / "cues.toml").read_text(encoding="utf-8"))


@cache
def pattern(name: str) -> re.Pattern[str]:
    """A pattern that finds any word or phrase of a table, whole words in any case.

    >>> bool(pattern("negation").search("There are no new agreements")), bool(pattern("negation").search("a note"))
    (True, False)
    """
    listed = [each for key in ("words", "verbs", "phrases") for each in table()[name].get(key, ())]
    whole = "|".join(re.escape(each) for each in sorted(listed, key=len, reverse=True) if each[0].isalpha())
    endings = "|".join(re.escape(each) for each in listed if not each[0].isalpha())
    return re.compile(rf"\b(?:{whole})\b" + (rf"|(?:{endings})\b" if endings else ""), re.IGNORECASE)


@cache
def antonyms() -> dict[str, frozenset[str]]:
    """Stem to the stems that say the opposite."""
    opposites: dict[str, set[str]] = {}
    for one, other in table()["antonyms"]["pairs"]:
        forms = [{stem(form) for form in side.split("|")} for side in (one, other)]
        for mine, theirs in (forms, reversed(forms)):
            for each in mine:
                opposites.setdefault(each, set()).update(theirs)
    return {each: frozenset(others) for each, others in opposites.items()}
