"""Saved watches, what matched them, and what is sent of that."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "watches",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created", sa.String(), nullable=False),
        sa.Column("relation", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("holder", sa.String(), nullable=True),
        sa.Column("outlet", sa.String(), nullable=True),
        sa.Column("entity", sa.String(), nullable=True),
        sa.Column("q", sa.String(), nullable=True),
        sa.Column("min_score", sa.Float(), nullable=False),
        sa.Column("webhook", sa.String(), nullable=True),
        sa.Column("secret", sa.String(), nullable=True),
        sa.Column("old_secret", sa.String(), nullable=True),
        sa.Column("old_until", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watches")),
    )
    op.create_index("ix_watches_created_id", "watches", ["created", "id"])
    op.create_table(
        "matches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("watch", sa.String(), nullable=False),
        sa.Column("pair", sa.String(), nullable=False),
        sa.Column("matched", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["watch"], ["watches.id"], name=op.f("fk_matches_watch_watches"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matches")),
        sa.UniqueConstraint("watch", "pair", name=op.f("uq_matches_watch")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_matches_watch_id", "matches", ["watch", "id"])
    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("watch", sa.String(), nullable=False),
        sa.Column("match", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created", sa.String(), nullable=False),
        sa.Column("due", sa.Float(), nullable=False),
        sa.Column("attempts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["watch"], ["watches.id"], name=op.f("fk_deliveries_watch_watches"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["match"], ["matches.id"], name=op.f("fk_deliveries_match_matches"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    op.create_index(op.f("ix_deliveries_match"), "deliveries", ["match"])
    op.create_index("ix_deliveries_state_due", "deliveries", ["state", "due"])
    op.create_index("ix_deliveries_watch_created_id", "deliveries", ["watch", "created", "id"])


def downgrade() -> None:
    """Drop them, and every watch with them."""
    for table in ("deliveries", "matches", "watches"):
        op.drop_table(table)
