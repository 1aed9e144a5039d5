"""`/v1/watches`: saved queries, what matches them as articles arrive, and the webhooks that are told."""

import secrets
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from app.api.access import needs
from app.api.paging import Listing, Paged, listing, page
from app.api.problems import Fault, RequestProblem
from app.api.service import Served, takes_json, takes_no_parameters
from app.api.webhooks import Courier, fault_of, new_secret, type_of
from app.schemas import ContradictionOut, EventType, Words
from app.scopes import Scope
from app.store.records import FindingFilter
from app.store.watches import Delivery, Match, State, Watch, stamp
from nli.records import Kind, Relation

router = APIRouter(prefix="/v1/watches", tags=["watches"])

OVERLAP = timedelta(days=1)
"""How long messages are signed with the secret before the newest too."""

WatchId = Annotated[str, Path(alias="id", description="The watch's id")]
Name = Annotated[Words, Field(min_length=1, max_length=200)]


class WatchIn(BaseModel):
    """A query to save: all that is given must hold, as in `/v1/contradictions`. Without `webhook` it is only read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[Name, Field(description="What people call it")]
    relation: Annotated[Relation | Literal["all"], Field(description="One relation, or `all`")] = Relation.CONTRADICTION
    kind: Annotated[Kind | None, Field(description="What clashes")] = None
    holder: Annotated[Name | None, Field(description="Part of a holder's name, in any case")] = None
    outlet: Annotated[Name | None, Field(description="An outlet's whole name, in any case")] = None
    entity: Annotated[Name | None, Field(description="A name that stands in one of the claims or its reading")] = None
    q: Annotated[Name | None, Field(description="Words that all occur in one of the claims or its reading")] = None
    min_score: Annotated[float, Field(ge=0, le=1)] = 0.0
    webhook: Annotated[
        Annotated[Words, Field(min_length=1, max_length=2000)] | None, Field(description="Where matches are sent")
    ] = None

    def watch(self, identity: str, created: str) -> Watch:
        """The inner value."""
        which = FindingFilter(
            relation=None if self.relation == "all" else Relation(self.relation),
            kind=self.kind,
            holder=self.holder,
            outlet=self.outlet,
            entity=self.entity,
            q=self.q,
            min_score=self.min_score,
        )
        return Watch(identity, self.name, created, which, self.webhook)


class WatchOut(WatchIn):
    """A watch as it was saved."""

    id: str
    created: str

    @classmethod
    def of(cls, watch: Watch) -> Self:
        """From the inner value."""
        return cls.model_validate(_told(watch))


class WatchSaved(WatchOut):
    """The same; with the secret of its webhook where that is new, for it is shown this once."""

    secret: str | None


class SecretOut(BaseModel):
    """The secret that messages are signed with from now on, shown this once, and until when the old one signs too."""

    secret: str
    old_until: str


class MatchOut(BaseModel):
    """A finding that matched, and when."""

    matched: str
    finding: ContradictionOut


class AttemptOut(BaseModel):
    """One request: when it was sent, the status that came back, or why none did."""

    at: str
    seconds: float
    status: int | None
    fault: str | None


class DeliveryOut(BaseModel):
    """A message to a webhook. `id` is its `webhook-id`, `finding` the id of what matched, null where none is stored."""

    id: str
    type: EventType
    created: str
    state: State
    finding: str | None
    due: str | None
    attempts: list[AttemptOut]

    @classmethod
    def of(cls, delivery: Delivery) -> "DeliveryOut":
        """From the inner value."""
        return cls(
            id=delivery.id,
            type=type_of(delivery),
            created=delivery.created,
            state=delivery.state,
            finding=delivery.finding,
            due=None if delivery.due is None else stamp(datetime.fromtimestamp(delivery.due, UTC)),
            attempts=[AttemptOut(**asdict(each)) for each in delivery.attempts],
        )


def _told(watch: Watch) -> dict[str, object]:
    which = watch.which
    return {
        "id": watch.id,
        "created": watch.created,
        "name": watch.name,
        "relation": which.relation or "all",
        "kind": which.kind,
        "holder": which.holder,
        "outlet": which.outlet,
        "entity": which.entity,
        "q": which.q,
        "min_score": which.min_score,
        "webhook": watch.webhook,
    }


def courier_of(request: Request) -> Courier:
    """The courier that the app was made with."""
    courier = request.app.state.courier
    assert isinstance(courier, Courier)
    return courier


Sent = Annotated[Courier, Depends(courier_of)]


def watch_named(identity: WatchId, service: Served) -> Watch:
    """The watch of the path. Raises `RequestProblem` (404) where there is none."""
    watch = service.archive.store.watches.watch(identity)
    if watch is None:
        raise RequestProblem(404, f"there is no watch {identity!r}")
    return watch


Named = Annotated[Watch, Depends(watch_named)]


def watch_to_save(body: WatchIn, courier: Sent) -> WatchIn:
    """The watch of the body. Raises `RequestProblem` (422) where nothing can be sent to its webhook."""
    fault = None if body.webhook is None else fault_of(body.webhook, private=courier.posting.private)
    if fault:
        raise RequestProblem(422, "the webhook cannot be used", [Fault(detail=fault, pointer="/webhook")])
    return body


Saving = Annotated[WatchIn, Depends(watch_to_save)]

READS = [needs(Scope.READ), Depends(takes_no_parameters)]
WRITES = [needs(Scope.WRITE), Depends(takes_no_parameters)]


@router.post(
    "",
    operation_id="add_watch",
    summary="Save a watch",
    status_code=HTTPStatus.CREATED,
    dependencies=[*WRITES, Depends(takes_json)],
)
def add_watch(body: Saving, request: Request, response: Response, service: Served) -> WatchSaved:
    """From now on every new finding is held against it: those of an article that is new, or whose content is."""
    watch = body.watch(secrets.token_hex(8), stamp(datetime.now(UTC)))
    secret = None if watch.webhook is None else new_secret()
    service.archive.store.watches.add(watch, secret)
    response.headers["Location"] = f"{request.base_url}v1/watches/{watch.id}"
    return WatchSaved.model_validate({**_told(watch), "secret": secret})


@router.get("", operation_id="list_watches", summary="List watches", dependencies=[needs(Scope.READ)])
def list_watches(
    asked: Annotated[Paged, Query()], request: Request, response: Response, service: Served
) -> Listing[WatchOut]:
    """The watches, the newest first."""
    found = service.archive.store.watches.watches(page(asked, (str, str)))
    return listing(request, response, asked, found, WatchOut.of)


@router.get("/{id}", operation_id="get_watch", summary="Get a watch", dependencies=READS)
def get_watch(watch: Named) -> WatchOut:
    """The watch as it was saved."""
    return WatchOut.of(watch)


@router.put(
    "/{id}",
    operation_id="replace_watch",
    summary="Replace a watch",
    dependencies=[*WRITES, Depends(takes_json)],
)
def replace_watch(watch: Named, body: Saving, service: Served) -> WatchSaved:
    """Another query or webhook. Matches so far stay; another webhook gets another secret, which is shown this once."""
    new = body.watch(watch.id, watch.created)
    secret = new_secret() if new.webhook not in (None, watch.webhook) else None
    service.archive.store.watches.replace(new, secret)
    return WatchSaved.model_validate({**_told(new), "secret": secret})


@router.delete(
    "/{id}",
    operation_id="delete_watch",
    summary="Delete a watch",
    status_code=HTTPStatus.NO_CONTENT,
    dependencies=WRITES,
)
def delete_watch(watch: Named, service: Served) -> None:
    """Remove the watch with its matches and deliveries; what was not sent yet is not sent."""
    service.archive.store.watches.delete(watch.id)


@router.get(
    "/{id}/matches", operation_id="list_matches", summary="List what matched a watch", dependencies=[needs(Scope.READ)]
)
def list_matches(
    watch: Named, asked: Annotated[Paged, Query()], request: Request, response: Response, service: Served
) -> Listing[MatchOut]:
    """The findings that came since the watch was saved and match it, the newest match first."""
    found = service.archive.store.watches.matches(watch.id, page(asked, (int,)))
    reviews = service.archive.store.reviews.of(each.finding for each in found.items)

    def told(match: Match) -> MatchOut:
        finding = ContradictionOut.reviewed(match.finding, reviews.get(match.finding.id))
        return MatchOut(matched=match.matched, finding=finding)

    return listing(request, response, asked, found, told)


@router.get(
    "/{id}/deliveries",
    operation_id="list_deliveries",
    summary="List what was sent for a watch",
    dependencies=[needs(Scope.READ)],
)
def list_deliveries(
    watch: Named, asked: Annotated[Paged, Query()], request: Request, response: Response, service: Served
) -> Listing[DeliveryOut]:
    """The messages to its webhook, the newest first, each with what became of every attempt."""
    found = service.archive.store.watches.deliveries(watch.id, page(asked, (str, str)))
    return listing(request, response, asked, found, DeliveryOut.of)


@router.post("/{id}/test", operation_id="test_watch", summary="Send a test message", dependencies=WRITES)
async def test_watch(watch: Named, courier: Sent) -> DeliveryOut:
    """Send a message of the type `watch.test` to the webhook, once and now; what became of it."""
    _with_webhook(watch)
    return DeliveryOut.of(await courier.test(watch.id))


@router.post("/{id}/secret", operation_id="rotate_secret", summary="Rotate the secret", dependencies=WRITES)
def rotate_secret(watch: Named, service: Served) -> SecretOut:
    """Another secret to sign with, shown this once. For a day messages carry a signature by the old one too."""
    _with_webhook(watch)
    secret, until = new_secret(), datetime.now(UTC) + OVERLAP
    service.archive.store.watches.rotate(watch.id, secret, until.timestamp())
    return SecretOut(secret=secret, old_until=stamp(until))


def _with_webhook(watch: Watch) -> None:
    if watch.webhook is None:
        raise RequestProblem(409, f"the watch {watch.id!r} has no webhook")
