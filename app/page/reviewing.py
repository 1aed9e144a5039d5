"""Reviews by hand: a form beside each pair, sent to the address of the view that it stands in."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from app.api.access import Asking, needs
from app.api.contradictions import finding_named
from app.api.disputes import dispute_named
from app.api.problems import Fault, RequestProblem
from app.api.service import Served, Service, takes_no_parameters
from app.page.forms import REVIEW, fields, opinion, remember, reviewer
from app.page.rendering import render
from app.page.shown import CHOICES, reviewing
from app.scopes import Scope
from nli.records import Dispute

router = APIRouter(include_in_schema=False, dependencies=[needs(Scope.READ)])


async def _sent(request: Request) -> dict[str, str]:
    return fields(request, await request.body(), REVIEW)


Sent = Annotated[dict[str, str], Depends(_sent)]


@router.get("/contradictions/{identity}", dependencies=[Depends(takes_no_parameters)])
def contradiction(identity: str, request: Request, service: Served, caller: Asking) -> Response:
    """One pair, and all that was said of it."""
    found = finding_named(identity, service)
    shown = {
        "found": found,
        "history": service.archive.store.reviews.history(found),
        **reviewing(request, caller, service, [found]),
        **CHOICES,
    }
    return render(request, "contradiction.html", shown)


@router.post("/reviewer", dependencies=[needs(Scope.REVIEW), Depends(takes_no_parameters)])
async def name(request: Request) -> Response:
    """Who reviews from here on, and back to the view that asked for the name."""
    given = reviewer(fields(request, await request.body(), ["reviewer"]))
    reply = RedirectResponse(_view_before(request) or f"{_root(request)}/contradictions", 303)
    remember(reply, reviewer=given)
    return reply


@router.post("/contradictions/{identity}", dependencies=[needs(Scope.REVIEW), Depends(takes_no_parameters)])
async def review_one(identity: str, request: Request, service: Served, sent: Sent) -> Response:
    """A review, and back to the pair."""
    await run_in_threadpool(_add, service, {**sent, "pair": identity})
    return _back({**sent, "pair": identity}, f"{_root(request)}/contradictions/{identity}")


@router.post("/contradictions", dependencies=[needs(Scope.REVIEW)])
async def review_in_list(request: Request, service: Served, sent: Sent) -> Response:
    """A review, and back to the list as it was filtered, at the pair after it."""
    await run_in_threadpool(_add, service, sent)
    asked = f"?{request.url.query}" if request.url.query else ""
    return _back(sent, f"{_root(request)}/contradictions{asked}", sent["then"] or sent["pair"])


@router.post("/disputes/{identity}", dependencies=[needs(Scope.REVIEW), Depends(takes_no_parameters)])
async def review_in_dispute(identity: str, request: Request, service: Served, sent: Sent) -> Response:
    """A review, and back to the dispute, or to what has become of it: a rejection may leave another, or none."""
    before = await run_in_threadpool(dispute_named, identity, service)
    if sent["pair"] not in {each.id for each in before.contradictions}:
        fault = Fault(detail=f"{sent['pair'][:40]!r} is none of its contradictions")
        raise RequestProblem(422, "the review cannot be taken", [fault])
    await run_in_threadpool(_add, service, sent)
    left = _left_of(before, await run_in_threadpool(service.archive.disputes))
    if left is None:
        return _back(sent, f"{_root(request)}/contradictions/{sent['pair']}")
    return _back(sent, f"{_root(request)}/disputes/{left.id}", sent["then"] or sent["pair"])


def _add(service: Service, sent: dict[str, str]) -> None:
    service.archive.store.reviews.add(finding_named(sent["pair"], service), opinion(sent))


def _left_of(before: Dispute, now: tuple[Dispute, ...]) -> Dispute | None:
    """The dispute with this id, else the one in which most of its contradictions stand now."""
    ids = {each.id for each in before.contradictions}
    shared = [(each.id == before.id, len(ids & {clash.id for clash in each.contradictions}), each) for each in now]
    *_, left = max(shared, key=lambda each: each[:2], default=(False, 0, None))
    return left if left and ids & {clash.id for clash in left.contradictions} else None


def _back(sent: dict[str, str], address: str, place: str = "") -> Response:
    """See other: what is loaded again then is the view, not the form."""
    reply = RedirectResponse(address + (f"#f-{place}" if re.fullmatch(r"[0-9a-f]{16}", place) else ""), 303)
    remember(reply, reviewer=sent["reviewer"].strip(), reviewed=sent["pair"])
    return reply


def _view_before(request: Request) -> str | None:
    """The path and query of the page that a form was sent from, if it is one of ours."""
    try:
        before = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return None
    ours = before.netloc == request.headers.get("host") and re.fullmatch(r"/(?![/\\])[!-~]*", before.path)
    return f"{before.path}?{before.query}" if ours and before.query else before.path if ours else None


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", ""))
