"""What people say of pairs: appended, never changed; of each pair the newest counts.

A review is of two places, not of a finding. A finding goes and comes again when an article is put again or other models
read it; a place is the same as long as the same words stand there.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, Engine, func, insert, or_, select

from app.store.database import transaction
from app.store.models import claims, findings, reviews
from app.store.queries import newest, paged, reviewed, with_claims
from app.store.records import Opinion, Page, Place, Review, ReviewFilter, Slice, Verdict, pair_id
from app.store.rows import finding_of, review_of, review_row
from nli.records import Finding

UPHELD = (Verdict.CONFIRMED, Verdict.REJECTED)
"""What a review can say that counts."""


class Reviews:
    """The reviews of one store. Every method is one transaction."""

    def __init__(self, url: str, engine: Engine) -> None:
        self._url, self._engine = url, engine

    def add(self, found: Finding, opinion: Opinion) -> tuple[Review, bool]:
        """The newest review of a pair from now on, and whether it is the first one.

        The same opinion again, when nobody gave another meanwhile, is the review that stands.
        """
        review = Review(
            Place.of(found.left), Place.of(found.right), opinion, _now(), found.score, found.judgement.model
        )
        with transaction(self._engine, self._url, "IMMEDIATE", durable=True) as connection:
            before = next(_of_pair(connection, found), None)
            if before is not None and before.opinion == opinion:
                return before, False
            connection.execute(insert(reviews), review_row(review))
        return review, before is None

    def history(self, found: Finding) -> tuple[Review, ...]:
        """All reviews of a pair, the newest first."""
        with transaction(self._engine, self._url) as connection:
            return tuple(_of_pair(connection, found))

    def of(self, found: Iterable[Finding]) -> dict[str, Review]:
        """The review that counts, by the id of the finding; pairs that are open have none."""
        names = {pair_id(Place.of(each.left), Place.of(each.right)): each.id for each in found}
        # As one value: a long list would be more variables than a statement may have.
        wanted = select(func.json_each(json.dumps(list(names))).table_valued("value").c.value)
        query = select(reviews).where(reviews.c.pair.in_(wanted), *_upheld())
        with transaction(self._engine, self._url) as connection:
            return {names[row.pair]: review_of(row._mapping) for row in connection.execute(query)}

    def listed(self, which: ReviewFilter, page: Page) -> Slice[tuple[Review, str | None]]:
        """Reviews, the newest first, each with the id of the finding that it speaks of, None while there is none."""
        finding = select(findings.c.id).where(findings.c.pair == reviews.c.pair).limit(1).scalar_subquery()
        query = select(*reviews.c, finding.label("finding")).where(*_conditions(which))
        with transaction(self._engine, self._url) as connection:
            rows = paged(connection, query, (reviews.c.id,), page, descending=True)
        return Slice(tuple((review_of(row._mapping), row.finding) for row in rows.items), rows.end)

    def judged(self) -> tuple[tuple[Finding, Review], ...]:
        """Every stored pair that somebody has confirmed or rejected, by its id."""
        query = with_claims(claims.alias("l"), claims.alias("r"))
        query = query.where(findings.c.pair.in_(reviewed(*UPHELD))).order_by(findings.c.id)
        with transaction(self._engine, self._url) as connection:
            upheld = connection.execute(select(reviews).where(*_upheld()))
            said = {row.pair: review_of(row._mapping) for row in upheld}
            return tuple((finding_of(row._mapping), said[row.pair]) for row in connection.execute(query))

    def newest(self) -> int:
        """A number that a further review changes."""
        with transaction(self._engine, self._url) as connection:
            return connection.scalars(select(func.max(reviews.c.id))).one() or 0


def _of_pair(connection: Connection, found: Finding) -> Iterator[Review]:
    here = reviews.c.pair == pair_id(Place.of(found.left), Place.of(found.right))
    rows = connection.execute(select(reviews).where(here).order_by(reviews.c.id.desc()))
    return (review_of(row._mapping) for row in rows)


def _upheld() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return newest(), reviews.c.verdict.in_([each.value for each in UPHELD])


def _conditions(which: ReviewFilter) -> Iterator[ColumnElement[bool]]:
    if not which.history:
        yield newest()
    if which.verdict is not None:
        yield reviews.c.verdict == which.verdict.value
    if which.reviewer is not None:
        yield reviews.c.reviewer == which.reviewer
    if which.article is not None:
        yield or_(reviews.c.left_article == which.article, reviews.c.right_article == which.article)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
