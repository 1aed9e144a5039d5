"""Requests that leave the machine: to public addresses only, unless their sender allows others.

A name is resolved once, every address that it has is looked at, and the connection goes to one of those: a name that
resolves otherwise a moment later reaches nothing else. Each redirect that is followed is looked at in the same way.
"""

import asyncio
import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

import httpx2

SECONDS: Final = 15.0
"""How long one request may take, from resolving the name to the last byte that is read."""
REDIRECTS: Final = 5

NAT64 = ip_network("64:ff9b::/96")
CLOSED = (
    # Both answer machines of a cloud with what is theirs alone, and pass for public in some versions of Python.
    ip_network("192.0.0.0/24"),
    ip_network("168.63.129.16/32"),
)
PORTS = {"http": 80, "https": 443}

Allows = Callable[[httpx2.URL], bool]
"""Whether the host of an address may be a private one."""


class Refused(httpx2.ConnectError):
    """The host is not at a public address."""


class Outward(httpx2.AsyncBaseTransport):
    """Connects to a host at the addresses that were looked at, one after the other until one answers."""

    def __init__(self, private: Allows) -> None:
        self.private = private
        # No connection is kept for the next request: it goes to an address, and another name may be at the same one.
        self._transport = httpx2.AsyncHTTPTransport(limits=httpx2.Limits(max_keepalive_connections=0))

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer. Raises `Refused` where the host has an address that may not be asked."""
        url = request.url
        if url.scheme not in PORTS:
            raise httpx2.UnsupportedProtocol(f"{url.scheme}: is not asked", request=request)
        addresses = await resolved(url.host, url.port or PORTS[url.scheme])
        if not self.private(url) and not all(map(is_public, addresses)):
            raise Refused(f"{url.host} is not at a public address", request=request)
        *others, last = addresses
        for address in others:
            try:
                return await self._transport.handle_async_request(_to(address, request))
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                continue
        return await self._transport.handle_async_request(_to(last, request))

    async def aclose(self) -> None:
        """Ends what is open."""
        await self._transport.aclose()


def client(private: Allows, *, redirects: int) -> httpx2.AsyncClient:
    """Sends requests by way of `Outward`, never through a proxy, and follows at most so many redirects."""
    return httpx2.AsyncClient(
        transport=Outward(private),
        timeout=SECONDS,
        follow_redirects=redirects > 0,
        max_redirects=redirects,
        headers={"User-Agent": "counterclaim"},
        trust_env=False,
    )


async def resolved(host: str, port: int) -> list[str]:
    """The addresses of a host, each once. Raises `httpx2.ConnectError` where it has none."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpx2.ConnectError(f"there is no host {host}") from error
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


def is_public(address: str) -> bool:
    """Whether an address is one of the open network, also where it stands inside another.

    >>> [is_public(each) for each in ("93.184.215.14", "127.0.0.1", "10.0.0.1", "169.254.169.254", "100.64.0.1")]
    [True, False, False, False, False]
    >>> [is_public(each) for each in ("2606:2800:21f::1", "::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "fe80::1%eth0")]
    [True, False, False, False, False]
    """
    ip = _inner(ip_address(address))
    closed = ip.is_multicast or ip.is_reserved or (isinstance(ip, IPv6Address) and ip.is_site_local)
    return ip.is_global and not closed and not any(ip in network for network in CLOSED)


def _inner(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The address of version 4 that one of version 6 leads to, if it leads to one."""
    if isinstance(ip, IPv4Address):
        return ip
    if ip in NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip


def _to(address: str, request: httpx2.Request) -> httpx2.Request:
    """The same request to an address; the certificate is still to be that of the name."""
    return httpx2.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": request.url.host},
    )


def reason(error: Exception) -> str:
    """Why a request got no answer, in words.

    >>> reason(TimeoutError()), reason(httpx2.ConnectError("there is no host x"))
    ('no answer within 15 s', 'there is no host x')
    """
    if isinstance(error, TimeoutError | httpx2.TimeoutException):
        return f"no answer within {SECONDS:g} s"
    if isinstance(error, httpx2.TooManyRedirects):
        return f"more than {REDIRECTS} redirects"
    return str(error) or type(error).__name__
