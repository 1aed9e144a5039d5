"""The tables. What derives from an article goes with it (ON DELETE CASCADE); dates are ISO 8601 text, as given."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _of_article() -> ForeignKey:
    return ForeignKey("articles.id", ondelete="CASCADE")


def _of_claim() -> ForeignKey:
    return ForeignKey("claims.id", ondelete="CASCADE")


articles = Table(
    "articles",
    metadata,
    Column("id", String, primary_key=True),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("outlet", String),
    Column("published", String),
    Column("url", String),
    Column("metadata", JSON, nullable=False),
    # '' where there is no date, so that one index sorts all articles and a cursor never meets a null.
    Column("day", String, nullable=False),
    Column("digest", String, nullable=False),
    # The models that its claims and findings were made with: an article is read again if they change.
    Column("encoder", String, nullable=False),
    Column("judge", String, nullable=False),
    Index("ix_articles_day_id", "day", "id"),
)

claims = Table(
    "claims",
    metadata,
    Column("id", String, primary_key=True),
    Column("article", String, _of_article(), nullable=False),
    Column("start", Integer, nullable=False),
    Column("stop", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("outlet", String),
    Column("published", String),
    Column("url", String),
    Column("holder", String),
    Column("holder_start", Integer),
    Column("holder_stop", Integer),
    Column("narrator", Boolean, nullable=False),
    Column("quoted", Boolean, nullable=False),
    Column("stance", String, nullable=False),
    Column("aspect", String, nullable=False),
    Column("additions", JSON, nullable=False),
    Column("check_worthiness", Float, nullable=False),
    Column("written", String),
    # SHA-256 of the article's text, as results state it beside the offsets.
    Column("article_digest", String),
    Column("day", String, nullable=False),
    # What a search looks in: the words and the reading, case folded.
    Column("folded", Text, nullable=False),
    Column("folded_holder", String, nullable=False),
    Column("folded_outlet", String, nullable=False),
    Index("ix_claims_article_start_id", "article", "start", "id"),
)

vectors = Table(
    "vectors",
    metadata,
    Column("claim", String, _of_claim(), primary_key=True),
    Column("encoder", String, nullable=False),
    # float32, not float16: a reloaded shelf must give the same similarities, to the bit, as the one in memory.
    Column("vector", LargeBinary, nullable=False),
)

findings = Table(
    "findings",
    metadata,
    Column("id", String, primary_key=True),
    Column("left", String, _of_claim(), nullable=False),
    Column("right", String, _of_claim(), nullable=False, index=True),
    Column("relation", String, nullable=False),
    Column("kind", String),
    Column("parties", String),
    Column("score", Float, nullable=False),
    Column("similarity", Float, nullable=False),
    Column("forward", JSON, nullable=False),
    Column("backward", JSON, nullable=False),
    Column("reason", Text, nullable=False),
    Column("left_spans", JSON, nullable=False),
    Column("right_spans", JSON, nullable=False),
    Column("model", String, nullable=False),
    Column("thresholds", JSON, nullable=False),
    # The later of the two claims' days, '' where neither has one.
    Column("day", String, nullable=False),
    # What a review of it is found by.
    Column("pair", String, nullable=False, server_default="", index=True),
    UniqueConstraint("left", "right"),
    # One index a listing: of all relations and of one, by day and by score.
    Index("ix_findings_day_id", "day", "id"),
    Index("ix_findings_score_id", "score", "id"),
    Index("ix_findings_relation_day_id", "relation", "day", "id"),
    Index("ix_findings_relation_score_id", "relation", "score", "id"),
)

state = Table(
    "state",
    metadata,
    Column("id", Integer, primary_key=True),
    # Counts the writes of articles, so that a process notices what another one has written.
    Column("revision", Integer, nullable=False),
)

keys = Table(
    "keys",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", Text, nullable=False),
    Column("scopes", JSON, nullable=False),
    # Of the key itself nothing else is kept.
    Column("digest", String, nullable=False),
    Column("created", String, nullable=False),
    Column("revoked", String),
)

feeds = Table(
    "feeds",
    metadata,
    Column("url", String, primary_key=True),
    # What the server said of the state that was last read whole.
    Column("etag", String),
    Column("modified", String),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", String, primary_key=True),
    # The digest of the request's idempotency key.
    Column("key", String, unique=True),
    # The digest of the request's body, by which another request under the same key is told.
    Column("body", String, nullable=False),
    Column("waited", Boolean, nullable=False),
    Column("state", String, nullable=False),
    Column("created", String, nullable=False),
    Column("started", String),
    Column("ended", String),
    # Of its items: counted here in the transaction that settles one, so that a list of jobs need not count them.
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("pairs", Integer, nullable=False),
    Index("ix_jobs_created_id", "created", "id"),
    Index("ix_jobs_state_created", "state", "created"),
)

job_items = Table(
    "job_items",
    metadata,
    Column("job", String, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("at", Integer, primary_key=True),
    Column("article", String),
    # The article as it was given; gone as soon as the item is settled, for it is stored then or refused.
    Column("given", JSON(none_as_null=True)),
    Column("attempts", Integer, nullable=False),
    # Who has it in hand, and until when (seconds since 1970): a process that was killed gives nothing back.
    Column("owner", String),
    Column("lease", Float),
    Column("pairs", Integer, nullable=False),
    # Its place among the settled items of its job, from 1.
    Column("settled", Integer),
    Column("change", String),
    Column("claims", Integer),
    Column("findings", JSON(none_as_null=True)),
    Column("problem", JSON(none_as_null=True)),
    Index("ix_job_items_job_settled_at", "job", "settled", "at"),
)

reviews = Table(
    "reviews",
    metadata,
    # They count up: the newest of a pair counts.
    Column("id", Integer, primary_key=True),
    # Not the ids of claims or findings: those go with the article when it is read again.
    Column("pair", String, nullable=False),
    *(
        Column(f"{side}_{name}", kind, nullable=False)
        for side in ("left", "right")
        for name, kind in (("article", String), ("start", Integer), ("stop", Integer), ("digest", String))
    ),
    Column("verdict", String, nullable=False),
    Column("reason", String),
    Column("note", Text, nullable=False),
    Column("reviewer", Text, nullable=False),
    Column("at", String, nullable=False),
    # What the reviewer was shown.
    Column("score", Float, nullable=False),
    Column("model", String, nullable=False),
    Index("ix_reviews_pair_id", "pair", "id"),
    Index("ix_reviews_left_article", "left_article"),
    Index("ix_reviews_right_article", "right_article"),
)

watches = Table(
    "watches",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", Text, nullable=False),
    Column("created", String, nullable=False),
    # The saved query.
    Column("relation", String),
    Column("kind", String),
    Column("holder", String),
    Column("outlet", String),
    Column("entity", String),
    Column("q", String),
    Column("min_score", Float, nullable=False),
    # Where matches are sent. A signature needs the secret itself, so that no digest would do.
    Column("webhook", String),
    Column("secret", String),
    Column("old_secret", String),
    # Until when the old secret signs too: seconds since 1970.
    Column("old_until", Float),
    Index("ix_watches_created_id", "created", "id"),
)

matches = Table(
    "matches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("watch", String, ForeignKey("watches.id", ondelete="CASCADE"), nullable=False),
    # The pair of places, as with reviews: the finding itself goes and comes again when its article is put or read anew.
    Column("pair", String, nullable=False),
    Column("matched", String, nullable=False),
    UniqueConstraint("watch", "pair"),
    Index("ix_matches_watch_id", "watch", "id"),
    # An id is given once, so that a cursor never meets a later match under an earlier one's.
    sqlite_autoincrement=True,
)

deliveries = Table(
    "deliveries",
    metadata,
    # The webhook-id: the same at every attempt.
    Column("id", String, primary_key=True),
    Column("watch", String, ForeignKey("watches.id", ondelete="CASCADE"), nullable=False),
    # None where it is a test.
    Column("match", Integer, ForeignKey("matches.id", ondelete="CASCADE"), index=True),
    Column("state", String, nullable=False),
    Column("created", String, nullable=False),
    # When it is to be sent, or sent again: seconds since 1970. Who sends it puts this off, so that nobody else does.
    Column("due", Float, nullable=False),
    Column("attempts", JSON, nullable=False),
    Index("ix_deliveries_state_due", "state", "due"),
    Index("ix_deliveries_watch_created_id", "watch", "created", "id"),
)
