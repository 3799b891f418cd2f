"""No limit runs while an official mends a report of their own."""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE report SET due_at = NULL WHERE desk = author_desk")


def downgrade() -> None:
    """The reports stay without a limit: the next move gives them one again."""
