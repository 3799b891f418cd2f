"""A report keeps which stage of lateness was told, and what is late has an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

CLOCKED = sa.text("due_at IS NOT NULL")


def upgrade() -> None:
    told = sa.Column("late_told", sa.Integer(), nullable=False, server_default=sa.text("0"))
    op.add_column("report", told)
    op.create_index(
        "ix_report_late",
        "report",
        ["due_at", "late_told", "desk", "desk_code"],
        sqlite_where=CLOCKED,
        postgresql_where=CLOCKED,
    )


def downgrade() -> None:
    op.drop_index("ix_report_late", table_name="report")
    with op.batch_alter_table("report") as batch_op:
        batch_op.drop_column("late_told")
