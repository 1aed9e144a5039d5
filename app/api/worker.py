"""Work that outlives a request: a thread that puts the articles of jobs one by one, and wakes those who wait for them.

A job lies in the store, so any process of the service may carry it out, and one that is killed loses nothing: what it
had in hand is free again when its lease has run out. An article is stored and its item settled in one transaction, so
neither can be there without the other, and nothing is done twice.
"""

import asyncio
import logging
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from datetime import timedelta

from app.api.problems import UNEXPECTED, problem
from app.archive import Archive
from app.store.errors import StoreError, Taken
from app.store.records import Held, Put, Refused, Settled

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=10)
"""How long what a killed process had in hand stays with it."""

RENEWED, LOOKED, REPEATED = 1.0, 2.0, 5.0
"""Seconds: how often a lease is renewed, jobs of other processes are looked for, and a store that fails is tried."""

ATTEMPTS = 3
"""How often an article may bring down the work on it, or the service with it, before it is refused."""


class Bell:
    """Wakes, from any thread, those who wait in the event loop for news of a job."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._news = asyncio.Event()

    def hang(self, loop: asyncio.AbstractEventLoop) -> None:
        """Names the loop in which they wait."""
        self._loop = loop

    def ring(self) -> None:
        """Wakes all who listen."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._ring)

    def _ring(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    def listen(self) -> asyncio.Event:
        """What is set at the next ring: to be had before one looks, so that none is missed between look and wait."""
        return self._news


class Interrupted(Exception):
    """The work on an article is given up: its job was cancelled, or the service is to stop."""


class Watch:
    """A `Progress` that keeps how many pairs were judged, and ends the work on which it is told to."""

    def __init__(self) -> None:
        self.pairs = 0
        self.ended = False

    def __call__(self, stage: str, done: int, _total: int) -> None:
        """Told as work goes on. Raises `Interrupted`."""
        if self.ended:
            raise Interrupted
        if stage == "judging":
            self.pairs = done


class Worker:
    """One thread that carries out jobs; the models' own thread does what needs them, by `submit`."""

    def __init__(self, archive: Archive, submit: Callable[..., Future[Put]], tell: Callable[[], None]) -> None:
        self._archive, self._submit, self._tell = archive, submit, tell
        self._jobs = archive.store.jobs
        self._owner = secrets.token_hex(8)
        self._stopping, self._woken = threading.Event(), threading.Event()
        # An interpreter that is to end does not wait for it: it may be waiting for models that never answer.
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        """Begins with what waits in the store."""
        self._thread.start()

    def wake(self) -> None:
        """There is a new job."""
        self._woken.set()

    def stop(self, patience: float) -> None:
        """Gives back what is in hand; if not within so many seconds, it stays held until its lease ends."""
        self._stopping.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(patience)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            pause = LOOKED
            try:
                held = self._jobs.take(self._owner, LEASE)
                if held is not None:
                    self._carry_out(held)
                    self._tell()
                    continue
            except StoreError as error:
                logger.warning("jobs wait, for the store cannot be used: %s", error)
                pause = REPEATED
            self._woken.wait(pause)

    def _carry_out(self, held: Held) -> None:
        """Puts one article. Raises `StoreError` where the store fails: that is no fault of the article."""
        if held.attempts > ATTEMPTS:
            said = f"the service ended {ATTEMPTS} times while it had this article in hand"
            self._jobs.settle(Settled(held.hold, Refused(held.article.id, problem(500, said))))
            return
        try:
            self._put(held)
        except Taken:
            return
        except Interrupted:
            self._jobs.release(held.hold, tried=False)
        except StoreError:
            self._jobs.release(held.hold, tried=False)
            raise
        except Exception:
            logger.exception("job %s, article %d cannot be put", held.hold.job, held.hold.at)
            if held.attempts < ATTEMPTS:
                self._jobs.release(held.hold, tried=True)
            else:
                self._jobs.settle(Settled(held.hold, Refused(held.article.id, problem(500, UNEXPECTED))))

    def _put(self, held: Held) -> None:
        watch = Watch()
        work = self._submit(self._archive.put, held.article, hold=held.hold, progress=watch)
        while not wait([work], RENEWED).done:
            try:
                watch.ended = self._stopping.is_set() or not self._jobs.renew(held.hold, LEASE, watch.pairs)
            except StoreError as error:
                logger.warning("a lease could not be renewed: %s", error)
            self._tell()
        work.result()
