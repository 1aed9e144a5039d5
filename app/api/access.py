"""Who may ask for what: keys, their scopes, and what no key makes right (another host's name, another site's form).

A route says what it needs by `dependencies=[needs(Scope.READ)]`. Everything but `OPEN` needs a key first, whether its
route says so or not.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, params
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as Connection

from app.api.problems import RequestProblem, answer, of_store, refusal
from app.scopes import Scope
from app.store.errors import StoreError
from app.store.keys import Keys, same

OPEN = ("/healthz", "/readyz", "/docs", "/openapi.json", "/static")
"""Addresses that answer anybody: they tell nothing of what is stored."""

SAFE = ("GET", "HEAD", "OPTIONS")
REALM = 'realm="counterclaim"'


@dataclass(frozen=True, slots=True)
class Guard:
    """What a service asks of every request.

    `closed`: a key, even where the store has none. `key`: the digest of one that is good for everything and is not of
    the store. `hosts`: the names under which it may be asked; none given is any.
    """

    closed: bool = False
    key: str | None = None
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the name of the key, None where the service needs none; and what the key allows."""

    key: str | None
    allows: frozenset[Scope]


ANYBODY = Caller(None, frozenset(Scope))
OF_FILE = Caller("key file", frozenset(Scope))


class Access:
    """Lets a request through that may be answered, with its `Caller`; before its body is read."""

    def __init__(self, app: ASGIApp, keys: Keys, guard: Guard) -> None:
        self.app, self.keys, self.guard = app, keys, guard

    async def __call__(self, scope: Connection, receive: Receive, send: Send) -> None:
        """Passes the request on, or answers 401, 403 or 421."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        # The path that is routed by; never `request.url`, which the Host header is part of.
        path = str(scope["path"]).removeprefix(scope.get("root_path", ""))
        try:
            refuse_host(headers, self.guard.hosts)
            refuse_other_sites(scope["method"], headers)
            if not is_open(path):
                caller = await run_in_threadpool(self._caller, headers)
                scope.setdefault("state", {})["caller"] = caller
        except RequestProblem as error:
            refused = answer(error.status, error.detail, (), challenge(path, headers) if error.status == 401 else None)
            await refused(scope, receive, send)
        except StoreError as error:
            await refusal(of_store(error))(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _caller(self, headers: Mapping[str, str]) -> Caller:
        given = presented(headers.get("authorization", ""))
        if given and self.guard.key and same(given, self.guard.key):
            return OF_FILE
        key = self.keys.find(given) if given else None
        if key is not None:
            return Caller(key.name, key.allows)
        if self.guard.closed or self.guard.key or self.keys.exist():
            said = "the key is not known, or was revoked" if given else "a key is needed"
            raise RequestProblem(401, f"{said}; expected Authorization: Bearer KEY")
        return ANYBODY


def presented(authorization: str) -> str:
    """The key in an Authorization header, '' where there is none; in Basic it is the password, whoever the user.

    >>> presented("Bearer cck_1_x"), presented("basic ZGVzazpjY2tfMV94"), presented("Basic ZGVzaw"), presented("")
    ('cck_1_x', 'cck_1_x', '', '')
    """
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return ""


def is_open(path: str) -> bool:
    """Whether anybody may ask for this.

    >>> is_open("/docs/swagger-ui.css"), is_open("/docsx"), is_open("/v1/info"), is_open("/")
    (True, False, False, False)
    """
    return any(path == each or path.startswith(f"{each}/") for each in OPEN)


def challenge(path: str, headers: Mapping[str, str]) -> dict[str, str]:
    """How to present a key: a browser on the page asks its user for a password, a program gets no such window."""
    if not path.startswith("/v1"):
        return {"WWW-Authenticate": f'Basic {REALM}, charset="UTF-8"'}
    wrong = ', error="invalid_token"' if headers.get("authorization") else ""
    return {"WWW-Authenticate": f"Bearer {REALM}{wrong}"}


def refuse_host(headers: Mapping[str, str], hosts: tuple[str, ...]) -> None:
    """Raises `RequestProblem` (421) where the service is asked under a name that is not its own.

    Else a page from anywhere whose name comes to resolve to this machine could read what no key protects.
    """
    if hosts and hostname(headers.get("host", "")) not in hosts:
        raise RequestProblem(421, "the service does not go by the name in the Host header")


def hostname(host: str) -> str | None:
    """The name in a Host header, without its port, in lower case.

    >>> hostname("LocalHost:8000"), hostname("[::1]:8000"), hostname("a b"), hostname("")
    ('localhost', '::1', 'a b', None)
    """
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def refuse_other_sites(method: str, headers: Mapping[str, str]) -> None:
    """Raises `RequestProblem` (403) where a browser sends what another site's page made it send.

    A browser adds the password of the page to that, so a key does not tell the two apart. Where it is not told by
    Sec-Fetch-Site (not every browser does, and none does over plain HTTP), the origin has to be the host.
    """
    if method in SAFE:
        return
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    own = site in ("same-origin", "none") if site else not origin or origin.partition("://")[2] == headers.get("host")
    if not own:
        raise RequestProblem(403, "the request was sent from another site")


BEARER = HTTPBearer(
    scheme_name="key",
    auto_error=False,
    description="A key of `counterclaim keys add`; Basic is taken too, with the key as the password of any user. "
    "Needed where the service has a key or listens beyond loopback.",
)


def _allowed(
    request: Request,
    needed: SecurityScopes,
    _described: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
) -> Caller:
    caller = getattr(request.state, "caller", None)
    if not isinstance(caller, Caller):
        raise RequestProblem(401, "a key is needed; expected Authorization: Bearer KEY")
    if not caller.allows.issuperset(map(Scope, needed.scopes)):
        scope = needed.scope_str
        told = {"WWW-Authenticate": f'Bearer {REALM}, error="insufficient_scope", scope="{scope}"'}
        raise RequestProblem(403, f"the key does not allow this; expected one with the scope {scope}", headers=told)
    return caller


def needs(scope: Scope) -> params.Security:
    """What a route depends on that a key must have this scope for."""
    return params.Security(_allowed, scopes=[scope.value])


def caller_of(request: Request) -> Caller:
    """Who asks, for routes that write it down."""
    caller = request.state.caller
    assert isinstance(caller, Caller)
    return caller


Asking = Annotated[Caller, Depends(caller_of)]
