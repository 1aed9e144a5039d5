"""The limit of a request's body. Starlette's own answers in plain text where we promise a problem."""

from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.problems import answer


class BodyLimit:
    """Refuses a body of more than `limit` bytes, by its declared length or as soon as it has grown so long."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app, self.limit = app, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, or answers 413."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        said = f"the body is too large; expected at most {self.limit} bytes"
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared) > self.limit:
            await answer(413, said)(scope, receive, send)
            return
        size = 0

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > self.limit:
                raise HTTPException(413, said)
            return message

        await self.app(scope, counted, send)
