"""The index of desks also has what a queue is grouped by and narrowed to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

OPEN = sa.text("desk_code IS NOT NULL")
BEFORE = ("desk_code", "arrived_at", "id", "urgent", "due_at", "author_desk")


def upgrade() -> None:
    _make(*BEFORE, "region_code", "category", "class")


def downgrade() -> None:
    _make(*BEFORE)


def _make(*columns: str) -> None:
    op.drop_index("ix_report_desk", "report")
    op.create_index("ix_report_desk", "report", columns, sqlite_where=OPEN, postgresql_where=OPEN)
