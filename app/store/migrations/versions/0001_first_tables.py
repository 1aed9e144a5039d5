"""The first tables: articles, claims, vectors, findings, and the count of writes."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "articles",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("outlet", sa.String(), nullable=True),
        sa.Column("published", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("metadata", sa.JSON(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("encoder", sa.String(), nullable=False),
        sa.Column("judge", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
    )
    op.create_index("ix_articles_day_id", "articles", ["day", "id"], unique=False)
    op.create_table(
        "state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_state")),
    )
    op.create_table(
        "claims",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("stop", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("outlet", sa.String(), nullable=True),
        sa.Column("published", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("holder", sa.String(), nullable=True),
        sa.Column("holder_start", sa.Integer(), nullable=True),
        sa.Column("holder_stop", sa.Integer(), nullable=True),
        sa.Column("narrator", sa.Boolean(), nullable=False),
        sa.Column("quoted", sa.Boolean(), nullable=False),
        sa.Column("stance", sa.String(), nullable=False),
        sa.Column("aspect", sa.String(), nullable=False),
        sa.Column("additions", sa.JSON(), nullable=False),
        sa.Column("check_worthiness", sa.Float(), nullable=False),
        sa.Column("written", sa.String(), nullable=True),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("folded_holder", sa.String(), nullable=False),
        sa.Column("folded_outlet", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article"], ["articles.id"], name=op.f("fk_claims_article_articles"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
    )
    op.create_index("ix_claims_article_start_id", "claims", ["article", "start", "id"], unique=False)
    op.create_table(
        "findings",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("left", sa.String(), nullable=False),
        sa.Column("right", sa.String(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("parties", sa.String(), nullable=True),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("similarity", sa.Float(), nullable=False),
        sa.Column("forward", sa.JSON(), nullable=False),
        sa.Column("backward", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("left_spans", sa.JSON(), nullable=False),
        sa.Column("right_spans", sa.JSON(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["left"], ["claims.id"], name=op.f("fk_findings_left_claims"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["right"], ["claims.id"], name=op.f("fk_findings_right_claims"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
        sa.UniqueConstraint("left", "right", name=op.f("uq_findings_left")),
    )
    op.create_index("ix_findings_day_id", "findings", ["day", "id"], unique=False)
    op.create_index("ix_findings_score_id", "findings", ["score", "id"], unique=False)
    op.create_index("ix_findings_relation_day_id", "findings", ["relation", "day", "id"], unique=False)
    op.create_index("ix_findings_relation_score_id", "findings", ["relation", "score", "id"], unique=False)
    op.create_index(op.f("ix_findings_right"), "findings", ["right"], unique=False)
    op.create_table(
        "vectors",
        sa.Column("claim", sa.String(), nullable=False),
        sa.Column("encoder", sa.String(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["claim"], ["claims.id"], name=op.f("fk_vectors_claim_claims"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("claim", name=op.f("pk_vectors")),
    )
    op.execute("INSERT INTO state (id, revision) VALUES (1, 0)")


def downgrade() -> None:
    """Drop all tables."""
    for table in ("vectors", "findings", "claims", "articles", "state"):
        op.drop_table(table)
