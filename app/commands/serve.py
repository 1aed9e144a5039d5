"""`counterclaim serve`: the service over HTTP."""

from contextlib import closing, suppress
from ipaddress import ip_address
from pathlib import Path
from socket import socket

import uvicorn
from fastapi import FastAPI

from app import page
from app.api import Guard, Posting, create_app
from app.api.service import Service
from app.archive import open_archive
from app.commands import logs
from app.commands.status import DONE, USAGE
from app.errors import WrongUsage
from app.settings import Settings
from app.store.keys import digest
from app.store.repository import Store
from nli.loading import load_classifier, load_encoder, load_judge

OWN = ("localhost", "127.0.0.1", "::1")
"""The names of this machine in its own mouth."""

SHORTEST_KEY = 32
"""Characters. What is shorter may be a password that somebody thought of, and a SHA-256 of it can be guessed."""

GRACE_SECONDS = 30
"""How long the requests at hand have to end once the service is told to stop."""


class Server(uvicorn.Server):
    """One that first asks those to leave who wait for a job: it stops only when every request has been answered."""

    def __init__(self, config: uvicorn.Config, asked: Service) -> None:
        super().__init__(config)
        self._asked = asked

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Stops; jobs go on at the next start."""
        self._asked.leave()
        await super().shutdown(sockets)


def service(settings: Settings) -> FastAPI:
    """The service that the settings describe, with its models loaded.

    Raises `WrongUsage`, `nli.errors.ModelError` and `app.store.errors.StoreError`.
    """
    guard = guard_of(settings)
    encoder, judge = load_encoder(settings.encoder), load_judge(settings.nli_model)
    archive = open_archive(settings.database_url, encoder, judge, per_claim=settings.per_claim, reread=settings.rebuild)
    posting = Posting(private=settings.private_webhooks)
    app = create_app(archive, load_classifier(settings.nli_model), guard=guard, posting=posting)
    page.install(app, settings.report)
    return app


def run(settings: Settings) -> int:
    """Serve until told to stop; the exit status, 2 where the address cannot be listened on."""
    logs.configure(settings.log_format)
    return listen(service(settings), settings.host, settings.port)


def listen(app: FastAPI, host: str, port: int) -> int:
    """Serve until told to stop, which lets the requests at hand end; the exit status."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        # What serves a request is nobody's business but ours.
        server_header=False,
        # Our own line a request: uvicorn's has the query, and so words that somebody looks for.
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = Server(config, app.state.service)
    # uvicorn ends the program with 1 where it cannot listen, which here would say that it served; and when a signal has
    # stopped it, it sends itself the same signal once more.
    with suppress(SystemExit, KeyboardInterrupt):
        server.run()
    return DONE if server.started else USAGE


def guard_of(settings: Settings) -> Guard:
    """What the service asks of every request. Raises `WrongUsage` where others could ask it without a key."""
    named = [name.strip().lower() for name in (settings.allowed_hosts or "").split(",") if name.strip()]
    # A name that is not this machine's own is there for a proxy, which others reach.
    others = [host for host in (settings.host, *named) if not is_own(host)]
    key = None if settings.key_file is None else key_in(settings.key_file)
    if others and key is None and not _has_key(settings.database_url):
        raise WrongUsage(
            f"not only this machine can reach {others[0] or 'every address'}, and there is no key; expected one made "
            "by `counterclaim keys add NAME SCOPE...` in the same store, or --key-file"
        )
    anything = bool(others) and not named
    hosts = () if anything else (*named, *OWN, settings.host.lower())
    return Guard(bool(others), None if key is None else digest(key), hosts)


def is_own(host: str) -> bool:
    """Whether only this machine can be meant.

    >>> [is_own(host) for host in ("localhost", "127.0.0.2", "::1", "0.0.0.0", "::", "", "desk.example")]
    [True, True, True, False, False, False, False]
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def key_in(file: Path) -> str:
    """The key that a file holds. Raises `WrongUsage` where that is none, without telling what it is."""
    try:
        key = file.read_text(encoding="ascii").strip()
    except UnicodeDecodeError as error:
        raise WrongUsage(f"--key-file {file}: not ASCII; expected a key in one line") from error
    if len(key) < SHORTEST_KEY or not key.isprintable() or " " in key:
        raise WrongUsage(
            f"--key-file {file}: {len(key)} characters; expected one line of {SHORTEST_KEY} or more, at random, as "
            "`openssl rand -hex 32` makes it"
        )
    return key


def _has_key(url: str) -> bool:
    with closing(Store(url)) as store:
        return any(key.revoked is None for key in store.keys.every())
