"""What every page is sent with, and problems as pages for those who asked for one."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.problems import MEDIA_TYPE, UNEXPECTED, Problem, answer
from app.page.rendering import render

MACHINES = ("/v1", "/predict", "/docs", "/openapi.json", "/healthz", "/readyz", "/metrics")
"""Addresses that answer programs, and stay as the API's reference has them."""

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    "X-Content-Type-Options": "nosniff",
    # Nothing is told to other sites; our own forms name their origin, by which they are told from another site's.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}

REPORT = "/evaluation/report"
OF_REPORT = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"}
"""The report of an evaluation is a page of its own, with its style inside it and without any script."""


def for_machines(path: str) -> bool:
    """Whether an address is none of the page's.

    >>> for_machines("/v1/articles"), for_machines("/v1st"), for_machines("/")
    (True, False, False)
    """
    return any(path == each or path.startswith(f"{each}/") for each in MACHINES)


class Pages:
    """Adds `HEADERS` to whatever is no answer to a program, and shows a problem as a page where HTML is wanted."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, and changes what comes back."""
        if scope["type"] != "http" or for_machines(scope["path"].removeprefix(scope.get("root_path", ""))):
            await self.app(scope, receive, send)
            return
        reply = _Reply(scope, receive, send)
        try:
            await self.app(scope, receive, reply)
        except Exception:
            if not reply.begun:
                await answer(500, UNEXPECTED)(scope, receive, reply)
            raise


class _Reply:
    """The way back to one browser. A problem is held until it is whole."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope, self.receive, self.send = scope, receive, send
        self.begun = False
        self._is_report = scope["path"].removeprefix(scope.get("root_path", "")) == REPORT
        self._wants_page = "text/html" in Headers(scope=scope).get("accept", "")
        self._held: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            headers = MutableHeaders(scope=message)
            headers.update(HEADERS)
            if self._is_report:
                headers.update(OF_REPORT)
            if self._wants_page and headers.get("content-type") == MEDIA_TYPE:
                self._held = message
                return
        elif self._held is not None:
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._show(self._held)
            return
        await self.send(message)

    async def _show(self, start: Message) -> None:
        """Sends the problem as a page, with the status and headers that it came with."""
        told = Problem.model_validate_json(self._body)
        page = render(Request(self.scope), "problem.html", {"problem": told}, told.status)
        of_body = ("content-type", "content-length")
        page.headers.update({key: value for key, value in Headers(scope=start).items() if key not in of_body})
        await page(self.scope, self.receive, self.send)
