"""Vectors hold a claim's surroundings too: what was stored without them is to be read again."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Mark every article as read with another encoder: the archive reads such articles again when it is opened."""
    op.execute("UPDATE articles SET encoder = ''")


def downgrade() -> None:
    """The same: the older program's vectors were others."""
    op.execute("UPDATE articles SET encoder = ''")
