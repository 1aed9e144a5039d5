"""What is kept and how it is asked for: values in, values out; SQL stays here."""

from contextlib import AbstractContextManager
from datetime import UTC, datetime

import numpy as np
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import DatabaseError

from app.store.database import engine_of, find_room, forget, migrate, reason, shut, size, transaction
from app.store.errors import Moved, UnusableDatabase
from app.store.feeds import Feeds
from app.store.jobs import Jobs, settle
from app.store.keys import Keys
from app.store.models import articles, claims, findings, reviews, state, vectors
from app.store.queries import claim_conditions, finding_conditions, finding_named, paged, reviewed, with_claims
from app.store.records import ClaimFilter, Counts, Derived, FindingFilter, ModelNames, Page, Settled, Slice, Verdict
from app.store.reviews import Reviews
from app.store.rows import article_of, article_row, claim_of, claim_row, finding_of, finding_row
from app.store.watches import Watches, forget_matches, match_article
from corpus.records import Article, Claim
from nli.records import Finding, Relation, Shelf


class Store:
    """One SQLite file. Every method is one transaction; reads never wait for a write."""

    def __init__(self, url: str) -> None:
        """Opens `sqlite:///path`, making file and tables where they are missing.

        Raises `UnusableDatabase` where that cannot be done.
        """
        self.url = url
        self._engine = engine_of(url)
        try:
            migrate(self._engine)
        except (DatabaseError, CommandError) as error:
            self._engine.dispose()
            expected = "an SQLite file of this or an earlier version, in a folder that can be written"
            raise UnusableDatabase(url, reason(error), expected) from error
        except BaseException:
            self._engine.dispose()
            raise
        self.keys = Keys(url, self._engine)
        self.feeds = Feeds(url, self._engine)
        self.jobs = Jobs(url, self._engine)
        self.reviews = Reviews(url, self._engine)
        self.watches = Watches(url, self._engine)

    def close(self) -> None:
        """Gives up all connections; what is asked of it later is `Unavailable`, and nothing is written."""
        shut(self._engine)

    # Writes

    def put(
        self, article: Article, derived: Derived, names: ModelNames, *, revision: int, settled: Settled | None = None
    ) -> int:
        """The article in place of what stood under its id, with all that derives from it; the new revision.

        Raises `Moved` where something else was written since `revision`: `derived` was made from less. Raises `Taken`
        where the item of a job that this settles is held by somebody else.
        """
        with self._writing() as connection:
            self._count_up(connection, revision)
            here = articles.c.id == article.id
            before = connection.scalars(select(articles.c.digest).where(here)).one_or_none()
            connection.execute(delete(articles).where(here))
            connection.execute(insert(articles), article_row(article, names))
            _insert_derived(connection, derived, names)
            # What is only read again, with other models, has not arrived.
            if before != article.digest:
                forget_matches(connection)
                match_article(connection, article.id, datetime.now(UTC))
            if settled:
                settle(connection, settled)
        if before is not None:
            forget(self._engine)
        return revision + 1

    def note(self, article: Article, *, revision: int, settled: Settled | None = None) -> int:
        """New metadata for a stored article whose other content is the same; the new revision. Raises as `put`."""
        with self._writing() as connection:
            self._count_up(connection, revision)
            here = articles.c.id == article.id
            connection.execute(update(articles).where(here).values(metadata=dict(article.metadata)))
            if settled:
                settle(connection, settled)
            return revision + 1

    def delete(self, identity: str, *, revision: int) -> int | None:
        """Removes the article with all that derives from it; the new revision, None if there is no such article.

        Reviews of its claims go too. They stay where it is only replaced: the same words may stand there again.
        Raises `Moved` where something else was written since `revision`.
        """
        with self._writing() as connection:
            if connection.execute(delete(articles).where(articles.c.id == identity)).rowcount == 0:
                return None
            named = or_(reviews.c.left_article == identity, reviews.c.right_article == identity)
            connection.execute(delete(reviews).where(named))
            forget_matches(connection)
            self._count_up(connection, revision)
        forget(self._engine)
        return revision + 1

    def _count_up(self, connection: Connection, revision: int) -> None:
        changed = update(state).where(state.c.revision == revision).values(revision=revision + 1)
        if connection.execute(changed).rowcount != 1:
            raise Moved(self.url, revision)

    # Reads

    def revision(self) -> int:
        """How many writes of articles there were."""
        with self._reading() as connection:
            return int(connection.scalars(select(state.c.revision)).one())

    def tables(self) -> str:
        """The revision of its tables."""
        with self._reading() as connection:
            return str(MigrationContext.configure(connection).get_current_revision())

    def shelf(self, names: ModelNames) -> tuple[Shelf, int]:
        """All claims of articles read with these models, with their vectors, and the revision that this is."""
        query = (
            select(claims, vectors.c.vector)
            .join_from(claims, vectors)
            .join(articles, articles.c.id == claims.c.article)
            .where(*_read_with(names))
            .order_by(claims.c.article, claims.c.start, claims.c.id)
        )
        with self._reading() as connection:
            revision = int(connection.scalars(select(state.c.revision)).one())
            rows = connection.execute(query).all()
        if not rows:
            return Shelf.empty(), revision
        matrix = np.stack([np.frombuffer(row.vector, np.float32) for row in rows])
        return Shelf(tuple(claim_of(row._mapping) for row in rows), matrix), revision

    def others(self, names: ModelNames) -> tuple[str, ...]:
        """The ids of the articles that were read with other models."""
        query = select(articles.c.id).where(~and_(*_read_with(names))).order_by(articles.c.id)
        with self._reading() as connection:
            return tuple(connection.scalars(query))

    def article(self, identity: str) -> Article | None:
        """The article as it was given."""
        with self._reading() as connection:
            row = connection.execute(select(articles).where(articles.c.id == identity)).one_or_none()
        return article_of(row._mapping) if row else None

    def read_with(self, identity: str, names: ModelNames) -> bool:
        """Whether the article is stored and was read with these models."""
        query = select(articles.c.id).where(articles.c.id == identity, *_read_with(names))
        with self._reading() as connection:
            return connection.scalars(query).one_or_none() is not None

    def claim(self, identity: str) -> Claim | None:
        """The claim with this id."""
        with self._reading() as connection:
            row = connection.execute(select(claims).where(claims.c.id == identity)).one_or_none()
        return claim_of(row._mapping) if row else None

    def articles(self, page: Page) -> Slice[Article]:
        """Articles, the latest day first, undated ones last."""
        with self._reading() as connection:
            rows = paged(connection, select(articles), (articles.c.day, articles.c.id), page, descending=True)
        return Slice(tuple(article_of(row._mapping) for row in rows.items), rows.end)

    def claims(self, which: ClaimFilter, page: Page) -> Slice[Claim]:
        """Claims article by article, in the order of the text."""
        query = select(claims).where(*claim_conditions(which))
        with self._reading() as connection:
            rows = paged(connection, query, (claims.c.article, claims.c.start, claims.c.id), page, descending=False)
        return Slice(tuple(claim_of(row._mapping) for row in rows.items), rows.end)

    def findings(self, which: FindingFilter, page: Page) -> Slice[Finding]:
        """Findings, the latest day first or the highest score first."""
        left, right = claims.alias("l"), claims.alias("r")
        query = with_claims(left, right).where(*finding_conditions(which, left, right))
        first = findings.c.score if which.by_score else findings.c.day
        with self._reading() as connection:
            rows = paged(connection, query, (first, findings.c.id), page, descending=True)
        return Slice(tuple(finding_of(row._mapping) for row in rows.items), rows.end)

    def finding(self, identity: str) -> Finding | None:
        """The finding with this id."""
        with self._reading() as connection:
            return finding_named(connection, identity)

    def bearing(self, min_entailment: float) -> tuple[Finding, ...]:
        """All that bears on a dispute: contradictions, and pairs of which one claim may follow from the other.

        What a reviewer has rejected bears on none.
        """
        follows = or_(*(side[0].as_float() >= min_entailment for side in (findings.c.forward, findings.c.backward)))
        query = with_claims(claims.alias("l"), claims.alias("r"))
        clashes = findings.c.relation == Relation.CONTRADICTION.value
        upheld = findings.c.pair.not_in(reviewed(Verdict.REJECTED))
        query = query.where(or_(and_(clashes, upheld), and_(~clashes, follows)))
        with self._reading() as connection:
            return tuple(finding_of(row._mapping) for row in connection.execute(query))

    def every_article(self) -> tuple[Article, ...]:
        """All articles, in no order."""
        with self._reading() as connection:
            return tuple(article_of(row._mapping) for row in connection.execute(select(articles)))

    def counts(self, article: str | None = None) -> Counts:
        """How much is stored; or how much of it derives from one article, findings with others included."""
        mine = () if article is None else (claims.c.article == article,)
        ids = select(claims.c.id).where(*mine)
        theirs = () if article is None else (or_(findings.c.left.in_(ids), findings.c.right.in_(ids)),)
        its = () if article is None else (articles.c.id == article,)
        by_relation = select(findings.c.relation, func.count()).where(*theirs).group_by(findings.c.relation)
        with self._reading() as connection:
            return Counts(
                articles=connection.scalars(select(func.count()).select_from(articles).where(*its)).one(),
                claims=connection.scalars(select(func.count()).select_from(claims).where(*mine)).one(),
                findings={str(relation): int(count) for relation, count in connection.execute(by_relation)},
            )

    def size(self) -> dict[str, int]:
        """Bytes of the database and of its write-ahead log."""
        return size(self._engine)

    def try_writing(self) -> None:
        """Raises `Unavailable` where nothing can be written, `Full` where there is no room for it.

        Takes the lock of a write and gives it back. That writes nothing, and so would succeed on a full disk.
        """
        with self._writing() as connection:
            connection.execute(update(state).values(revision=state.c.revision))
        find_room(self._engine, self.url)

    def _writing(self) -> AbstractContextManager[Connection]:
        # IMMEDIATE: a transaction that starts as a read and turns into a write fails at once if another one wrote.
        return transaction(self._engine, self.url, "IMMEDIATE")

    def _reading(self) -> AbstractContextManager[Connection]:
        return transaction(self._engine, self.url)


def _read_with(names: ModelNames) -> tuple[ColumnElement[bool], ...]:
    return articles.c.encoder == names.encoder, articles.c.judge == names.judge


def _insert_derived(connection: Connection, derived: Derived, names: ModelNames) -> None:
    made = derived.shelf.claims
    if made:
        connection.execute(insert(claims), [claim_row(claim) for claim in made])
        blobs = [np.ascontiguousarray(vector, np.float32).tobytes() for vector in derived.shelf.vectors]
        by_claim = zip(made, blobs, strict=True)
        named = [{"claim": claim.id, "encoder": names.encoder, "vector": blob} for claim, blob in by_claim]
        connection.execute(insert(vectors), named)
    if derived.findings:
        connection.execute(insert(findings), [finding_row(finding) for finding in derived.findings])
