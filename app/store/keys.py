"""API keys: who may use the service, and for what. Of a key only a digest is kept; the key itself is shown once.

A key holds 256 random bits, so nobody guesses one from its SHA-256, and a slow hash would only slow the service.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, Row, insert, select, update

from app.scopes import Scope
from app.store.database import transaction
from app.store.models import keys

PREFIX = "cck"
"""What every key begins with, so that a scanner of leaked secrets can know one."""


@dataclass(frozen=True, slots=True)
class Key:
    """What is known of a key: everything but the key. Times are ISO 8601 in UTC."""

    id: str
    name: str
    scopes: frozenset[Scope]
    created: str
    revoked: str | None = None

    @property
    def allows(self) -> frozenset[Scope]:
        """All that it may be used for.

        >>> sorted(Key("k1", "desk", frozenset({Scope.ADMIN}), "2026-12-01T09:00:00Z").allows)
        [<Scope.ADMIN: 'admin'>, <Scope.READ: 'read'>, <Scope.REVIEW: 'review'>, <Scope.WRITE: 'write'>]
        """
        return frozenset(Scope) if Scope.ADMIN in self.scopes else self.scopes


class Keys:
    """The keys of one store. Every method is one transaction; a change holds from the next request on."""

    def __init__(self, url: str, engine: Engine) -> None:
        self._url, self._engine = url, engine

    def add(self, name: str, scopes: Collection[Scope]) -> str:
        """A new key under this name. It cannot be had a second time."""
        identity = secrets.token_hex(6)
        key = f"{PREFIX}_{identity}_{secrets.token_urlsafe(32)}"
        row = {
            "id": identity,
            "name": name,
            "scopes": sorted(scopes),
            "digest": digest(key),
            "created": _now(),
            "revoked": None,
        }
        with transaction(self._engine, self._url, "IMMEDIATE") as connection:
            connection.execute(insert(keys), row)
        return key

    def revoke(self, identity: str) -> bool:
        """Makes a key good for nothing, for good; it stays in the list. False if there is none."""
        here = keys.c.id == identity
        with transaction(self._engine, self._url, "IMMEDIATE") as connection:
            connection.execute(update(keys).where(here, keys.c.revoked.is_(None)).values(revoked=_now()))
            return connection.scalars(select(keys.c.id).where(here)).one_or_none() is not None

    def every(self) -> tuple[Key, ...]:
        """All keys, the revoked ones too, the oldest first."""
        with transaction(self._engine, self._url) as connection:
            rows = connection.execute(select(keys).order_by(keys.c.created, keys.c.id))
            return tuple(_key_of(row._mapping) for row in rows)

    def exist(self) -> bool:
        """Whether a key was ever made: a store whose keys are all revoked is closed, not open."""
        with transaction(self._engine, self._url) as connection:
            return connection.execute(select(keys.c.id).limit(1)).first() is not None

    def find(self, presented: str) -> Key | None:
        """The key that this is, None where it is none or was revoked."""
        identity = presented.split("_")[1] if presented.startswith(f"{PREFIX}_") else ""
        with transaction(self._engine, self._url) as connection:
            row: Row[Any] | None = connection.execute(select(keys).where(keys.c.id == identity)).one_or_none()
        right = same(presented, row.digest if row else digest(""))
        return _key_of(row._mapping) if row and right and row.revoked is None else None


def digest(key: str) -> str:
    """What is kept of a key.

    >>> digest("cck_1_x")[:8]
    'e9265cd4'
    """
    return hashlib.sha256(key.encode()).hexdigest()


def same(presented: str, kept: str) -> bool:
    """Whether a key is the one of a digest, in the same time whatever is wrong with it."""
    return hmac.compare_digest(digest(presented), kept)


def _key_of(row: Mapping[Any, Any]) -> Key:
    scopes = frozenset(map(Scope, row["scopes"]))
    return Key(row["id"], row["name"], scopes, row["created"], row["revoked"])


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
