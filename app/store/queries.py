"""What the store's lists ask for, as SQL: conditions, a page by key, findings beside their claims."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Row, Select, and_, func, or_, select, tuple_

from app.store.database import hurried
from app.store.models import claims, findings, reviews
from app.store.records import ClaimFilter, FindingFilter, Page, Slice, Verdict
from app.store.rows import finding_of, folded
from nli.records import Finding

SECONDS = 30.0
"""How long a page may take: who asks for words that occur nowhere has every row read."""


def paged(
    connection: Connection, query: Select[Any], keys: Sequence[ColumnElement[Any]], page: Page, *, descending: bool
) -> Slice[Row[Any]]:
    """One page by key, not by offset: rows written or deleted meanwhile neither repeat nor hide others."""
    named = [key.label(f"key_{at}") for at, key in enumerate(keys)]
    query = query.add_columns(*named)
    if page.after is not None:
        here, after = tuple_(*keys), tuple_(*page.after)
        query = query.where(here < after if descending else here > after)
    order = [key.desc() if descending else key.asc() for key in keys]
    with hurried(connection, SECONDS):
        rows = connection.execute(query.order_by(*order).limit(page.limit + 1)).all()
    shown = tuple(rows[: page.limit])
    more = len(rows) > page.limit
    return Slice(shown, tuple(getattr(shown[-1], name.name) for name in named) if more else None)


def _speaks(table: FromClause, q: str) -> ColumnElement[bool]:
    return and_(*(table.c.folded.contains(word, autoescape=True) for word in folded(q).split()))


def _names(table: FromClause, entity: str) -> ColumnElement[bool]:
    """A name as it is written, not as a part of longer words: Niger does not stand in Nigeria."""
    name = folded(entity)
    # Most rows are told by `contains`, which calls no Python.
    whole = table.c.folded.regexp_match(rf"(?<!\w){re.escape(name)}(?!\w)")
    return and_(table.c.folded.contains(name, autoescape=True), whole)


def claim_conditions(which: ClaimFilter) -> Iterator[ColumnElement[bool]]:
    """What holds for a row of claims."""
    if which.article is not None:
        yield claims.c.article == which.article
    if which.holder is not None:
        yield claims.c.folded_holder.contains(folded(which.holder), autoescape=True)
    if which.outlet is not None:
        yield claims.c.folded_outlet == folded(which.outlet)
    if which.q is not None:
        yield _speaks(claims, which.q)
    if which.min_check_worthiness > 0:
        yield claims.c.check_worthiness >= which.min_check_worthiness


def finding_conditions(which: FindingFilter, left: FromClause, right: FromClause) -> Iterator[ColumnElement[bool]]:
    """What holds for a row of findings beside those of its claims, `left` and `right`."""
    relation: ColumnElement[str] = findings.c.relation
    if which.article is not None:
        # By the claims' ids, which findings are indexed by on either side: their articles would be asked of every row.
        its = select(claims.c.id).where(claims.c.article == which.article)
        yield or_(findings.c.left.in_(its), findings.c.right.in_(its))
        # As an expression it has no index: SQLite would take that one first, and read every finding in the relation.
        relation = relation.concat("")
    if which.relation is not None:
        yield relation == which.relation.value
    if which.kind is not None:
        yield findings.c.kind == which.kind.value
    if which.min_score > 0:
        yield findings.c.score >= which.min_score
    if which.review is Verdict.OPEN:
        yield findings.c.pair.not_in(reviewed(Verdict.CONFIRMED, Verdict.REJECTED))
    elif which.review is not None:
        yield findings.c.pair.in_(reviewed(which.review))
    yield from _side_conditions(which, (left, right))


def _side_conditions(which: FindingFilter, sides: Sequence[FromClause]) -> Iterator[ColumnElement[bool]]:
    if which.holder is not None:
        part = folded(which.holder)
        yield or_(*(side.c.folded_holder.contains(part, autoescape=True) for side in sides))
    if which.outlet is not None:
        yield or_(*(side.c.folded_outlet == folded(which.outlet) for side in sides))
    if which.q is not None:
        yield or_(*(_speaks(side, which.q) for side in sides))
    if which.entity is not None:
        yield or_(*(_names(side, which.entity) for side in sides))
    if which.since is not None or which.until is not None:
        # An undated claim ('') lies in no range; every ISO day sorts before '~'.
        first, last = which.since or "0", which.until or "~"
        yield or_(*(side.c.day.between(first, last) for side in sides))


def newest() -> ColumnElement[bool]:
    """What holds for the newest review of each pair."""
    return reviews.c.id.in_(select(func.max(reviews.c.id)).group_by(reviews.c.pair))


def reviewed(*verdicts: Verdict) -> Select[Any]:
    """The pairs whose newest review says one of these."""
    return select(reviews.c.pair).where(newest(), reviews.c.verdict.in_([each.value for each in verdicts]))


def with_claims(left: FromClause, right: FromClause) -> Select[Any]:
    """The rows of findings with those of their claims beside them."""
    return (
        select(*findings.c, *_prefixed(left, "l_"), *_prefixed(right, "r_"))
        .join_from(findings, left, findings.c.left == left.c.id)
        .join(right, findings.c.right == right.c.id)
    )


def finding_named(connection: Connection, identity: str) -> Finding | None:
    """The finding with this id."""
    query = with_claims(claims.alias("l"), claims.alias("r")).where(findings.c.id == identity)
    row = connection.execute(query).one_or_none()
    return finding_of(row._mapping) if row else None


def _prefixed(table: FromClause, prefix: str) -> list[ColumnElement[Any]]:
    return [column.label(prefix + column.name) for column in table.c]
