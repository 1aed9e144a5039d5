"""The limits of a request's body. Starlette's own answers in plain text where we promise a problem."""

import asyncio

from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.problems import answer


class BodyLimit:
    """Refuses a body of more than `limit` bytes, by its declared length or as soon as it has grown so long.

    A sender who is silent for `patience` seconds is waited for no longer.
    """

    def __init__(self, app: ASGIApp, limit: int, patience: float) -> None:
        self.app, self.limit, self.patience = app, limit, patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, or answers 408, 413 or 415."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if headers.get("content-encoding", "identity").lower() != "identity":
            # Nothing is unpacked here, so nothing small can become large.
            said = "the body is compressed; expected no Content-Encoding"
            await answer(415, said, (), {"Accept-Encoding": "identity"})(scope, receive, send)
            return
        said = f"the body is too large; expected at most {self.limit} bytes"
        declared = headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > self.limit:
            await answer(413, said)(scope, receive, send)
            return
        size, whole = 0, False

        async def counted() -> Message:
            nonlocal size, whole
            # After the body, what comes is that the client has gone, and that may take as long as the answer does.
            try:
                async with asyncio.timeout(None if whole else self.patience):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408, "the rest of the body did not come") from None
            size += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if size > self.limit:
                raise HTTPException(413, said)
            return message

        await self.app(scope, counted, send)
