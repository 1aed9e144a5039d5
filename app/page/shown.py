"""What several views show: the words beside a score, the choices of the filters, and how a pair can be reviewed."""

from collections.abc import Iterable

from fastapi import Request

from app.api.access import Caller
from app.api.service import Service
from app.page.answers import STATES
from app.page.forms import remembered
from app.scopes import Scope
from app.wording import LIKELIHOODS
from nli.records import Finding, Kind, Relation

CHOICES = {
    "kinds": [(str(each), str(each)) for each in Kind],
    "relations": [(each, each) for each in [*map(str, Relation), "all"] if each != Relation.CONTRADICTION],
    "verdicts": [(str(each), words) for each, words in STATES.items()],
    "likelihoods": LIKELIHOODS,
}
"""What the filters offer beside their default, as value and words, and what the words beside a score mean."""


def reviewing(request: Request, caller: Caller, service: Service, found: Iterable[Finding]) -> dict[str, object]:
    """The reviews of these pairs, whether this reader may give one, under which name, and the pair of the last one."""
    store = service.archive.store
    last = store.finding(remembered(request, "reviewed"))
    said = store.reviews.history(last)[:1] if last else ()
    return {
        "reviews": store.reviews.of(found),
        "may_review": Scope.REVIEW in caller.allows,
        "reviewer": remembered(request, "reviewer") or caller.key or "",
        "last": (last, said[0]) if said else None,
    }
