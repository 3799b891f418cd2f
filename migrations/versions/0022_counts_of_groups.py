"""An index counts what lies on a desk from each region; that of open bencana is spelled so that
SQLite takes no other one for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

COUNTED = sa.text("desk_code > ''")


def upgrade() -> None:
    columns = ["desk_code", "region_code", "arrived_at", "due_at"]
    op.create_index(
        "ix_report_group", "report", columns, sqlite_where=COUNTED, postgresql_where=COUNTED
    )
    _index_urgent("desk")


def downgrade() -> None:
    op.drop_index("ix_report_group", "report")
    _index_urgent("desk_code")


def _index_urgent(column: str) -> None:
    """The index of bencana that is not final, whose condition says so by this column."""
    op.drop_index("ix_report_urgent", "report")
    op.create_index(
        "ix_report_urgent",
        "report",
        ["desk_code"],
        sqlite_where=sa.text(f"urgent = 1 AND {column} IS NOT NULL"),
        postgresql_where=sa.text(f"urgent AND {column} IS NOT NULL"),
    )
