"""Reviews of pairs, and what a finding's review is found by."""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SIDES = """
    SELECT f.id, l.article, l.start, l.stop, l.text, r.article, r.start, r.stop, r.text
    FROM findings AS f JOIN claims AS l ON f."left" = l.id JOIN claims AS r ON f."right" = r.id
"""


def upgrade() -> None:
    """Make the table, and give the findings that are there their column."""
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pair", sa.String(), nullable=False),
        sa.Column("left_article", sa.String(), nullable=False),
        sa.Column("left_start", sa.Integer(), nullable=False),
        sa.Column("left_stop", sa.Integer(), nullable=False),
        sa.Column("left_digest", sa.String(), nullable=False),
        sa.Column("right_article", sa.String(), nullable=False),
        sa.Column("right_start", sa.Integer(), nullable=False),
        sa.Column("right_stop", sa.Integer(), nullable=False),
        sa.Column("right_digest", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )
    op.create_index("ix_reviews_pair_id", "reviews", ["pair", "id"], unique=False)
    op.create_index("ix_reviews_left_article", "reviews", ["left_article"], unique=False)
    op.create_index("ix_reviews_right_article", "reviews", ["right_article"], unique=False)
    op.add_column("findings", sa.Column("pair", sa.String(), nullable=False, server_default=""))
    connection = op.get_bind()
    named = [{"id": row[0], "pair": _pair(row[1:5], row[5:9])} for row in connection.execute(sa.text(SIDES))]
    if named:
        connection.execute(sa.text("UPDATE findings SET pair = :pair WHERE id = :id"), named)
    op.create_index(op.f("ix_findings_pair"), "findings", ["pair"], unique=False)


def downgrade() -> None:
    """Drop both."""
    op.drop_index(op.f("ix_findings_pair"), "findings")
    op.drop_column("findings", "pair")
    op.drop_table("reviews")


def _pair(*sides: tuple[str, int, int, str]) -> str:
    """As `app.store.records.pair_id` has it in this version."""
    placed = [[article, start, stop, _digest(text)] for article, start, stop, text in sides]
    return _digest(json.dumps(sorted(placed)))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
