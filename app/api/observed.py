"""Every request with an id, in the metrics and as a line of the log: its route and its outcome, never what was said.

The line names the route by its template. A path or a query may hold an article's id or words of it.
"""

import logging
import re
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from app.api.metrics import Metrics
from app.api.problems import UNEXPECTED, answer

logger = logging.getLogger(__name__)

HEADER = "X-Request-Id"
SANE = re.compile(r"[A-Za-z0-9._-]{1,64}")
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")
CLOSED = 499
"""Told, as nginx does, where the client went away before there was an answer."""


def request_id(given: str | None) -> str:
    """The id that a client or a proxy gave its request, or a new one.

    >>> request_id("7f.3-a"), len(request_id("two words")), len(request_id(None))
    ('7f.3-a', 32, 32)
    """
    return given if given and SANE.fullmatch(given) else secrets.token_hex(16)


class Observed:
    """Gives the request its id, answers with it, and tells metrics and log what became of it."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on; what nothing else has answered is an error of the service, and is answered as one."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        identity = request_id(Headers(scope=scope).get(HEADER))
        status = CLOSED

        async def identified(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = identity
            await send(message)

        began = time.monotonic()
        scope.setdefault("state", {})
        with bound_contextvars(request_id=identity):
            try:
                await self.app(scope, receive, identified)
            except Exception as error:
                logger.exception("a request failed")
                scope["state"]["error"] = type(error).__name__
                if status != CLOSED:
                    raise
                await answer(500, UNEXPECTED)(scope, receive, identified)
            finally:
                self._tell(scope, status, time.monotonic() - began)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in METHODS else "other"
        route = template(scope)
        self.metrics.requests.labels(method, route, str(status)).inc()
        self.metrics.seconds.labels(method, route).observe(seconds)
        told = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
        if error := scope["state"].get("error"):
            self.metrics.errors.labels(error).inc()
            told["error"] = error
        logger.info("request", extra=told)


def template(scope: Scope) -> str:
    """The route that a request took, as it is declared; "none" where it took none.

    >>> template({"type": "http"})
    'none'
    """
    return str(getattr(scope.get("route"), "path", "none"))
