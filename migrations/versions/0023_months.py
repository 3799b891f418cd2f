"""What stands for each region in each month is counted, and how each closed month stood is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

CODE = sa.String(length=20).with_variant(sa.String(length=20, collation="C"), "postgresql")
COUNTS = ("real", "nihil", "recorded", "on_time", "rekap", "rekap_on_time")
CLOSED = ("expected", "sent", "on_time", "nihil", "recorded")

# The month of a report, and when that closes: at the end of the 10th of the next in Lubuklinggau,
# seven hours ahead of UTC.
MONTH = {
    "sqlite": "coalesce(period, substr(happened_on, 1, 7))",
    "postgresql": "coalesce(period, to_char(happened_on, 'YYYY-MM'))",
}
CLOSES = {
    "sqlite": "datetime(month || '-01', '+1 month', '+9 days', '+17 hours')",
    "postgresql": "((month || '-01')::timestamp + INTERVAL '1 month 9 days 17 hours')"
    " AT TIME ZONE 'UTC'",
}
FILL = """
INSERT INTO month_count (month, region_code, real, nihil, recorded, on_time, rekap, rekap_on_time)
SELECT month, region_code,
  count(CASE WHEN category NOT IN ('nihil', 'rekap_bulanan') THEN 1 END),
  count(CASE WHEN category = 'nihil' THEN 1 END),
  count(CASE WHEN category <> 'rekap_bulanan' AND recorded_as IS NOT NULL THEN 1 END),
  count(CASE WHEN category <> 'rekap_bulanan' AND recorded_as IS NULL AND {in_time} THEN 1 END),
  count(CASE WHEN category = 'rekap_bulanan' THEN 1 END),
  count(CASE WHEN category = 'rekap_bulanan' AND recorded_as IS NULL AND {in_time} THEN 1 END)
FROM (SELECT {month} AS month, region_code, category, recorded_as,
  CASE WHEN clock_doubtful THEN received_at ELSE written_at END AS at
  FROM report WHERE status NOT IN ('rejected', 'withdrawn')) standing
GROUP BY month, region_code
"""


def upgrade() -> None:
    op.create_table(
        "month_count",
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name="fk_month_count_region_code"
        ),
        sa.PrimaryKeyConstraint("region_code", "month", name="pk_month_count"),
    )
    op.create_table(
        "closed_month",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("parent_code", CODE, nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in CLOSED),
        sa.Column("rekap", sa.String(length=10), nullable=True),
        sa.PrimaryKeyConstraint("month", "region_code", name="pk_closed_month"),
    )
    op.create_index("ix_closed_month_parent_code_month", "closed_month", ["parent_code", "month"])
    dialect = op.get_bind().dialect.name
    in_time = f"at < {CLOSES[dialect]}"
    op.execute(sa.text(FILL.format(month=MONTH[dialect], in_time=in_time).replace(":", r"\:")))


def downgrade() -> None:
    op.drop_table("closed_month")
    op.execute("DELETE FROM daily_job WHERE name = 'month'")  # so they are closed again after it
    op.drop_table("month_count")
