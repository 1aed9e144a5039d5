"""The feeds that are watched: which state of each was read last."""

from sqlalchemy import Engine, select
from sqlalchemy.dialects.sqlite import insert

from app.store.database import transaction
from app.store.models import feeds
from app.store.records import Marks


class Feeds:
    """The feeds of one store. Every method is one transaction."""

    def __init__(self, url: str, engine: Engine) -> None:
        self._url, self._engine = url, engine

    def known(self) -> dict[str, Marks]:
        """The state of each feed that was read whole, by its address."""
        with transaction(self._engine, self._url) as connection:
            rows = connection.execute(select(feeds))
            return {row.url: Marks(row.etag, row.modified) for row in rows}

    def note(self, address: str, marks: Marks) -> None:
        """Remembers that this state was read whole."""
        row = {"etag": marks.etag, "modified": marks.modified}
        with transaction(self._engine, self._url, "IMMEDIATE") as connection:
            connection.execute(insert(feeds).values(url=address, **row).on_conflict_do_update(set_=row))
