"""The filters of a list, as they stand in the address: what is asked for, or what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from pydantic import ValidationError

from app.api.paging import Paged

Shape = TypeVar("Shape", bound=Paged)

EXPECTED = {
    "min_score": "expected a number from 0 to 1, such as 0.6",
    "limit": "expected a whole number from 1 to 500",
}
PLACING = {"cursor", "limit"}
"""Parameters that say which part of a list is shown, not what is looked for."""


@dataclass(frozen=True, slots=True)
class Asked(Generic[Shape]):
    """The filters as they were typed, and what they mean; None where they mean nothing, with the fault of each."""

    given: Mapping[str, str]
    meant: Shape | None
    faults: Mapping[str, str]

    @property
    def narrows(self) -> bool:
        """Whether anything is asked but the place in the list."""
        return bool(set(self.given) - PLACING - {"sort"})

    def also(self, **given: str) -> str:
        """The query of the same list with other filters, from its beginning.

        >>> Asked({"q": "a b", "cursor": "x"}, None, {}).also(kind="date")
        'q=a+b&kind=date'
        """
        asked = {**self.given, **given}
        return urlencode({name: value for name, value in asked.items() if value and name not in PLACING})


def read(given: Mapping[str, str], shape: type[Shape]) -> Asked[Shape]:
    """The filters of an address.

    >>> from app.api.contradictions import ContradictionsAsked
    >>> read({"min_score": "much"}, ContradictionsAsked).faults
    {'min_score': "'much': expected a number from 0 to 1, such as 0.6"}
    >>> read({"colour": "red"}, ContradictionsAsked).faults
    {'colour': 'there is no such filter'}
    """
    try:
        return Asked(given, shape.model_validate(dict(given)), {})
    except ValidationError as error:
        return Asked(given, None, dict(_fault(given, each) for each in error.errors()))


def _fault(given: Mapping[str, str], error: Mapping[str, object]) -> tuple[str, str]:
    place = error["loc"]
    name = str(place[0]) if isinstance(place, tuple) and place else ""
    if error["type"] == "extra_forbidden":
        return name, "there is no such filter"
    said = str(error["msg"]).removeprefix("Value error, ")
    if name in EXPECTED:
        said = EXPECTED[name]
    typed = repr(given.get(name, "")[:40])
    return name, said if typed in said or not name else f"{typed}: {said}"
