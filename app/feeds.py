"""Feeds over HTTP: fetched whole, and only if they have changed since the last time."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

import httpx2

from app.outbound import REDIRECTS, SECONDS, client, reason
from app.store.records import Marks
from corpus.errors import Fault
from corpus.readers import Download

MOST_BYTES = 20_000_000
"""Of a feed as it is sent; what it may unpack to, the readers say."""
AT_ONCE = 8
EXPECTED = "an RSS or Atom feed"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A feed that has changed, and by what to ask for it the next time."""

    download: Download
    marks: Marks


def is_feed(source: str) -> bool:
    """Whether a source is to be fetched: it is an address, not a path.

    >>> is_feed("https://example.org/rss"), is_feed("inbox")
    (True, False)
    """
    return source.lower().startswith(("http://", "https://"))


def fetch(urls: Sequence[str], known: Mapping[str, Marks]) -> list[Fetched | Fault | None]:
    """What became of each feed, in their order; None where it has not changed since `known`."""

    async def each() -> list[Fetched | Fault | None]:
        places = asyncio.Semaphore(AT_ONCE)

        async def one(url: str) -> Fetched | Fault | None:
            async with places:
                return await _fetch(url, known.get(url, Marks()))

        return await asyncio.gather(*map(one, urls))

    return asyncio.run(each())


async def _fetch(url: str, marks: Marks) -> Fetched | Fault | None:
    try:
        given = httpx2.URL(url)
        # Only gzip, which the readers unpack, and stop at a bomb.
        headers = {"Accept-Encoding": "gzip", **marks.headers}
        async with (
            asyncio.timeout(SECONDS),
            # Who names a feed may name one at home; a feed out there may not send us home.
            client(lambda to: to.host == given.host, redirects=REDIRECTS) as http,
            http.stream("GET", given, headers=headers) as answer,
        ):
            return await _read(answer, url)
    except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError) as error:
        return Fault(url, f"cannot be fetched ({reason(error)})", EXPECTED)


async def _read(answer: httpx2.Response, url: str) -> Fetched | Fault | None:
    if answer.status_code == HTTPStatus.NOT_MODIFIED:
        return None
    if answer.status_code != HTTPStatus.OK:
        return Fault(url, f"answered {answer.status_code} {answer.reason_phrase}".rstrip(), EXPECTED)
    content = bytearray()
    async for chunk in answer.aiter_raw():
        content += chunk
        if len(content) > MOST_BYTES:
            return Fault(url, f"over {MOST_BYTES // 1_000_000} MB", f"{EXPECTED} of at most that")
    marks = Marks(answer.headers.get("etag"), answer.headers.get("last-modified"))
    return Fetched(Download(url, bytes(content)), marks)
