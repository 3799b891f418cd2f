"""A report says in which month it counts, and what is reported in each has an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0024"
branch_labels = None
depends_on = None

STANDS = sa.text("status NOT IN ('rejected', 'withdrawn')")
MONTH = {
    "sqlite": "coalesce(period, substr(happened_on, 1, 7))",
    "postgresql": "coalesce(period, to_char(happened_on, 'YYYY-MM'))",
}


def upgrade() -> None:
    month = sa.Column("month", sa.String(length=7), nullable=False, server_default="")
    op.add_column("report", month)
    op.execute(f"UPDATE report SET month = {MONTH[op.get_bind().dialect.name]}")
    op.create_index(
        "ix_report_month",
        "report",
        ["month", "category", "region_code"],
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )


def downgrade() -> None:
    op.drop_index("ix_report_month", table_name="report")
    with op.batch_alter_table("report") as batch_op:
        batch_op.drop_column("month")
