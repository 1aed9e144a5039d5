"""Claims state the digest of the text that they stand in, findings the thresholds that they were decided by."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

UNTIL_NOW = '{"contradiction": 0.25, "doubt": 0.15, "corroboration": 0.8}'
"""The thresholds of the models that were bundled until now; what others have read is read again."""


def upgrade() -> None:
    """Add both, filled in for what is stored."""
    # No batch: it would make the tables anew, and dropping the old claims would take their findings with them.
    op.add_column("claims", sa.Column("article_digest", sa.String(), nullable=True))
    op.add_column("findings", sa.Column("thresholds", sa.JSON(), nullable=False, server_default=UNTIL_NOW))
    connection = op.get_bind()
    filled = sa.text("UPDATE claims SET article_digest = :digest WHERE article = :article")
    for (identity,) in connection.execute(sa.text("SELECT id FROM articles")).all():
        text = connection.scalar(sa.text("SELECT text FROM articles WHERE id = :id"), {"id": identity})
        connection.execute(filled, {"digest": hashlib.sha256(str(text).encode()).hexdigest(), "article": identity})


def downgrade() -> None:
    """Drop both."""
    op.drop_column("findings", "thresholds")
    op.drop_column("claims", "article_digest")
