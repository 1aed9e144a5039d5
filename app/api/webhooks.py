"""Webhooks: what matches a watch is sent to its address, signed as Standard Webhooks says, until it is taken.

Deliveries lie in the store, and any process of the service may send one. Who takes one puts it off for others by a
lease; a sender that dies settles nothing, and the delivery is due again when its lease has run out. So each is sent at
least once, always under the same id.
"""

import asyncio
import base64
import logging
import random
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from ipaddress import ip_address

import httpx2
from standardwebhooks import Webhook

from app.outbound import SECONDS, client, is_public, reason
from app.schemas import EventDataOut, EventOut, EventType, FindingOut
from app.store.errors import StoreError
from app.store.watches import Attempt, Delivery, Sending, State, Watches, stamp

logger = logging.getLogger(__name__)

PREFIX = "whsec_"
SECRET_BYTES = 32
AT_ONCE = 16
"""Watches that are sent to at the same time, each one message after the other."""
LEASE = 60.0
"""Seconds that a delivery is its taker's: well over what one request may take."""


@dataclass(frozen=True, slots=True)
class Posting:
    """How webhooks are sent. `private`: to private addresses and by plain HTTP too.

    At most so many `attempts`, the second `first` seconds after the first, each further one `factor` times later than
    the one before, but never more than `longest`. Deliveries that are due are looked for every `look` seconds.
    """

    private: bool = False
    attempts: int = 10
    first: float = 5.0
    factor: float = 5.0
    longest: float = 43_200.0
    look: float = 1.0

    def delay(self, attempts: int, luck: float) -> float:
        """Seconds until the next attempt after so many; `luck` in [0, 1] adds up to a fifth.

        >>> [round(Posting().delay(number, 0.0)) for number in range(1, 10)]
        [5, 25, 125, 625, 3125, 15625, 43200, 43200, 43200]
        """
        # Spread, so that a server that was down is not met by all that waited for it at once.
        return float(min(self.first * self.factor ** (attempts - 1), self.longest) * (1 + luck / 5))


def new_secret() -> str:
    """A secret to sign with, as receivers' libraries take it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def fault_of(url: str, *, private: bool) -> str | None:
    """Why messages cannot be sent to an address, None if they may be: what its name resolves to is looked at then.

    >>> fault_of("https://example.org/hook", private=False)
    >>> fault_of("http://example.org/hook", private=False)
    'expected an address that begins with https://'
    >>> fault_of("https://10.0.0.1/hook", private=False)
    '10.0.0.1 is not a public address'
    """
    schemes = ("https", "http") if private else ("https",)
    try:
        parsed = httpx2.URL(url)
    except httpx2.InvalidURL as error:
        return f"no address ({error})"
    if parsed.scheme not in schemes or not parsed.host:
        return f"expected an address that begins with {' or '.join(f'{each}://' for each in schemes)}"
    if parsed.userinfo or parsed.fragment:
        return "expected an address without user, password and fragment"
    with suppress(ValueError):
        if not private and not is_public(str(ip_address(parsed.host))):
            return f"{parsed.host} is not a public address"
    return None


def signed(given: tuple[str, ...], identity: str, now: datetime, body: str) -> dict[str, str]:
    """The headers of a message: its id, when it is sent, and its signature by each secret, the newest first."""
    return {
        "webhook-id": identity,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(identity, now, body) for secret in given),
    }


def type_of(delivery: Delivery) -> EventType:
    """What a delivery tells of."""
    return EventType.TEST if delivery.match is None else EventType.MATCHED


def event(sending: Sending) -> EventOut:
    """What a delivery tells."""
    finding = FindingOut.of(sending.finding) if sending.finding else None
    return EventOut(
        type=type_of(sending.delivery),
        timestamp=sending.matched,
        data=EventDataOut(watch=sending.watch.id, name=sending.watch.name, finding=finding),
    )


def after(delivery: Delivery, attempt: Attempt, posting: Posting, luck: float) -> Delivery:
    """A delivery after one more attempt: taken, to be sent again, or given up.

    A test is sent once; an address that says it is gone for good (410) is not asked again.
    """
    told = replace(delivery, attempts=(*delivery.attempts, attempt), due=None)
    if attempt.status is not None and HTTPStatus.OK <= attempt.status < HTTPStatus.MULTIPLE_CHOICES:
        return replace(told, state=State.DELIVERED)
    last = delivery.match is None or attempt.status == HTTPStatus.GONE or len(told.attempts) >= posting.attempts
    if last:
        return replace(told, state=State.FAILED)
    return replace(told, due=time.time() + posting.delay(len(told.attempts), luck))


class Courier:
    """Sends the deliveries of a store, in the event loop of the service."""

    def __init__(self, watches: Watches, posting: Posting) -> None:
        self.posting, self._watches = posting, watches
        self._http = client(lambda _: posting.private, redirects=0)
        self._busy: set[str] = set()
        self._freed = asyncio.Event()

    async def run(self) -> None:
        """Sends what is due, until it is cancelled; what is being sent then is due again later."""
        async with self._http, asyncio.TaskGroup() as lanes:
            while True:
                self._freed.clear()
                for sending in await self._taken():
                    self._busy.add(sending.watch.id)
                    lanes.create_task(self._carry(sending))
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._freed.wait(), self.posting.look)

    async def test(self, watch: str) -> Delivery:
        """Sends a test message of a watch, once; what became of it."""
        now = time.time()
        return await self._send(await asyncio.to_thread(self._watches.test, watch, now, now + LEASE))

    async def _taken(self) -> tuple[Sending, ...]:
        try:
            return await asyncio.to_thread(self._take, frozenset(self._busy))
        except StoreError as error:
            logger.warning("webhooks wait, for the store cannot be used: %s", error)
            return ()

    def _take(self, busy: frozenset[str]) -> tuple[Sending, ...]:
        now, free = time.time(), AT_ONCE - len(busy)
        if not self._watches.due(now, busy, free):
            return ()
        return self._watches.take(now, now + LEASE, busy, free)

    async def _carry(self, sending: Sending) -> None:
        try:
            await self._send(sending)
        except StoreError as error:
            logger.warning("delivery %s is sent again, for this was not written down: %s", sending.delivery.id, error)
        except Exception:
            logger.exception("delivery %s cannot be sent", sending.delivery.id)
        finally:
            self._busy.discard(sending.watch.id)
            self._freed.set()

    async def _send(self, sending: Sending) -> Delivery:
        """Makes one attempt and writes down what became of it."""
        delivery = sending.delivery
        if sending.watch.webhook is None or (delivery.match is not None and sending.finding is None):
            told = replace(delivery, state=State.DROPPED, due=None)
        else:
            attempt = await self._post(sending, sending.watch.webhook)
            told = after(delivery, attempt, self.posting, random.random())
        if told.state is State.FAILED:
            logger.warning("delivery %s of watch %s is given up", delivery.id, sending.watch.id)
        await asyncio.to_thread(self._watches.settle, told)
        return told

    async def _post(self, sending: Sending, url: str) -> Attempt:
        body, now = event(sending).model_dump_json(), datetime.now(UTC)
        headers = signed(sending.secrets, sending.delivery.id, now, body) | {"Content-Type": "application/json"}
        began = time.monotonic()
        status = fault = None
        try:
            async with (
                asyncio.timeout(SECONDS),
                # Only the status counts; what else comes back is not read.
                self._http.stream("POST", url, content=body.encode(), headers=headers) as answer,
            ):
                status = answer.status_code
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError) as error:
            fault = reason(error)
        return Attempt(stamp(now), round(time.monotonic() - began, 3), status, fault)
