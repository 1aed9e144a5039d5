"""The one thread in which the models work: what is asked of them takes its turn there."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

Told = Callable[[float], None]
"""Told of each piece of work how many seconds it took."""


class Bench:
    """Does one piece of work after the other, and knows since when the one at hand has given no sign of life.

    A thread of its own rather than an executor: an interpreter that is to end waits for an executor's thread, and so
    for a model that never answers.
    """

    def __init__(self, told: Told) -> None:
        self.heard: Counter[str] = Counter()
        """How much the models have done, by stage: articles, texts, pairs."""
        self._told = told
        self._queue: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="models", daemon=True)
        self._starting = threading.Lock()
        self._sign: float | None = None
        self._last = "", 0

    def submit(self, work: Callable[P, T], *args: P.args, **options: P.kwargs) -> Future[T]:
        """What `work` will give; it begins when all that was asked before has ended, unless it is cancelled first."""
        future: Future[T] = Future()
        with self._starting:
            if self._thread.ident is None:
                self._thread.start()
        # In the caller's context, so that what is logged meanwhile carries the id of the request.
        self._queue.put((future, partial(copy_context().run, work, *args, **options)))
        return future

    def waiting(self) -> int:
        """How many pieces of work wait for their turn."""
        return self._queue.qsize()

    def quiet(self) -> float:
        """For how many seconds the work at hand has given no sign of life; 0 where there is none."""
        sign = self._sign
        return 0.0 if sign is None else time.monotonic() - sign

    def beat(self, stage: str, done: int, _total: int) -> None:
        """A sign of life, as a `Progress`."""
        last, so_far = self._last
        # A stage begins anew with the next piece of work, and where a write has to be repeated.
        self.heard[stage] += done - so_far if stage == last and done > so_far else done
        self._last = stage, done
        if self._sign is not None:
            self._sign = time.monotonic()

    def close(self, patience: float) -> None:
        """Drops what waits and gives the work at hand so many seconds to end."""
        while True:
            try:
                left = self._queue.get_nowait()
            except Empty:
                break
            if left is not None:
                left[0].cancel()
        self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join(patience)

    def _run(self) -> None:
        while (asked := self._queue.get()) is not None:
            future, work = asked
            if future.set_running_or_notify_cancel():
                self._do(future, work)

    def _do(self, future: Future[Any], work: Callable[[], Any]) -> None:
        began = self._sign = time.monotonic()
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001  # it is raised where the result is asked for
            self._end(began)
            future.set_exception(error)
        else:
            self._end(began)
            future.set_result(result)

    def _end(self, began: float) -> None:
        self._sign, self._last = None, ("", 0)
        self._told(time.monotonic() - began)
