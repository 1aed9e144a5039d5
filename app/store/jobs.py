"""Jobs: batches of articles that are put one by one, each settled in the transaction that stores its article."""

import secrets
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, and_, delete, func, insert, or_, select, update

from app.store.database import transaction
from app.store.errors import Taken, TooMany
from app.store.models import job_items, jobs
from app.store.queries import paged
from app.store.records import (
    Batch,
    Change,
    Held,
    Hold,
    Item,
    Job,
    JobState,
    Page,
    Put,
    Refused,
    Settled,
    Slice,
)
from corpus.records import Article

KEPT = timedelta(days=7)
"""How long a job can be asked for after it has ended; as long its idempotency key is known."""

UNFINISHED = jobs.c.state.in_([JobState.QUEUED.value, JobState.RUNNING.value])
OPEN = job_items.c.settled.is_(None)
NOTHING = {"change": None, "claims": None, "findings": None, "problem": None}
"""The columns of what became of an item, before anything did."""


class Jobs:
    """The jobs of a store. An item is held by one process at a time, for as long as its lease is renewed."""

    def __init__(self, url: str, engine: Engine) -> None:
        self._url, self._engine = url, engine

    def add(self, batch: Batch, *, most: int) -> tuple[Job, bool]:
        """The job that a batch becomes, and whether it is new: one that has the same key is not made again.

        What ended long ago is forgotten first. Raises `TooMany` where `most` jobs have not ended.
        """
        now = _now()
        with transaction(self._engine, self._url, "IMMEDIATE") as connection:
            connection.execute(delete(jobs).where(jobs.c.ended < _text(now - KEPT)))
            if batch.key is not None:
                known = connection.execute(_with_pairs().where(jobs.c.key == batch.key)).one_or_none()
                if known:
                    return _job(known), False
            waiting = connection.scalars(select(func.count()).select_from(jobs).where(UNFINISHED)).one()
            if waiting >= most:
                raise TooMany(most)
            return _job(_insert(connection, batch, _text(now))), True

    def unfinished(self) -> int:
        """How many have not ended."""
        with transaction(self._engine, self._url) as connection:
            return int(connection.scalars(select(func.count()).select_from(jobs).where(UNFINISHED)).one())

    def job(self, identity: str) -> Job | None:
        """The job with this id."""
        with transaction(self._engine, self._url) as connection:
            row = connection.execute(_with_pairs().where(jobs.c.id == identity)).one_or_none()
        return _job(row) if row else None

    def list(self, state: JobState | None, page: Page) -> Slice[Job]:
        """Jobs, the newest first."""
        query = _with_pairs() if state is None else _with_pairs().where(jobs.c.state == state.value)
        with transaction(self._engine, self._url) as connection:
            rows = paged(connection, query, (jobs.c.created, jobs.c.id), page, descending=True)
        return Slice(tuple(_job(row) for row in rows.items), rows.end)

    def items(self, identity: str, page: Page) -> Slice[Item]:
        """The articles of a job in the order sent."""
        query = _items().where(job_items.c.job == identity)
        with transaction(self._engine, self._url) as connection:
            rows = paged(connection, query, (job_items.c.at,), page, descending=False)
        return Slice(tuple(_item(row) for row in rows.items), rows.end)

    def look(self, identity: str, after: int, limit: int) -> tuple[Job | None, tuple[Item, ...]]:
        """A job, and at one and the same moment the next items that were settled after the first `after`."""
        query = _items().where(job_items.c.job == identity, job_items.c.settled > after)
        with transaction(self._engine, self._url) as connection:
            row = connection.execute(_with_pairs().where(jobs.c.id == identity)).one_or_none()
            rows = connection.execute(query.order_by(job_items.c.settled).limit(limit)).all()
        return _job(row) if row else None, tuple(_item(each) for each in rows)

    def cancel(self, identity: str) -> tuple[Job | None, bool]:
        """The job, and whether this ended it; what it has stored stays, the rest is let go and forgotten."""
        with transaction(self._engine, self._url, "IMMEDIATE") as connection:
            ended = {"state": JobState.CANCELLED.value, "ended": _text(_now())}
            query = update(jobs).where(jobs.c.id == identity, UNFINISHED).values(ended)
            cancelled = connection.execute(query).rowcount == 1
            if cancelled:
                rest = update(job_items).where(job_items.c.job == identity, OPEN)
                connection.execute(rest.values(given=None, owner=None, lease=None))
            row = connection.execute(_with_pairs().where(jobs.c.id == identity)).one_or_none()
        return _job(row) if row else None, cancelled

    def take(self, owner: str, lease: timedelta) -> Held | None:
        """The next article that nobody holds: of the job that somebody waits for, then of the oldest."""
        now = _now()
        order = select(jobs.c.id).where(UNFINISHED).order_by(jobs.c.waited.desc(), jobs.c.created, jobs.c.id)
        free = or_(job_items.c.lease.is_(None), job_items.c.lease < now.timestamp())
        with transaction(self._engine, self._url) as connection:
            # Mostly there is nothing to do, and then nothing need be locked.
            if not connection.execute(order.limit(1)).first():
                return None
        with transaction(self._engine, self._url, "IMMEDIATE") as connection:
            for identity in connection.scalars(order).all():
                query = select(job_items).where(job_items.c.job == identity, OPEN, free)
                row = connection.execute(query.order_by(job_items.c.at).limit(1)).one_or_none()
                if row:
                    return _taken(connection, row, owner, (now, lease))
        return None

    def renew(self, hold: Hold, lease: timedelta, pairs: int) -> bool:
        """Holds an item for longer, with how many pairs have been judged; False where it is held no more."""
        until = (_now() + lease).timestamp()
        with transaction(self._engine, self._url, "IMMEDIATE") as connection:
            query = update(job_items).where(*_held(hold)).values(lease=until, pairs=pairs)
            return connection.execute(query).rowcount == 1

    def release(self, hold: Hold, *, tried: bool) -> None:
        """Gives an item back; with `tried`, the attempt counts."""
        attempts = job_items.c.attempts if tried else job_items.c.attempts - 1
        with transaction(self._engine, self._url, "IMMEDIATE") as connection:
            given_back = {"owner": None, "lease": None, "pairs": 0, "attempts": attempts}
            connection.execute(update(job_items).where(*_held(hold)).values(given_back))

    def settle(self, settled: Settled) -> None:
        """What became of an item whose article changes nothing. Raises `Taken` where it is held no more."""
        with transaction(self._engine, self._url, "IMMEDIATE") as connection:
            settle(connection, settled)


def settle(connection: Connection, settled: Settled) -> None:
    """Writes what became of an item, and ends its job with the last one; `Taken` undoes the whole transaction."""
    hold = settled.hold
    number = select(jobs.c.done + 1).where(jobs.c.id == hold.job).scalar_subquery()
    written = {**_outcome(settled.outcome), "owner": None, "lease": None, "pairs": settled.pairs, "settled": number}
    if connection.execute(update(job_items).where(*_held(hold)).values(written)).rowcount != 1:
        raise Taken(hold.job, hold.at)
    failed = int(isinstance(settled.outcome, Refused))
    counted = {"done": jobs.c.done + 1, "failed": jobs.c.failed + failed, "pairs": jobs.c.pairs + settled.pairs}
    connection.execute(update(jobs).where(jobs.c.id == hold.job).values(counted))
    ended = {"state": JobState.DONE.value, "ended": _text(_now())}
    connection.execute(update(jobs).where(jobs.c.id == hold.job, jobs.c.done == jobs.c.total).values(ended))


def _held(hold: Hold) -> tuple[ColumnElement[bool], ...]:
    return (job_items.c.job == hold.job, job_items.c.at == hold.at, job_items.c.owner == hold.owner, OPEN)


def _insert(connection: Connection, batch: Batch, now: str) -> Row[Any]:
    identity = secrets.token_hex(8)
    refused = sum(isinstance(each, Refused) for each in batch.articles)
    over = refused == len(batch.articles)
    row = {
        "id": identity,
        "key": batch.key,
        "body": batch.body,
        "waited": batch.waited,
        "state": (JobState.DONE if over else JobState.QUEUED).value,
        "created": now,
        "ended": now if over else None,
        "total": len(batch.articles),
        "done": refused,
        "failed": refused,
        "pairs": 0,
    }
    connection.execute(insert(jobs), row)
    items = list(_item_rows(identity, batch))
    if items:
        connection.execute(insert(job_items), items)
    return connection.execute(_with_pairs().where(jobs.c.id == identity)).one()


def _item_rows(job: str, batch: Batch) -> Iterator[dict[str, Any]]:
    """What is refused is settled from the start."""
    settled = 0
    for at, each in enumerate(batch.articles):
        common = {"job": job, "at": at, "article": each.id, "attempts": 0, "pairs": 0}
        if isinstance(each, Refused):
            settled += 1
            yield {**common, **_outcome(each), "settled": settled}
        else:
            given = {**asdict(each), "metadata": dict(each.metadata)}
            yield {**common, **NOTHING, "given": given, "settled": None}


def _outcome(outcome: Put | Refused) -> dict[str, Any]:
    """The columns of what became of an item; the article as it was given goes."""
    if isinstance(outcome, Refused):
        return {**NOTHING, "given": None, "problem": dict(outcome.problem)}
    put = {"change": outcome.change.value, "claims": outcome.claims, "findings": dict(outcome.findings)}
    return {**NOTHING, "given": None, **put}


def _taken(connection: Connection, row: Row[Any], owner: str, span: tuple[datetime, timedelta]) -> Held:
    now, lease = span
    here = and_(job_items.c.job == row.job, job_items.c.at == row.at)
    held = {"owner": owner, "lease": (now + lease).timestamp(), "attempts": row.attempts + 1, "pairs": 0}
    connection.execute(update(job_items).where(here).values(held))
    queued = and_(jobs.c.id == row.job, jobs.c.state == JobState.QUEUED.value)
    connection.execute(update(jobs).where(queued).values(state=JobState.RUNNING.value, started=_text(now)))
    return Held(Hold(row.job, row.at, owner), Article(**row.given), row.attempts + 1)


def _with_pairs() -> Select[Any]:
    """Jobs, with the pairs of settled items and of those in hand together."""
    in_hand = select(func.coalesce(func.sum(job_items.c.pairs), 0)).where(job_items.c.job == jobs.c.id, OPEN)
    return select(jobs, (jobs.c.pairs + in_hand.scalar_subquery()).label("judged"))


def _items() -> Select[Any]:
    """Items without the articles as they were given."""
    return select(*(column for column in job_items.c if column is not job_items.c.given))


def _job(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        state=JobState(row.state),
        created=row.created,
        started=row.started,
        ended=row.ended,
        total=row.total,
        done=row.done,
        failed=row.failed,
        pairs=row.judged,
        body=row.body,
        waited=row.waited,
    )


def _item(row: Row[Any]) -> Item:
    outcome: Put | Refused | None = None
    if row.problem is not None:
        outcome = Refused(row.article, row.problem)
    elif row.change is not None:
        outcome = Put(Change(row.change), row.claims, row.findings)
    return Item(row.at, row.article, row.pairs, row.settled, outcome)


def _now() -> datetime:
    return datetime.now(UTC)


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
