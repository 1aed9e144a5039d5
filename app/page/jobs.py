"""Batches on their way in, as people follow them: which, how far, and what became of each article."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.api.access import needs
from app.api.jobs import JobsAsked, job_named
from app.api.paging import Paged, following, page
from app.api.service import Served
from app.page.rendering import render
from app.scopes import Scope
from app.store.records import Change, Item, JobState, Refused
from nli.records import Relation

router = APIRouter(include_in_schema=False, dependencies=[needs(Scope.READ)])

SECONDS = 5
"""Between two loads of a page that its reader asked to follow."""

STATES = {
    JobState.QUEUED: "waiting",
    JobState.RUNNING: "being read",
    JobState.DONE: "done",
    JobState.CANCELLED: "cancelled",
}
CHANGES = {
    Change.CREATED: "stored",
    Change.REPLACED: "stored in place of what was there",
    Change.UNCHANGED: "was stored already",
}


class JobAsked(Paged):
    """Which of its articles are shown; `follow`: the page loads itself again until the job is over."""

    follow: Annotated[bool, Query()] = False


@dataclass(frozen=True, slots=True)
class Row:
    """An article of a batch, in words. `faults` say what is wrong with one that was refused."""

    number: int
    id: str | None
    stored: bool
    said: str
    faults: tuple[str, ...] = ()
    claims: int | None = None
    clashes: int | None = None

    @classmethod
    def of(cls, item: Item, *, cancelled: bool) -> "Row":
        """From the inner value."""
        told = item.outcome
        if told is None:
            return cls(item.at + 1, item.id, stored=False, said="let go" if cancelled else "not read yet")
        if isinstance(told, Refused):
            errors = told.problem.get("errors") or ()
            assert isinstance(errors, list | tuple)
            faults = tuple(str(each["detail"]) for each in errors) or (str(told.problem["detail"]),)
            return cls(item.at + 1, item.id, stored=False, said="not stored", faults=faults)
        clashes = told.findings.get(Relation.CONTRADICTION, 0)
        return cls(item.at + 1, item.id, stored=True, said=CHANGES[told.change], claims=told.claims, clashes=clashes)


@router.get("/jobs")
def jobs(asked: Annotated[JobsAsked, Query()], request: Request, service: Served) -> Response:
    """The batches of the last days, the newest first."""
    found = service.archive.store.jobs.list(asked.state, page(asked, (str, str)))
    further = following(request, asked, found)
    shown = {"items": found.items, "next": None if further is None else f"?{further.query}", "states": STATES}
    return render(request, "jobs.html", shown)


@router.get("/jobs/{identity}")
def job(identity: str, asked: Annotated[JobAsked, Query()], request: Request, service: Served) -> Response:
    """How far one is. It loads itself again only if its reader wants that: who reads slowly must not be torn away."""
    told = job_named(identity, service)
    found = service.archive.store.jobs.items(identity, page(asked, (int,)))
    further = following(request, asked, found)
    cancelled = told.state is JobState.CANCELLED
    shown = {
        "job": told,
        "follow": asked.follow and not told.state.over,
        "seconds": SECONDS,
        "rows": [Row.of(each, cancelled=cancelled) for each in found.items],
        "next": None if further is None else f"?{further.query}",
        "states": STATES,
    }
    answer = render(request, "job.html", shown)
    if shown["follow"]:
        answer.headers["Refresh"] = str(SECONDS)
    return answer
