"""What the routes share: the archive, the bench at which the models work, the worker on jobs, the limits."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Annotated, ParamSpec, TypeVar

from fastapi import Depends, Request

from app.api.bench import Bench
from app.api.metrics import Metrics
from app.api.problems import Fault, RequestProblem
from app.api.worker import Bell, Worker
from app.archive import Archive
from corpus.records import Article
from nli.pipeline import shelve
from nli.records import MeasuringClassifier

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may ask for, how many may wait how long, and how many jobs.

    Bytes of a `body`, characters of a `text`, `pairs`; `patience` seconds of silence, for which the rest of a body is
    waited for. `waiting` requests at once for the models, each for `turn` seconds at most before it is its turn;
    `silence` seconds without a sign of life, after which the models count as stuck; `leaving` seconds that a service
    which is to stop gives them.
    """

    body: int = 5_000_000
    text: int = 1_000_000
    pairs: int = 500
    waiting: int = 64
    patience: float = 30.0
    jobs: int = 100
    turn: float = 30.0
    silence: float = 120.0
    leaving: float = 20.0


LOOKED = 0.25
"""Seconds between two looks at the models by a request that waits for them."""


class Overloaded(RequestProblem):
    """More is asked of the models than they can answer in time."""

    def __init__(self, said: str) -> None:
        super().__init__(503, said, retry=True)


class Stuck(RequestProblem):
    """The models have been silent for too long; 504 for a request that they have in hand."""

    def __init__(self, status: int, seconds: float) -> None:
        super().__init__(status, f"the models have not answered for {seconds:.0f} s", retry=True)


class Service:
    """All that answers need. Models work in one thread of their own, so that reads never wait for them."""

    def __init__(self, archive: Archive, classifier: MeasuringClassifier, limits: Limits) -> None:
        self.archive, self.classifier, self.limits = archive, classifier, limits
        self.metrics = Metrics()
        self.bench = Bench(self.metrics.models.observe)
        archive.progress = self.bench.beat
        self.metrics.watch(archive, self.bench)
        self._places = threading.Semaphore(limits.waiting)
        self._warm: Future[None] | None = None
        self.leaving = False
        self.bell = Bell()
        self.worker = Worker(archive, self.bench.submit, self.bell.ring)

    def start(self) -> None:
        """Sends a sentence through parser, encoder and classifier, so that the first request need not wait for them.

        Jobs that were interrupted go on.
        """
        self._warm = self.bench.submit(self._rehearse)
        self.bell.hang(asyncio.get_running_loop())
        self.worker.start()

    def leave(self) -> None:
        """Asks those who wait for a job to leave: the service is to stop."""
        self.leaving = True
        self.bell.ring()

    def stop(self) -> None:
        """Lets the work at hand end if it does so soon, drops what waits, closes the store. Jobs go on later.

        Work that goes on longer is lost with the process, and with it the one article that it was to store.
        """
        latest = time.monotonic() + self.limits.leaving
        self.worker.stop(self.limits.leaving)
        self.bench.close(max(0.0, latest - time.monotonic()))
        self.archive.store.close()

    def models_fault(self) -> str | None:
        """Why the models cannot answer, None if they can."""
        if self.bench.quiet() > self.limits.silence:
            return f"they have not answered for {self.bench.quiet():.0f} s"
        if self._warm is None or not self._warm.done():
            return "they are being loaded"
        return "they cannot be used; the log says more" if self._warm.exception() else None

    def _rehearse(self) -> None:
        try:
            shelve([Article("warm-up", "It rained on Monday.")], self.archive.encoder)
            self.classifier.classify([("It rained.", "It did not rain.")])
        except Exception:
            logger.exception("the models cannot be used")
            raise

    def lively(self, status: int) -> None:
        """Raises `Stuck` with this status where the models have given no sign of life for too long."""
        if self.bench.quiet() > self.limits.silence:
            raise Stuck(status, self.bench.quiet())

    async def with_models(self, work: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
        """What `work` gives, done in the models' thread.

        Raises `Overloaded` where too many requests wait already or this one has waited too long, `Stuck` where the
        models have been silent too long. Work that has begun is not undone by that: it may yet be stored.
        """
        self.lively(503)
        if not self._places.acquire(blocking=False):
            raise Overloaded("too many requests wait for the models")
        asked = self.bench.submit(work, *args, **options)
        answer = asyncio.wrap_future(asked)
        try:
            return await self._in_time(asked, answer)
        finally:
            answer.cancel()
            self._places.release()

    async def _in_time(self, asked: Future[T], answer: asyncio.Future[T]) -> T:
        latest = time.monotonic() + self.limits.turn
        while True:
            await asyncio.wait([answer], timeout=LOOKED)
            if answer.done():
                return answer.result()
            self.lively(504)
            # What has begun, or was begun just now, cannot be cancelled.
            if time.monotonic() > latest and asked.cancel():
                raise Overloaded(f"the models had no time for this within {self.limits.turn:.0f} s")

    def limited(self, text: str, place: str) -> None:
        """Raises `RequestProblem` where a text is longer than an article may be."""
        if len(text) > self.limits.text:
            said = f"{len(text)} characters; expected at most {self.limits.text}"
            raise RequestProblem(422, "a text is too long", [Fault(detail=said, pointer=place)])


def service_of(request: Request) -> Service:
    """The service that the app was made with."""
    service = request.app.state.service
    assert isinstance(service, Service)
    return service


def takes_json(request: Request) -> None:
    """Raises `RequestProblem` (415) where the body is not declared as JSON."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        said = f"the body is {media_type or 'of no declared type'}; expected Content-Type: application/json"
        raise RequestProblem(415, said)


def takes_no_parameters(request: Request) -> None:
    """Raises `RequestProblem` (422) where there is a query: it would be passed over in silence."""
    faults = [Fault(detail="there is no such parameter", parameter=name) for name in request.query_params]
    if faults:
        raise RequestProblem(422, "unknown parameters", faults)


Served = Annotated[Service, Depends(service_of)]
