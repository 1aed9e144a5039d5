"""What the routes share: the archive, one thread for the models, the worker on jobs, the limits."""

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Annotated, ParamSpec, TypeVar

from fastapi import Depends, Request

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
    """What one request may ask for: bytes of a body, characters of an article, pairs; how many may wait, and jobs.

    `patience`: for how many seconds of silence the rest of a body is waited for.
    """

    body: int = 5_000_000
    text: int = 1_000_000
    pairs: int = 500
    waiting: int = 64
    patience: float = 30.0
    jobs: int = 100


class Service:
    """All that answers need. Models work in one thread of their own, so that reads never wait for them."""

    def __init__(self, archive: Archive, classifier: MeasuringClassifier, limits: Limits) -> None:
        self.archive, self.classifier, self.limits = archive, classifier, limits
        self._bench = ThreadPoolExecutor(1, "models")
        self._places = threading.Semaphore(limits.waiting)
        self._warm: Future[None] | None = None
        self.leaving = False
        self.bell = Bell()
        self.worker = Worker(archive, self._bench.submit, self.bell.ring)

    def start(self) -> None:
        """Sends a sentence through parser, encoder and classifier, so that the first request need not wait for them.

        Jobs that were interrupted go on.
        """
        self._warm = self._bench.submit(self._rehearse)
        self.bell.hang(asyncio.get_running_loop())
        self.worker.start()

    def leave(self) -> None:
        """Asks those who wait for a job to leave: the service is to stop."""
        self.leaving = True
        self.bell.ring()

    def stop(self) -> None:
        """Lets the work at hand end, drops what waits, closes the store; jobs go on at the next start."""
        self.worker.stop()
        self._bench.shutdown(cancel_futures=True)
        self.archive.store.close()

    def models_fault(self) -> str | None:
        """Why the models cannot answer, None if they can."""
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

    async def with_models(self, work: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
        """What `work` gives, done in the models' thread.

        Raises `RequestProblem` (503) where too many requests wait for it already.
        """
        if not self._places.acquire(blocking=False):
            raise RequestProblem(503, "too many requests wait for the models", retry=True)
        try:
            return await asyncio.wrap_future(self._bench.submit(work, *args, **options))
        finally:
            self._places.release()

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
