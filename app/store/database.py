"""The SQLite file: opening it, its pragmas and transactions, and bringing its tables up to this version."""

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import disk_usage
from sqlite3 import Connection as Driver

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from app.store.errors import Full, TooSlow, Unavailable, UnusableDatabase

logger = logging.getLogger(__name__)

BUSY_SECONDS = 5
"""How long a write waits for the write of another process before it gives up."""

ROOM = 1_000_000
"""Bytes: where less is free, the disk counts as full. An article takes about 200 kB, twice while it is in the log."""

STEPS = 10_000
"""Of SQLite's machine, between two looks at the clock (well below a millisecond, but for searches in long texts)."""


def engine_of(url: str) -> Engine:
    """Connections to the file of an SQLAlchemy URL; the options `begin` and `durable` are those of `transaction`.

    Raises `UnusableDatabase` where the URL names no SQLite file in a folder that exists.
    """
    try:
        place = make_url(url)
    except ArgumentError as error:
        raise UnusableDatabase(url, "not a database URL", "one such as sqlite:///counterclaim.db") from error
    if place.get_backend_name() != "sqlite" or not place.database or place.database == ":memory:":
        raise UnusableDatabase(url, "not an SQLite file", "one such as sqlite:///counterclaim.db")
    folder = Path(place.database).parent
    if not folder.is_dir() and "uri" not in place.query:
        raise UnusableDatabase(url, f"there is no folder {folder}", "a file in a folder that exists")
    # Without hide_parameters an error's message would carry the rows, and so articles, into the log.
    engine = create_engine(url, max_overflow=-1, hide_parameters=True)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Driver, _record: object) -> None:
    # The transactions are begun by `_begin`; the driver's own habit would begin them late and never IMMEDIATE.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {BUSY_SECONDS * 1000}",
        "journal_mode = WAL",
        "foreign_keys = ON",
        # What is deleted is overwritten with zeros, not only unlinked.
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    # With WAL, NORMAL survives a kill of the process; a power cut may lose the last commits, never the file. What a
    # person has done is worth waiting for the disk.
    connection.exec_driver_sql(f"PRAGMA synchronous = {'FULL' if options.get('durable') else 'NORMAL'}")
    connection.exec_driver_sql(f"BEGIN {options.get('begin', 'DEFERRED')}")


@contextmanager
def transaction(engine: Engine, url: str, kind: str = "DEFERRED", *, durable: bool = False) -> Iterator[Connection]:
    """One transaction, `IMMEDIATE` for a write; one that is `durable` survives a power cut too.

    Raises `Unavailable` where the file cannot be read or written now, `Full` where there is no room to write.
    """
    try:
        with engine.execution_options(begin=kind, durable=durable).begin() as connection:
            yield connection
    except DatabaseError as error:
        code = getattr(error.orig, "sqlite_errorcode", None)
        if code == sqlite3.SQLITE_FULL:
            raise Full(url, reason(error)) from error
        # A damaged file is told by the root of the driver's errors; what a statement does wrong, by its other branches.
        if isinstance(error, OperationalError) or type(error) is DatabaseError:
            raise Unavailable(url, reason(error)) from error
        raise


def forget(engine: Engine) -> None:
    """Empties the write-ahead log into the file: what was deleted from the file stands there still.

    Where somebody reads for longer than a write waits, the log is emptied by the next call, or when the last connection
    is closed.
    """
    connection = engine.raw_connection()
    try:
        ((busy, _, _),) = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        if busy:
            logger.warning("what was deleted is still in the write-ahead log, for somebody reads")
    except sqlite3.OperationalError as error:
        logger.warning("what was deleted is still in the write-ahead log: %s", error)
    finally:
        connection.close()


def shut(engine: Engine) -> None:
    """Gives up all connections, and makes no other: who still comes is told that the store is closed.

    A transaction that is at work just now may still end.
    """
    event.listen(engine, "do_connect", _refuse)
    engine.dispose()


def _refuse(*_: object) -> None:
    raise sqlite3.OperationalError("it is closed")


@contextmanager
def hurried(connection: Connection, seconds: float) -> Iterator[None]:
    """What is asked inside is broken off if it is not answered in this time. Raises `TooSlow`."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, Driver)
    end = time.monotonic() + seconds
    driver.set_progress_handler(lambda: time.monotonic() > end, STEPS)
    try:
        yield
    except OperationalError as error:
        if reason(error) == "interrupted":
            raise TooSlow(seconds) from error
        raise
    finally:
        driver.set_progress_handler(None, 0)


def migrate(engine: Engine) -> None:
    """Brings the tables to this version, in one transaction: a kill leaves the old tables or the new.

    Raises `UnusableDatabase` where another program's tables stand there, and alembic's `CommandError` where those of a
    later version do.
    """
    steps = ScriptDirectory(Path(__file__).parent / "migrations")

    def to_head(at: str, _context: MigrationContext) -> list[RevisionStep]:
        return steps._upgrade_revs("head", at)

    with engine.execution_options(begin="IMMEDIATE").begin() as connection:
        tables = set(inspect(connection).get_table_names())
        if tables and "alembic_version" not in tables:
            raise UnusableDatabase(str(engine.url), "it holds the tables of another program", "a file of counterclaim")
        # What alembic's `upgrade` command does, less the env.py that would have to open the database again.
        with EnvironmentContext(Config(), steps, fn=to_head, destination_rev="head") as environment:
            environment.configure(connection=connection, render_as_batch=True)
            environment.run_migrations()


def size(engine: Engine) -> dict[str, int]:
    """Bytes on the disk: of the `database` and of its write-ahead `log`."""
    file = _file(engine)
    parts = {"database": file, "log": file.with_name(f"{file.name}-wal")}
    return {name: part.stat().st_size for name, part in parts.items() if part.exists()}


def find_room(engine: Engine, url: str) -> None:
    """Raises `Full` where the disk of the database has next to no room left."""
    left = disk_usage(_file(engine).parent).free
    if left < ROOM:
        raise Full(url, f"its disk has {left} bytes left")


def _file(engine: Engine) -> Path:
    with engine.connect() as connection:
        ((file,),) = connection.exec_driver_sql("SELECT file FROM pragma_database_list WHERE name = 'main'").all()
    return Path(file)


def reason(error: Exception) -> str:
    """What the driver said, without SQLAlchemy's statement around it."""
    return str(error.orig) if isinstance(error, DatabaseError) else str(error)
