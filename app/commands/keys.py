"""`counterclaim keys`: who may use the service."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from app.commands.status import DONE
from app.errors import WrongUsage
from app.messages import say
from app.output import opened
from app.scopes import Scope
from app.settings import Settings
from app.store.keys import Key, Keys
from app.store.repository import Store
from app.wording import printable

LONGEST_NAME = 100


def add(name: str, scopes: Collection[Scope], settings: Settings) -> int:
    """Make a key and write it out, this once; the exit status."""
    if not name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
        raise WrongUsage(f"NAME is {name[:LONGEST_NAME]!r}; expected 1 to {LONGEST_NAME} printable characters")
    with _keys(settings) as keys:
        key = keys.add(name, set(scopes))
    with opened(None) as stream:
        stream.write(f"{key}\n")
    say("It is not kept and cannot be shown again. Send it as: Authorization: Bearer KEY")
    return DONE


def show(settings: Settings) -> int:
    """List the keys, the oldest first, each with its id; the exit status."""
    with _keys(settings) as keys:
        every = keys.every()
    with opened(None) as stream:
        for line in lines(every):
            stream.write(printable(line) + "\n")
    return DONE


def revoke(identity: str, settings: Settings) -> int:
    """Make a key good for nothing; the exit status."""
    with _keys(settings) as keys:
        if not keys.revoke(identity):
            raise WrongUsage(f"there is no key {identity!r}; expected an id that `counterclaim keys list` shows")
    return DONE


def lines(keys: Collection[Key]) -> list[str]:
    """The keys as a table.

    >>> lines([Key("3f0c", "desk", frozenset({Scope.READ}), "2026-12-01T09:00:00Z")])
    ['id    name  scopes  made                  revoked', '3f0c  desk  read    2026-12-01T09:00:00Z']
    """
    head = ("id", "name", "scopes", "made", "revoked")
    body = [(key.id, key.name, ", ".join(sorted(key.scopes)), key.created, key.revoked or "") for key in keys]
    rows = [head, *body]
    widths = [max(len(row[at]) for row in rows) for at in range(len(head))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


@contextmanager
def _keys(settings: Settings) -> Iterator[Keys]:
    store = Store(settings.database_url)
    try:
        yield store.keys
    finally:
        store.close()
