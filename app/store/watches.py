"""Saved watches: queries that each article's new findings are held against, and what is sent of what matches.

A match is written in the transaction that stores the article, and so is the delivery that it gives rise to: after a
crash there are both or neither. A match lives as long as its two claims do.
"""

import secrets
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, Select, and_, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from app.store.database import transaction
from app.store.models import claims, deliveries, findings, matches, watches
from app.store.queries import finding_conditions, finding_named, paged, reviewed, with_claims
from app.store.records import FindingFilter, Page, Slice, Verdict
from app.store.rows import finding_of
from nli.records import Finding, Kind, Relation


@dataclass(frozen=True, slots=True)
class Watch:
    """A saved query under a name; its matches are sent to `webhook`, if there is one. `created`: ISO 8601 in UTC."""

    id: str
    name: str
    created: str
    which: FindingFilter
    webhook: str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A finding that came with a new article and is what a watch looks for. `matched`: ISO 8601 in UTC."""

    id: int
    matched: str
    finding: Finding


class State(StrEnum):
    """What became of a delivery so far."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request: when (ISO 8601 in UTC), how long it took, the status that came back or why none did."""

    at: str
    seconds: float
    status: int | None = None
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message to the webhook of a watch, with each attempt to send it. `match` is None where it is a test.

    `finding` is the id of what matched, None where that is not stored now. `due`: when it is sent next, in seconds
    since 1970; None where it is not to be sent any more.
    """

    id: str
    created: str
    state: State
    match: int | None
    finding: str | None
    due: float | None
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True)
class Sending:
    """A delivery that is to be sent now, and all that it takes: `finding` is None where it is a test, or gone."""

    delivery: Delivery
    watch: Watch
    secrets: tuple[str, ...]
    matched: str
    finding: Finding | None


class Watches:
    """The watches of one store. Every method is one transaction."""

    def __init__(self, url: str, engine: Engine) -> None:
        self._url, self._engine = url, engine

    def add(self, watch: Watch, secret: str | None) -> None:
        """Saves a watch, with the secret that its messages are signed with."""
        with transaction(self._engine, self._url, "IMMEDIATE") as connection:
            connection.execute(insert(watches), {**_watch_row(watch), "secret": secret})

    def replace(self, watch: Watch, secret: str | None) -> None:
        """Puts a watch in the place of the one with its id; another secret, if one is given, at once."""
        row = _watch_row(watch)
        if secret is not None or watch.webhook is None:
            row |= {"secret": secret, "old_secret": None, "old_until": None}
        with transaction(self._engine, self._url, "IMMEDIATE") as connection:
            connection.execute(update(watches).where(watches.c.id == watch.id).values(row))

    def rotate(self, identity: str, secret: str, old_until: float) -> None:
        """Signs with this secret from now on, and with the one before it too until that moment."""
        row = {"old_secret": watches.c.secret, "old_until": old_until, "secret": secret}
        with transaction(self._engine, self._url, "IMMEDIATE") as connection:
            connection.execute(update(watches).where(watches.c.id == identity).values(row))

    def delete(self, identity: str) -> bool:
        """Removes a watch with its matches and deliveries; False if there is no such watch."""
        with transaction(self._engine, self._url, "IMMEDIATE") as connection:
            return connection.execute(delete(watches).where(watches.c.id == identity)).rowcount > 0

    def watch(self, identity: str) -> Watch | None:
        """The watch with this id."""
        with transaction(self._engine, self._url) as connection:
            row = connection.execute(select(watches).where(watches.c.id == identity)).one_or_none()
        return _watch_of(row._mapping) if row else None

    def watches(self, page: Page) -> Slice[Watch]:
        """Watches, the newest first."""
        with transaction(self._engine, self._url) as connection:
            rows = paged(connection, select(watches), (watches.c.created, watches.c.id), page, descending=True)
        return Slice(tuple(_watch_of(row._mapping) for row in rows.items), rows.end)

    def matches(self, identity: str, page: Page) -> Slice[Match]:
        """What matched a watch, the newest match first."""
        query = with_claims(claims.alias("l"), claims.alias("r")).join(matches, matches.c.pair == findings.c.pair)
        query = query.add_columns(matches.c.id.label("match"), matches.c.matched).where(matches.c.watch == identity)
        with transaction(self._engine, self._url) as connection:
            rows = paged(connection, query, (matches.c.id,), page, descending=True)
        return Slice(tuple(Match(row.match, row.matched, finding_of(row._mapping)) for row in rows.items), rows.end)

    def deliveries(self, identity: str, page: Page) -> Slice[Delivery]:
        """What was or will be sent for a watch, the newest first."""
        query = _deliveries().where(deliveries.c.watch == identity)
        with transaction(self._engine, self._url) as connection:
            rows = paged(connection, query, (deliveries.c.created, deliveries.c.id), page, descending=True)
        return Slice(tuple(_delivery_of(row._mapping) for row in rows.items), rows.end)

    def test(self, identity: str, now: float, until: float) -> Sending:
        """A new test message of a watch, to be sent by the caller: as with `take`, nobody else is given it before."""
        with transaction(self._engine, self._url, "IMMEDIATE") as connection:
            (sending,) = _sendings(connection, [_add_delivery(connection, identity, None, until)], now)
            return sending

    def due(self, now: float, busy: Collection[str], most: int) -> bool:
        """Whether `take` would give anything: a look that keeps nobody from writing."""
        with transaction(self._engine, self._url) as connection:
            return connection.execute(_due(now, busy, min(most, 1))).first() is not None

    def take(self, now: float, until: float, busy: Collection[str], most: int) -> tuple[Sending, ...]:
        """At most so many deliveries that are due, the longest due one of each watch that is not busy.

        Nobody else is given them before `until`; if they are not settled by then, because their sender died, they are
        due again.
        """
        with transaction(self._engine, self._url, "IMMEDIATE") as connection:
            taken = list(connection.scalars(_due(now, busy, most)))
            connection.execute(update(deliveries).where(deliveries.c.id.in_(taken)).values(due=until))
            return _sendings(connection, taken, now)

    def settle(self, delivery: Delivery) -> None:
        """Writes down what became of a delivery."""
        row = {
            "state": delivery.state.value,
            "due": delivery.due or 0.0,
            "attempts": [asdict(each) for each in delivery.attempts],
        }
        with transaction(self._engine, self._url, "IMMEDIATE") as connection:
            connection.execute(update(deliveries).where(deliveries.c.id == delivery.id).values(row))


def match_article(connection: Connection, article: str, now: datetime) -> None:
    """Holds every finding of a new article against every watch, in the transaction that stores it.

    What matched once does not match again, nor does what a reviewer has rejected.
    """
    left, right = claims.alias("l"), claims.alias("r")
    for row in connection.execute(select(watches)).all():
        watch = _watch_of(row._mapping)
        query = with_claims(left, right).with_only_columns(findings.c.pair)
        upheld = findings.c.pair.not_in(reviewed(Verdict.REJECTED))
        found = query.where(upheld, *finding_conditions(replace(watch.which, article=article), left, right))
        for pair in connection.scalars(found.order_by(findings.c.score.desc(), findings.c.id)).all():
            match = {"watch": watch.id, "pair": pair, "matched": stamp(now)}
            once = insert(matches).values(match).on_conflict_do_nothing().returning(matches.c.id)
            identity = connection.scalars(once).one_or_none()
            if identity is not None and watch.webhook is not None:
                _add_delivery(connection, watch.id, identity, now.timestamp())


def forget_matches(connection: Connection) -> None:
    """Removes the matches that have lost a claim, and their deliveries: what derives from an article goes with it."""
    connection.execute(delete(matches).where(matches.c.pair.not_in(select(findings.c.pair))))


def stamp(now: datetime) -> str:
    """A moment in UTC, to the second.

    >>> stamp(datetime(2026, 12, 1, 9, 30, tzinfo=UTC))
    '2026-12-01T09:30:00Z'
    """
    return now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _add_delivery(connection: Connection, watch: str, match: int | None, due: float) -> str:
    row: dict[str, Any] = {
        "id": f"msg_{secrets.token_hex(12)}",
        "watch": watch,
        "match": match,
        "state": State.PENDING.value,
        "created": stamp(datetime.now(UTC)),
        "due": due,
        "attempts": [],
    }
    connection.execute(insert(deliveries), row)
    return str(row["id"])


def _due(now: float, busy: Collection[str], most: int) -> Select[Any]:
    """The ids of the deliveries that are due, one a watch: who answers slowly keeps only its own waiting."""
    waiting = and_(deliveries.c.state == State.PENDING.value, deliveries.c.due <= now, deliveries.c.watch.not_in(busy))
    order = deliveries.c.due, deliveries.c.match, deliveries.c.id
    place = func.row_number().over(partition_by=deliveries.c.watch, order_by=order).label("place")
    ranked = select(deliveries.c.id, deliveries.c.due, place).where(waiting).subquery()
    return select(ranked.c.id).where(ranked.c.place == 1).order_by(ranked.c.due, ranked.c.id).limit(most)


def _sendings(connection: Connection, taken: Collection[str], now: float) -> tuple[Sending, ...]:
    query = _deliveries().add_columns(*(column.label(f"w_{column.name}") for column in watches.c), matches.c.matched)
    query = query.join(watches, watches.c.id == deliveries.c.watch).where(deliveries.c.id.in_(taken))
    return tuple(_sending_of(connection, row._mapping, now) for row in connection.execute(query).all())


def _sending_of(connection: Connection, row: RowMapping, now: float) -> Sending:
    delivery = _delivery_of(row)
    old = row["w_old_secret"] if (row["w_old_until"] or 0.0) > now else None
    return Sending(
        delivery,
        _watch_of(row, "w_"),
        tuple(each for each in (row["w_secret"], old) if each),
        row["matched"] or delivery.created,
        None if delivery.finding is None else finding_named(connection, delivery.finding),
    )


def _deliveries() -> Select[Any]:
    """The rows of deliveries with the ids of what matched beside them."""
    found = select(findings.c.id).where(findings.c.pair == matches.c.pair).limit(1).scalar_subquery()
    return select(deliveries, found.label("finding")).join_from(deliveries, matches, isouter=True)


def _delivery_of(row: RowMapping) -> Delivery:
    state = State(row["state"])
    return Delivery(
        id=row["id"],
        created=row["created"],
        state=state,
        match=row["match"],
        finding=row["finding"],
        due=row["due"] if state is State.PENDING else None,
        attempts=tuple(Attempt(**each) for each in row["attempts"]),
    )


def _watch_row(watch: Watch) -> dict[str, Any]:
    which = watch.which
    return {
        "id": watch.id,
        "name": watch.name,
        "created": watch.created,
        "relation": which.relation.value if which.relation else None,
        "kind": which.kind.value if which.kind else None,
        "holder": which.holder,
        "outlet": which.outlet,
        "entity": which.entity,
        "q": which.q,
        "min_score": which.min_score,
        "webhook": watch.webhook,
    }


def _watch_of(row: RowMapping, prefix: str = "") -> Watch:
    at = {column.name: row[prefix + column.name] for column in watches.c}.__getitem__
    which = FindingFilter(
        relation=Relation(at("relation")) if at("relation") else None,
        kind=Kind(at("kind")) if at("kind") else None,
        holder=at("holder"),
        outlet=at("outlet"),
        entity=at("entity"),
        q=at("q"),
        min_score=at("min_score"),
    )
    return Watch(at("id"), at("name"), at("created"), which, at("webhook"))
